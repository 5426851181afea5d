/* A household's form goes into the phone first and to the server after, with or without signal. */
"use strict";
const field = (window.field = window.field || {});

// After the card's own script, which asks for members that were left out.
document.addEventListener("DOMContentLoaded", () => document.addEventListener("submit", onSubmit, true));

function onSubmit(event) {
  const form = event.target;
  if (!field.possible || event.defaultPrevented || !form.matches("form[data-household]") || !form.hasAttribute("data-kept")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.saving) return;
  form.dataset.saving = "1";
  keep(form, event.submitter).finally(() => delete form.dataset.saving);
}

/* Mark the forms of this page as kept by the phone; without a vault they are sent as ever. */
field.takeForms = (root) => {
  root.querySelectorAll("form[data-household]").forEach((form) => form.setAttribute("data-kept", ""));
};

async function keep(form, submitter) {
  const key = (await field.key()) || (await field.askPin());
  if (!key) return;
  // Not every browser of an old phone takes the button as a second argument.
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !LEFT_OUT.includes(name));
  if (submitter && submitter.name) fields.push([submitter.name, submitter.value]);
  const id = await field.queue.save(key, Number(form.dataset.household), form.dataset.label || "", fields);
  document.dispatchEvent(new CustomEvent("field:saved", { detail: { form, id } }));
}

// The phone makes its own key and time: a kept form may be filled in twice.
const LEFT_OUT = ["csrfmiddlewaretoken", "key", "at"];
