/* A household's form, and those of 添加, go into the phone first and to the server after, with or without signal. */
"use strict";
const field = (window.field = window.field || {});

// After the card's own script, which asks for members that were left out.
document.addEventListener("DOMContentLoaded", () => document.addEventListener("submit", onSubmit, true));

function onSubmit(event) {
  const form = event.target;
  if (!field.possible || event.defaultPrevented || !form.matches("form[data-kept]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.saving) return;
  if (form.dataset.add && !field.adding.check(form)) return;
  form.dataset.saving = "1";
  keep(form, event.submitter).finally(() => delete form.dataset.saving);
}

/* Mark the forms of this page as kept by the phone; without a vault they are sent as ever. */
field.takeForms = (root) => {
  root.querySelectorAll("form[data-household], form[data-add]").forEach((form) => form.setAttribute("data-kept", ""));
};

async function keep(form, submitter) {
  const key = (await field.key()) || (await field.askPin());
  if (!key) return;
  // Not every browser of an old phone takes the button as a second argument.
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !LEFT_OUT.includes(name));
  if (submitter && submitter.name) fields.push([submitter.name, submitter.value]);
  const { add, household, founded, change } = form.dataset;
  const said = { act: add || "visit", household: Number(household) || 0, founded: founded || "", fields };
  const id = await field.queue.save(key, said, add ? field.adding.label(form) : form.dataset.label, change);
  document.dispatchEvent(new CustomEvent("field:saved", { detail: { form, id } }));
}

// The phone makes its own key and time: a kept form may be filled in twice.
const LEFT_OUT = ["csrfmiddlewaretoken", "key", "at"];
