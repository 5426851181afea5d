/* Entries of the door: saved on the phone first, then sent; each with a key, so that sent thrice counts once. */
"use strict";
const field = (window.field = window.field || {});

const AT_ONCE = 10;
const SEND_MS = 45000;

const uuid = () => {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const hex = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

/* Entries in the order they were made; without the key only when and in which state. */
async function entries() {
  const found = await (await field.vault.database()).getAll("entries");
  // What an older page saved is a visit.
  return found.map((entry) => ({ act: "visit", ...entry })).sort((a, b) => a.at - b.at);
}

/* Save what a form says: {act, household, founded, fields, choices}. When this returns it is on the disk.
   `label` names it in the tray. With the `id` of an entry that was refused it takes its place. */
async function save(key, said, label, id = uuid()) {
  const at = Date.now();
  const { act = "visit", household, founded = "", fields, choices = [] } = said;
  const all = [...fields, ["key", id], ["at", new Date(at).toISOString()]];
  const body = await field.vault.seal(key, { act, household, founded, fields: all, choices }, id);
  const about = { key: id, at, act, household, founded, state: "waiting" };
  const entry = { ...about, body, label: await field.vault.seal(key, label || "", id) };
  await field.vault.write(["entries"], (store) => store("entries").put(entry));
  announce();
  return id;
}

const remove = async (id) => {
  await field.vault.write(["entries"], (store) => store("entries").delete(id));
  announce();
};

const announce = () => document.dispatchEvent(new CustomEvent("field:entries"));

/* Send what waits, oldest first. Returns {receipts, answers, offline, later, locked, withdrawn}; never throws. */
async function send() {
  const key = await field.key();
  if (!key) return { receipts: [], answers: [], locked: true };
  const alone = navigator.locks ? (act) => navigator.locks.request("wuyang-field-send", act) : (act) => act();
  return alone(() => sendAll(key));
}

/* Who belongs to a household that is itself on the way comes after it. */
function sendable(all) {
  const queued = new Set(all.map((entry) => entry.key));
  return all.filter((entry) => entry.state === "waiting" && !queued.has(entry.founded));
}

async function sendAll(key) {
  const { account } = await field.vault.record();
  const receipts = [];
  const answers = [];
  for (;;) {
    const waiting = sendable(await entries()).slice(0, AT_ONCE);
    if (!waiting.length) return { receipts, answers };
    const bodies = await Promise.all(waiting.map((entry) => field.vault.unseal(key, entry.body, entry.key)));
    const found = await field.contact.post("/field/send/", { account, entries: bodies }, SEND_MS);
    if (!found.answers) return { ...found, receipts, answers };
    answers.push(...found.answers);
    for (const answer of found.answers) await settle(key, waiting, answer, receipts);
    announce();
    const later = found.answers.find((answer) => answer.state === "waiting");
    if (later) return { receipts, answers, later: later.sentence };
    // An answer for none of them would have us ask for ever.
    if (!found.answers.some((answer) => waiting.some((entry) => entry.key === answer.key))) return { receipts, answers, offline: true };
  }
}

async function settle(key, waiting, answer, receipts) {
  const entry = waiting.find((one) => one.key === answer.key);
  if (!entry) return;
  if (answer.receipt) receipts.push(answer.receipt);
  if (answer.state === "waiting") return;
  if (answer.state === "received") {
    // Somebody new stands on the pages that come next.
    if (entry.act !== "visit") await field.vault.change({ digest: "" });
    await field.vault.write(["entries"], (store) => store("entries").delete(entry.key));
    return;
  }
  const about = await field.vault.seal(key, answer, entry.key);
  await field.vault.write(["entries"], (store) => store("entries").put({ ...entry, state: answer.state, answer: about }));
}

field.queue = { entries, save, remove, send, announce };
