/* On the server's own pages: the bar of unsent entries, fresh pages for the phone, remembering it. */
"use strict";
const field = (window.field = window.field || {});

const FRESH_MS = 15 * 60 * 1000;
const AGAIN_MS = 30000;
const ASK_AGAIN_MS = 7 * 24 * 3600 * 1000;
const NOT_NOW = "field-not-now";

document.addEventListener("DOMContentLoaded", start);

async function start() {
  if (document.getElementById("field")) return shellToo();
  const account = document.body.dataset.field;
  if (!field.possible) return account && ownPage("impossible");
  const record = await field.vault.expire();
  if (document.querySelector("main.login")) return record && record.secret && toPin();
  if (!account) return undefined;
  if (!record) return offer(account);
  await field.showUnsent();
  const clear = () => unlessUnsent(() => field.vault.wipe().then(() => location.reload()));
  if (record.account !== account) return ownPage("foreign", clear);
  register();
  ownPage("on", clear);
  field.takeForms(document);
  document.addEventListener("field:saved", saved);
  window.addEventListener("online", deliver);
  guardLogout();
  return deliver();
}

/* The shell sends by itself; the rest of this file is about pages of the server. */
function shellToo() {
  if (!field.possible) return;
  register();
  field.showUnsent();
}

const register = () => navigator.serviceWorker.register("/field-worker.js", { scope: "/" });

function toPin() {
  const search = new URLSearchParams(location.search);
  if (search.has("password")) return;
  location.replace(`/field/?${new URLSearchParams({ next: search.get("next") || "/" })}`);
}

async function deliver() {
  if (!(await field.key())) return;
  const found = await field.queue.send();
  field.tell(found);
  if (found.withdrawn) return location.assign("/field/");
  const record = await field.vault.record();
  if (!found.offline && (!record.digest || Date.now() - record.fresh > FRESH_MS)) await field.contact.refresh();
  if ((await field.queue.entries()).some((entry) => entry.state === "waiting")) setTimeout(deliver, AGAIN_MS);
}

/* Arrived at once, the receipt follows, where two versions are chosen from as well. */
async function saved(event) {
  const { form, id } = event.detail;
  const found = await field.queue.send();
  const answer = found.answers.find((one) => one.key === id);
  if (found.withdrawn) return location.assign("/field/");
  if (answer && answer.url) {
    await field.queue.remove(id);
    if (form.dataset.add) field.toastLater(field.receiptWords([answer.receipt]));
    return location.assign(answer.url);
  }
  // The server's own page says what is wrong beside the field, with everything still filled in.
  if (answer && answer.state === "refused" && form.dataset.add) {
    await field.queue.remove(id);
    return form.submit();
  }
  if (answer) return location.assign("/field/unsent/");
  field.toastLater("已登记，存在这部手机里，有信号自动上传");
  return location.assign(form.dataset.next || "/");
}

/* 记住这部手机30天: offered on the own page always, elsewhere until somebody says not now. */
function offer(account) {
  const begin = () => turnOn(account);
  ownPage("off", begin);
  // "Not found" and "not allowed" have nothing to offer it in.
  if (!document.getElementById("field-offer")) return;
  if (document.getElementById("field-own") || Date.now() - Number(localStorage.getItem(NOT_NOW)) < ASK_AGAIN_MS) return;
  // An office PC is not carried from door to door.
  if (!window.matchMedia("(pointer: coarse)").matches) return;
  const notice = field.copy("offer");
  notice.querySelector("[data-begin]").addEventListener("click", begin);
  notice.querySelector("[data-later]").addEventListener("click", () => {
    localStorage.setItem(NOT_NOW, String(Date.now()));
    notice.remove();
  });
  document.querySelector("#content .stack").prepend(notice);
}

function turnOn(account) {
  const dialog = field.copy("new-pin");
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const wrong = await begin(account, ...[...dialog.querySelectorAll("input")].map((input) => input.value));
    const error = dialog.querySelector(".error");
    error.hidden = !wrong;
    error.querySelector("span").textContent = wrong || "";
  });
  dialog.showModal();
}

/* Returns what is wrong, in one sentence, or goes on. */
async function begin(account, pin, again) {
  if (!/^\d{6}$/.test(pin)) return "PIN 是六位数字。";
  if (/^(\d)\1*$/.test(pin) || "0123456789876543210".includes(pin)) return "这个 PIN 太好猜，换一个。";
  if (pin !== again) return "两次输入的 PIN 不一样。";
  const found = await field.contact.remember();
  if (!found) return "没有连上，看一下网络再试。";
  await register();
  await navigator.serviceWorker.ready;
  await field.hold(await field.vault.create(account, pin, found.secret));
  await field.contact.refresh();
  field.toastLater("这部手机已记住30天，没有信号也能用");
  return location.reload();
}

function ownPage(state, act) {
  const place = document.getElementById("field-own");
  if (!place) return;
  const box = field.copy(state);
  place.replaceChildren(box);
  const button = box.querySelector("button");
  if (button && act) button.addEventListener("click", act);
}

/* Whoever logs out is asked first when something would be lost. */
function guardLogout() {
  document.querySelectorAll('form[action="/logout/"]').forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.asked) return;
      event.preventDefault();
      event.stopPropagation();
      leave(form);
    });
  });
}

async function leave(form) {
  await field.queue.send();
  return unlessUnsent(async () => {
    await field.vault.wipe();
    form.dataset.asked = "1";
    form.requestSubmit();
  });
}

async function unlessUnsent(act) {
  const left = await field.queue.entries();
  if (!left.length) return act();
  const dialog = field.copy("leaving", { count: `还有 ${field.counted(left)}没有上传` });
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.querySelector("[data-leave]").addEventListener("click", act);
  return dialog.showModal();
}
