{% load static %}/* Keeps the empty shell, its style, script and symbols; holds the key in memory while pages change. */
"use strict";
const SHELL = "{% url 'field_shell' %}";
const FILES = ["{% static 'css/all.css' %}", "{% static 'js/all.js' %}", "{% static 'img/icons.svg' %}", "{% static 'img/mark.svg' %}"];
const CACHE = "shell-{{ version }}";
const WAIT_MS = 12000;

let held = null;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([SHELL, ...FILES])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  const preload = self.registration.navigationPreload ? self.registration.navigationPreload.enable() : undefined;
  event.waitUntil(Promise.all([caches.keys().then(old), preload, self.clients.claim()]));
});

self.addEventListener("message", (event) => {
  if (event.data.type === "hold") held = { key: event.data.key, account: event.data.account };
  if (event.data.type === "forget") held = null;
  if (event.data.type === "ask") event.ports[0].postMessage(held);
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event));
  else if (FILES.includes(address.pathname)) event.respondWith(caches.match(event.request).then((kept) => kept || fetch(event.request)));
});

/* The server's page; where it does not come, the shell. */
async function page(event) {
  const shell = async () => (await caches.match(SHELL)) || Response.error();
  const late = new Promise((resolve) => setTimeout(resolve, WAIT_MS)).then(shell);
  const server = async () => (await event.preloadResponse) || fetch(event.request);
  return Promise.race([server().catch(shell), late]);
}
