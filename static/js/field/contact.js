/* Talking with the server: without a session the phone's secret opens one; refused, the phone forgets. */
"use strict";
const field = (window.field = window.field || {});

const PAGES_MS = 30000;
let reached = false;

/* Whether the last thing asked was answered. */
field.connected = () => reached;

async function ask(url, options, milliseconds) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), milliseconds);
  try {
    const answer = await fetch(url, { ...options, redirect: "manual", cache: "no-store", signal: stop.signal });
    // The body, too, must arrive before the line is cut.
    const text = answer.type === "opaqueredirect" ? "" : await answer.text();
    reached = true;
    return { status: answer.type === "opaqueredirect" ? 302 : answer.status, text };
  } catch (cut) {
    reached = false;
    return { status: 0, text: "" };
  } finally {
    clearTimeout(timer);
  }
}

async function token() {
  const cookie = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1];
  if (!cookie()) await ask("/login/", {}, PAGES_MS);
  return cookie() || "";
}

/* Open a session with the phone's secret. Returns the status: 200, 410 when the phone is to forget, 0 offline. */
async function resume() {
  const key = await field.key();
  const secret = key && (await field.vault.secret(key));
  if (!secret) return 401;
  const headers = { "X-CSRFToken": await token() };
  return (await ask("/device/resume/", { method: "POST", headers, body: new URLSearchParams({ secret }) }, PAGES_MS)).status;
}

/* Ask once, and once more after the session was opened again. */
async function insist(act) {
  let answer = await act();
  if (answer.status === 302) {
    const opened = await resume();
    if (opened === 410) return withdrawn();
    if (opened === 401) return { login: true };
    if (opened !== 200) return { offline: true };
    answer = await act();
  }
  if (answer.status === 200) return JSON.parse(answer.text);
  // Somebody else is logged in on this phone.
  if (answer.status === 409) return { login: true };
  if ([401, 403, 410].includes(answer.status)) return { refused: true };
  return { offline: true };
}

async function withdrawn() {
  await field.vault.withdraw();
  await field.queue.announce();
  return { withdrawn: true };
}

async function post(url, body, milliseconds) {
  const found = await insist(async () => {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": await token() };
    return ask(url, { method: "POST", headers, body: JSON.stringify(body) }, milliseconds);
  });
  if (!found.refused) return found;
  // A refused token looks like a refused account; a plain request tells them apart.
  const again = await refresh();
  return again.withdrawn ? again : { offline: true };
}

/* Fetch what the phone keeps. Returns {account, home}, or {offline}, {login}, {withdrawn}. */
async function refresh() {
  const key = await field.key();
  if (!key) return { locked: true };
  const record = await field.vault.record();
  const have = new URLSearchParams({ have: record.digest || "" });
  const found = await insist(() => ask(`/field/bundle/?${have}`, {}, PAGES_MS));
  if (found.refused) return withdrawn();
  if (!found.account) return found;
  if (String(found.account) !== record.account) return { login: true };
  if (!found.remembered) await rememberAgain(key);
  if (found.pages) await field.vault.keepPages(key, found);
  else await field.vault.change({ fresh: Date.now() });
  return found;
}

/* After a login by password the phone's secret is replaced under the same PIN: it may be dead, which would
   show only when the session ends, and then cost the phone its pages. */
async function rememberAgain(key) {
  const found = await remember(await field.vault.secret(key));
  if (found) await field.vault.change({ secret: await field.vault.seal(key, found.secret, "secret") });
}

async function remember(instead) {
  const headers = { "X-CSRFToken": await token() };
  const body = new URLSearchParams({ secret: instead || "" });
  const answer = await ask("/device/remember/", { method: "POST", headers, body }, PAGES_MS);
  return answer.status === 200 ? JSON.parse(answer.text) : null;
}

field.contact = { post, refresh, remember };
