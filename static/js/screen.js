/* 大屏: says when the figures were last checked and when the connection is lost; full screen at a press. */
"use strict";
const state = document.getElementById("screen-state");
const figures = document.getElementById("figures");
let checked = new Date();

function say(kind) {
  const time = checked.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  state.textContent = state.dataset[kind].replace("{time}", time);
  state.classList.toggle("lost", kind !== "checked");
}

/* What the page's own script would say in a toast each minute stands in one line instead. */
["htmx:sendError", "htmx:timeout"].forEach((name) => {
  figures.addEventListener(name, (event) => {
    event.stopPropagation();
    say("lost");
  });
});
figures.addEventListener("htmx:responseError", (event) => {
  event.stopPropagation();
  say("lost");
});
figures.addEventListener("htmx:beforeOnLoad", (event) => {
  // The login has ended: rather yesterday's figures with a word than a login page on the wall.
  if (event.detail.xhr.getResponseHeader("HX-Redirect")) {
    event.preventDefault();
    say("ended");
    figures.querySelector("[hx-trigger]")?.removeAttribute("hx-trigger");
  } else if (event.detail.xhr.status < 400) {
    checked = new Date();
    say("checked");
  }
});
window.addEventListener("offline", () => say("lost"));

document.getElementById("full-screen").addEventListener("click", () => {
  document.documentElement.requestFullscreen();
});
say("checked");
