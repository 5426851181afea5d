/* The household card says how many people are left; without this it works as well and the server says so. */
"use strict";

function membersOf(form) {
  return [...form.querySelectorAll("[data-member]:not([data-none])")];
}

function isAnswered(member) {
  const chosen = member.querySelector('[name$="-kind"]:checked');
  return chosen && chosen.value !== "changed";
}

function count(form) {
  const left = membersOf(form).filter((member) => !isAnswered(member)).length;
  const rest = form.querySelector('[name="rest"]');
  const words = form.querySelector("[data-left]");
  if (words) words.textContent = left && !rest?.checked ? `（还有 ${left} 人）` : "";
  const button = form.querySelector("[data-rest]");
  const all = membersOf(form).length;
  if (button) button.textContent = left === 0 ? "每个人都登记了" : left === all ? `${left} 人都同上次` : `其余 ${left} 人都同上次`;
}

function countAll(root) {
  root.querySelectorAll?.("form.visit").forEach(count);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form.visit");
  if (!form) return;
  event.target.closest(".member")?.classList.remove("missing");
  count(form);
});

/* Whoever is left is shown instead of being asked for by a page of its own. */
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches("form.visit")) return;
    form.elements.at.value = new Date().toISOString();
    if (!event.submitter?.hasAttribute("data-asks")) return;
    const rest = form.elements.rest?.checked;
    const missing = membersOf(form).filter((member) =>
      rest ? member.querySelector('[name$="-kind"]:checked')?.value === "changed" : !isAnswered(member),
    );
    if (!missing.length) return;
    event.preventDefault();
    event.stopPropagation();
    missing.forEach((member) => member.classList.add("missing"));
    missing[0].scrollIntoView({ block: "center" });
  },
  true,
);

countAll(document);
new MutationObserver((changes) => changes.forEach((one) => one.addedNodes.forEach(countAll))).observe(document.body, { childList: true, subtree: true });
