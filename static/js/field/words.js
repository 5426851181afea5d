/* What the phone says: days, toasts, the bar of unsent entries, the dialog that asks for the PIN. */
"use strict";
const field = (window.field = window.field || {});

const LATER = "field-toast";
const two = (number) => String(number).padStart(2, "0");

/* 10:24 of today, 8月16日 10:24 of another day. */
field.clock = (at) => {
  const then = new Date(at);
  return `${two(then.getHours())}:${two(then.getMinutes())}`;
};
field.moment = (at) => {
  const then = new Date(at);
  return `${then.getMonth() + 1}月${then.getDate()}日 ${field.clock(at)}`;
};

field.toast = (text, wrong) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, wrong } }));
/* A toast for the page that comes next. */
field.toastLater = (text) => sessionStorage.setItem(LATER, text);

/* A copy of a template of the page, with its parts named by data-is filled in. */
field.copy = (name, texts) => {
  const made = document.getElementById(`field-${name}`).content.firstElementChild.cloneNode(true);
  Object.entries(texts || {}).forEach(([part, text]) => {
    made.querySelectorAll(`[data-is="${part}"]`).forEach((place) => (place.textContent = text));
  });
  return made;
};

field.receiptWords = (receipts) => {
  if (!receipts.length) return "";
  const last = receipts[receipts.length - 1];
  return receipts.length === 1 ? `已收到，回执号 ${last}` : `${receipts.length} 条已收到，回执号 ${receipts[0]} 至 ${last}`;
};

/* What came of sending, as far as it is to be told at once. */
field.tell = (found) => {
  if (found.receipts.length) field.toast(field.receiptWords(found.receipts));
  found.answers.filter((one) => one.state === "received" && one.sentence).forEach((one) => field.toast(one.sentence));
};

/* 2 户、1 人: members that were added are people, everything else is of a household. */
field.counted = (entries) => {
  const people = entries.filter((entry) => entry.act === "member").length;
  const doors = entries.length - people;
  return [doors && `${doors} 户`, people && `${people} 人`].filter(Boolean).join("、");
};

/* The amber bar of every page. */
async function showUnsent() {
  const bar = document.getElementById("unsent");
  if (!bar) return;
  const entries = await field.queue.entries();
  const waiting = field.counted(entries.filter((entry) => entry.state === "waiting"));
  const choose = field.counted(entries.filter((entry) => entry.state !== "waiting"));
  const words = [waiting && `${waiting}未上传`, choose && `${choose}等你看一下`].filter(Boolean).join("，");
  bar.hidden = !entries.length;
  bar.querySelector("span").textContent = navigator.onLine ? words : `没有信号，${words}`;
}
field.showUnsent = showUnsent;

/* Ask for the PIN over any page. Returns the key, or null when it was not given. */
field.askPin = () =>
  new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.append(field.pinForm(async (key) => {
      dialog.close();
      resolve(key);
    }));
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(null);
    });
    dialog.showModal();
  });

/* The form that asks for the PIN; `then` receives the key. */
field.pinForm = (then) => {
  const form = field.copy("pin");
  const input = form.querySelector("input");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const key = await field.vault.unlock(input.value);
      await field.hold(key);
      await then(key);
    } catch (wrong) {
      if (wrong.left === undefined) throw wrong;
      refusePin(form, wrong.left);
    }
    button.disabled = false;
    input.value = "";
  });
  return form;
};

function refusePin(form, left) {
  const error = form.querySelector(".error");
  error.hidden = false;
  error.querySelector("span").textContent = left
    ? `PIN 不对，还可以试 ${left} 次。再错就清空这部手机里的名单和未上传的登记。`
    : "PIN 错了五次，这部手机里的名单和登记都已清空。用账号密码重新登录。";
  if (!left) form.querySelectorAll("input, button").forEach((part) => (part.disabled = true));
  field.queue.announce();
}

document.addEventListener("field:entries", showUnsent);
document.addEventListener("DOMContentLoaded", () => {
  const text = sessionStorage.getItem(LATER);
  sessionStorage.removeItem(LATER);
  if (text) field.toast(text);
});
