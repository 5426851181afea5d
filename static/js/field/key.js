/* The key lives in memory only: of this page, and of the service worker while one page follows the other. */
"use strict";
const field = (window.field = window.field || {});

const ASK_MS = 1500;
const STAY_MS = 20000;
// A phone that lay in a pocket this long asks for the PIN again.
const IDLE_MS = 30 * 60 * 1000;

let held = null;
let used = Date.now();

async function worker() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return registration && registration.active;
}

async function tell(message, transfer) {
  const active = await worker();
  if (active) active.postMessage(message, transfer || []);
  return Boolean(active);
}

/* The key, if the PIN was typed here or on the page before; else null. */
field.key = async () => {
  if (held && Date.now() - used > IDLE_MS) await field.forget();
  used = Date.now();
  if (held) return held;
  const record = await field.vault.record();
  if (!record) return null;
  const answer = await asked();
  held = answer && answer.account === record.account ? answer.key : null;
  return held;
};

function asked() {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = (event) => resolve(event.data);
    setTimeout(() => resolve(null), ASK_MS);
    tell({ type: "ask" }, [channel.port2]).then((sent) => sent || resolve(null));
  });
}

field.hold = async (key) => {
  held = key;
  used = Date.now();
  const record = await field.vault.record();
  if (record) await tell({ type: "hold", key, account: record.account });
};

field.forget = async () => {
  held = null;
  await tell({ type: "forget" });
};

if (field.possible) {
  // A worker without work ends within half a minute and would forget.
  setInterval(() => held && !document.hidden && tell({ type: "stay" }), STAY_MS);
  window.addEventListener("pagehide", () => held && field.hold(held));
}
