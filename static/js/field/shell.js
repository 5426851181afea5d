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
  window.addEventListener("online", () => deliver().then(reached));
  // What is being filled in stays as it is when the signal comes back.
  document.addEventListener("input", (event) => event.target.form && event.target.form.setAttribute("data-touched", ""));
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

const reached = () => (place.querySelector("form[data-touched]") ? undefined : open());

async function deliver() {
  const found = await field.queue.send();
  field.tell(found);
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
  await field.adding.prepare(place, key);
  await markSaved(key);
  window.scrollTo(0, 0);
}
field.reopen = open;

/* The address under which something is kept for `path`: lists of households that are not stand together in one. */
function kept(path) {
  const has = (address) => bundle.addresses.includes(address) && address;
  if (has(path)) return path;
  if (path === "/field/" || path === "/") return has(bundle.home);
  if (/^\/survey\/households\/\d+\/members\/new\/$/.test(path)) return has("/field/member/");
  if (path.startsWith("/survey/new/")) return has("/field/household/");
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
async function markSaved(key) {
  const entries = await field.queue.entries();
  for (const entry of entries) if (entry.act !== "visit") await showAdded(key, entry);
  entries.filter((entry) => entry.act === "visit").forEach((entry) => {
    place.querySelectorAll(`[data-of-household="${entry.household}"]`).forEach((card) => {
      if (card.classList.contains("kept-done")) return;
      card.classList.add("kept-done");
      card.append(field.copy("saved", { at: field.clock(entry.at) }));
    });
  });
}

/* Who was added and waits: new members on their household's card, new households at the end of the list. */
async function showAdded(key, entry) {
  const list = entry.act === "household" && place.querySelector("[data-own-households]");
  const card = entry.act === "member" && place.querySelector(`form[data-household="${entry.household}"] [data-add-member]`);
  if (!list && !card) return;
  const texts = { label: await field.labelOf(key, entry), at: field.clock(entry.at) };
  if (card) return card.before(field.copy("added", texts));
  const row = field.copy("founded", texts);
  row.querySelector("a").href = `/field/member/?in=${entry.key}`;
  list.append(row);
}

function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link || link.origin !== location.origin || event.ctrlKey || event.metaKey || !bundle) return;
  if (!keptOrTray(link.pathname)) return;
  if (field.connected() && link.pathname !== "/field/unsent/") return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  open();
}

async function saved(event) {
  const { form, id } = event.detail;
  field.toast("已登记，存在这部手机里");
  const link = afterwards(form, id);
  if (link && bundle && keptOrTray(new URL(link, location.href).pathname)) history.pushState(null, "", link);
  else history.back();
  const found = await deliver();
  const answer = found.answers.find((one) => one.key === id);
  if (form.dataset.add && answer && answer.url) return location.assign(answer.url);
  if (!found.withdrawn) await open();
}

/* Whoever founds a household goes on with its other people. */
const afterwards = (form, id) =>
  form.dataset.add === "household" && !form.dataset.change ? `/field/member/?in=${id}` : form.dataset.next;

const keptOrTray = (path) => kept(path) || path === "/field/unsent/";

async function tray(key) {
  const { list } = await field.tray(key);
  document.title = "未上传";
  show(field.copy("tray-head"), list);
}
