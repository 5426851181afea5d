/* The page without personal data that stands in where the server cannot be reached: PIN, then what is kept. */
"use strict";
const field = (window.field = window.field || {});

let place;
let bundle;

document.addEventListener("DOMContentLoaded", async () => {
  place = document.getElementById("field");
  if (!place || !field.possible) return;
  const record = await field.vault.expire();
  if (!record) return show(field.copy("nothing"));
  window.addEventListener("popstate", open);
  window.addEventListener("online", () => deliver().then(open));
  document.addEventListener("click", follow);
  document.addEventListener("field:saved", saved);
  const key = await field.key();
  return key ? open() : askPin();
});

const here = () => location.pathname;
const next = () => new URLSearchParams(location.search).get("next") || "";
const show = (...parts) => {
  place.replaceChildren(...parts);
  window.scrollTo(0, 0);
};

function askPin() {
  show(field.pinForm(enter));
  place.querySelector("input").focus();
}

/* After the PIN: hear the server first, so that a phone whose access ended shows nothing any more. */
async function enter() {
  show(field.copy("asking"));
  const found = await field.contact.refresh();
  if (found.withdrawn) return show(field.copy("ended"));
  if (found.login) return location.replace("/login/?password=1");
  if (found.account) {
    await deliver();
    if (!isTray()) return location.replace(next() || (here() === "/field/" ? found.home : here()));
  }
  return open();
}

const isTray = () => here() === "/field/unsent/";

async function deliver() {
  const found = await field.queue.send();
  if (found.receipts.length) field.toast(field.receiptWords(found.receipts));
  if (found.withdrawn) show(field.copy("ended"));
  return found;
}

/* Show what belongs to the address. */
async function open() {
  const key = await field.key();
  if (!key) return askPin();
  bundle = await field.vault.index(key);
  frame();
  if (isTray()) return tray(key);
  if (!bundle) return show(field.copy("stale"));
  const address = kept(here());
  if (!address) return show(field.copy("elsewhere"));
  const page = await field.vault.page(key, address);
  document.title = page.title;
  place.innerHTML = page.html;
  place.prepend(await stateNotice());
  field.takeForms(place);
  await markSaved();
  window.scrollTo(0, 0);
}
field.reopen = open;

/* The address under which something is kept for `path`: lists of households that are not stand together in one. */
function kept(path) {
  const has = (address) => bundle.addresses.includes(address) && address;
  if (has(path)) return path;
  if (path === "/field/" || path === "/") return has(bundle.home);
  return /^\/survey\/(villages|places|found)\//.test(path) ? has("/survey/") : "";
}

function frame() {
  if (!bundle) return;
  document.documentElement.classList.toggle("large", Boolean(bundle.large));
  document.getElementById("field-bottom").innerHTML = bundle.bottom;
}

async function stateNotice() {
  if (field.connected()) return field.copy("online-again");
  const record = await field.vault.record();
  return field.copy("offline", { until: field.moment(record.fresh + field.vault.KEPT_MS), since: field.moment(record.fresh) });
}

/* What was saved here and not sent yet stands as done. */
async function markSaved() {
  const entries = await field.queue.entries();
  entries.forEach((entry) => {
    place.querySelectorAll(`[data-of-household="${entry.household}"]`).forEach((card) => {
      if (card.classList.contains("kept-done")) return;
      card.classList.add("kept-done");
      card.append(field.copy("saved", { at: field.clock(entry.at) }));
    });
  });
}

function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link || link.origin !== location.origin || event.ctrlKey || event.metaKey || !bundle) return;
  if (!kept(link.pathname) && link.pathname !== "/field/unsent/") return;
  if (field.connected() && link.pathname !== "/field/unsent/") return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  open();
}

async function saved(event) {
  field.toast("已登记，存在这部手机里");
  const link = event.detail.form.dataset.next;
  if (link && bundle && kept(link)) history.pushState(null, "", link);
  else history.back();
  const found = await deliver();
  if (!found.withdrawn) await open();
}

async function tray(key) {
  const { list } = await field.tray(key);
  document.title = "未上传";
  show(field.copy("tray-head"), list);
}
