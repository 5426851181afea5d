/* The household card says how many people are left; without this it works as well and the server says so. */
"use strict";

function membersOf(form) {
  return [...form.querySelectorAll("[data-member]:not([data-none])")];
}

function isAnswered(member) {
  const chosen = member.querySelector('[name$="-kind"]:checked');
  return chosen && chosen.value !== "changed";
}

/* What an answer lacks, in words, "" for nothing: without signal the server's word would come when the door is far
   behind. What an answer does not ask for is not seen, and not missing. */
function lacking(member) {
  const chosen = member.querySelector('[name$="-kind"]:checked');
  if (!chosen) return "";
  if (chosen.value === "changed") return "选一下是什么变化";
  const asked = [...member.querySelectorAll("[data-needed]")].filter((part) => part.offsetParent);
  return asked.find((part) => !isFilled(part))?.dataset.needed || "";
}

function isFilled(part) {
  if (part.type === "checkbox") return part.checked;
  return part.matches("input, select") ? Boolean(part.value) : Boolean(part.querySelector(":checked"));
}

function say(member, words) {
  const place = member.querySelector("[data-left-out]");
  if (!place) return;
  place.hidden = !words;
  place.querySelector("span").textContent = words;
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
  const member = event.target.closest(".member");
  if (member) {
    member.classList.remove("missing");
    say(member, "");
  }
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
    const missing = membersOf(form).filter((member) => {
      const words = lacking(member);
      say(member, words);
      return words || (!rest && !isAnswered(member));
    });
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
