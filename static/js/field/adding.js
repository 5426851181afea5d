/* Somebody who stands on no list: 添加家庭成员 and 添加一户 are checked on the phone, kept there and put right there. */
"use strict";
const field = (window.field = window.field || {});

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/* Say what is wrong with the form beside its fields; whether nothing is. The server looks at it again. */
function check(form) {
  const wrong = wrongNumber(form);
  const place = form.querySelector("[data-wrong]");
  place.hidden = !wrong;
  place.querySelector("[data-is]").textContent = wrong;
  if (wrong) place.scrollIntoView({ block: "center" });
  return !wrong;
}

function wrongNumber(form) {
  const input = form.elements.number;
  const number = input.value.normalize("NFKC").replace(/[\s'‘’-]/g, "").replace(/[x×хХ]/g, "X");
  if (!number) return form.elements.birth_on.value ? "" : input.dataset.neither;
  // The old numbers of 15 digits have nothing to check.
  if (/^\d{15}$/.test(number)) return "";
  if (number.length !== 18) return input.dataset.length;
  const sum = WEIGHTS.reduce((before, weight, n) => before + weight * Number(number[n]), 0);
  return "10X98765432"[sum % 11] === number[17] ? "" : input.dataset.checksum;
}

function label(form) {
  const name = form.elements.name.value.trim();
  if (form.dataset.add === "household") return `新的一户：${name}户`;
  return `${form.dataset.label}：新成员${name}`;
}

/* Say whose form it is: of a household kept here, of one that itself waits (`in`), or of an entry put right (`change`). */
async function prepare(root, key) {
  const form = root.querySelector("form[data-add]");
  if (!form) return;
  const asked = new URLSearchParams(location.search);
  const known = location.pathname.match(/^(\/survey\/households\/(\d+)\/)members\/new\/$/);
  if (known) await ofHousehold(root, form, key, known[1], known[2]);
  else if (asked.has("in")) await ofFounded(root, form, key, asked.get("in"));
  else if (asked.has("change")) await ofEntry(root, form, key, asked.get("change"));
}

function name(root, form, text) {
  form.dataset.label = text;
  root.querySelectorAll('header [data-is="label"]').forEach((place) => (place.textContent = text));
}

async function ofHousehold(root, form, key, card, household) {
  const page = await field.vault.page(key, card);
  Object.assign(form.dataset, { household, next: card });
  root.querySelector("[data-back]").href = card;
  name(root, form, page ? page.title : "");
}

async function ofFounded(root, form, key, founded) {
  const entries = await field.queue.entries();
  const founding = entries.find((entry) => entry.key === founded);
  // Sent meanwhile, it is known to the server by its key all the same.
  name(root, form, founding ? await labelOf(key, founding) : "刚添加的一户");
  Object.assign(form.dataset, { founded, next: `${location.pathname}?in=${founded}` });
  const list = root.querySelector("[data-added]");
  for (const entry of entries.filter((one) => one.founded === founded)) {
    list.append(field.copy("row", { label: await labelOf(key, entry), at: field.clock(entry.at) }));
  }
  list.hidden = !list.children.length;
  root.querySelector("[data-enough]").hidden = false;
}

async function ofEntry(root, form, key, change) {
  const entry = (await field.queue.entries()).find((one) => one.key === change);
  if (!entry) return;
  const said = await field.vault.unseal(key, entry.body, change);
  said.fields.forEach(([part, value]) => form.elements[part] && (form.elements[part].value = value));
  Object.assign(form.dataset, { change, household: said.household, founded: said.founded, next: "/field/unsent/" });
  root.querySelector("[data-back]").href = "/field/unsent/";
  name(root, form, (await labelOf(key, entry)).split("：")[0]);
}

const labelOf = async (key, entry) => (entry.label ? field.vault.unseal(key, entry.label, entry.key) : "");

/* The same entry once more, with the wish that the other village hands the person over. */
async function ask(key, entry) {
  const said = await field.vault.unseal(key, entry.body, entry.key);
  const fields = said.fields.filter(([part]) => !["key", "at", "ask"].includes(part));
  const words = await labelOf(key, entry);
  await field.queue.save(key, { ...said, fields: [...fields, ["ask", "1"]] }, words, entry.key);
}

field.adding = { check, label, prepare, ask };
field.labelOf = labelOf;
