/* The little that pages need beyond htmx. Every page works without it. */
"use strict";
document.documentElement.classList.add("scripted");

const TOAST_MS = 8000;
const REVEAL_MS = 30000;

/* One press, one effect: a form sends once, its button says what is being done. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = event.submitter;
  if (!button) return;
  // After this tick, so that the button's own name and value are still sent.
  setTimeout(() => {
    button.dataset.label = button.innerHTML;
    button.setAttribute("aria-disabled", "true");
    button.textContent = button.dataset.busy || "正在保存…";
  });
});

function allowAgain(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[data-label]").forEach((button) => {
    button.innerHTML = button.dataset.label;
    button.removeAttribute("aria-disabled");
    delete button.dataset.label;
  });
}

/* Back in the browser shows the page as it was left: let the form be sent again. */
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(allowAgain);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target;
  if (form.tagName !== "FORM") return;
  allowAgain(form);
  if (event.detail.successful) form.closest("dialog[data-close-after]")?.close();
});
/* Refusals and field errors arrive as pages of their own: show them where they belong. */
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:responseError", (event) => {
  const sentences = { 403: "没有这项权限，没有写入任何数据", 404: "没有这个内容，或不归你管" };
  toast(sentences[event.detail.xhr.status] || "没有做成，没有写入任何数据，过一会再试", true);
});
document.addEventListener("htmx:sendError", () => toast("没有连上，没有写入任何数据，看一下网络再试", true));

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog).showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  if (event.target.closest("[data-dismiss]")) event.target.closest(".toast").remove();
  if (event.target.closest("[data-print]")) window.print();
  const copied = event.target.closest("[data-copy]");
  if (copied) copyText(document.getElementById(copied.dataset.copy));
  if (event.target.matches(".day-picker input")) event.target.showPicker?.();
  const peek = event.target.closest("[data-peek]");
  if (peek) {
    const input = document.getElementById(peek.dataset.peek);
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    peek.setAttribute("aria-pressed", String(!shown));
    peek.setAttribute("aria-label", shown ? "显示密码" : "隐藏密码");
  }
  document.querySelectorAll("details.fold[open]").forEach((fold) => {
    if (!fold.contains(event.target)) fold.open = false;
  });
});

/* Selects and days that act when chosen. */
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]") && event.target.value) event.target.form.requestSubmit();
  if (event.target.matches("[data-submit-any]")) event.target.form.requestSubmit();
  if (event.target.matches("[data-all]")) {
    const boxes = document.querySelectorAll(`input[name="${event.target.dataset.all}"]`);
    boxes.forEach((box) => (box.checked = event.target.checked));
  }
});

/* A revealed number hides again; a dialog that arrives opens; toasts go. */
function settle(root) {
  root.querySelectorAll("dialog[data-open]").forEach((dialog) => {
    dialog.removeAttribute("data-open");
    dialog.showModal();
    dialog.addEventListener("close", () => dialog.remove());
  });
  root.querySelectorAll("[data-revealed]").forEach((shown) => {
    shown.removeAttribute("data-revealed");
    const place = shown.closest("[data-masked]");
    if (place) setTimeout(() => (place.textContent = place.dataset.masked), REVEAL_MS);
    if (shown.hasAttribute("data-dial")) shown.querySelector("a")?.click();
  });
  root.querySelectorAll(".toast:not(.error)").forEach((item) => setTimeout(() => item.remove(), TOAST_MS));
}

/* The old way on purpose: the new one wants https, which a village office may not have yet. */
function copyText(element) {
  getSelection().selectAllChildren(element);
  if (document.execCommand("copy")) toast("已复制，到短信或微信里粘贴");
}

function toast(text, wrong) {
  const item = document.createElement("div");
  item.className = wrong ? "toast error" : "toast";
  const words = document.createElement("span");
  words.textContent = text;
  item.append(words);
  document.getElementById("toasts").append(item);
  setTimeout(() => item.remove(), TOAST_MS);
}

document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.wrong));
document.addEventListener("htmx:load", (event) => settle(event.detail.elt.parentElement || event.detail.elt));
document.addEventListener("DOMContentLoaded", () => settle(document));
