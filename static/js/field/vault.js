/* What a phone keeps of the field: own households and unsent entries, under a key that the PIN unwraps.
   The PIN and the unwrapped key are never written down; the key is not extractable. */
"use strict";
const field = (window.field = window.field || {});

const ITERATIONS = 600000;
const TRIES = 5;
const KEPT_MS = 48 * 3600 * 1000;
// A clock may be put right by some minutes; set back further, it is taken for a trick.
const BACK_MS = 10 * 60 * 1000;
const STRICT = { durability: "strict" };

field.possible = Boolean(
  window.isSecureContext && navigator.serviceWorker && window.indexedDB && window.crypto && crypto.subtle && window.idb
);

let opened;
function database() {
  opened =
    opened ||
    idb.openDB("wuyang-field", 1, {
      upgrade(db) {
        db.createObjectStore("vault");
        db.createObjectStore("pages");
        db.createObjectStore("entries", { keyPath: "key" });
      },
      blocking: close,
      terminated: close,
    });
  return opened;
}

function close() {
  if (opened) opened.then((db) => db.close());
  opened = undefined;
}

/* Write in one transaction that has reached the disk when this returns. */
async function write(stores, act) {
  const transaction = (await database()).transaction(stores, "readwrite", STRICT);
  act((name) => transaction.objectStore(name));
  await transaction.done;
}

const bytes = (length) => crypto.getRandomValues(new Uint8Array(length));
const encoded = (value) => new TextEncoder().encode(JSON.stringify(value));

async function seal(key, value, about) {
  const iv = bytes(12);
  const how = { name: "AES-GCM", iv, additionalData: encoded(about) };
  return { iv, data: await crypto.subtle.encrypt(how, key, encoded(value)) };
}

async function unseal(key, sealed, about) {
  const how = { name: "AES-GCM", iv: sealed.iv, additionalData: encoded(about) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, sealed.data)));
}

async function keyOfPin(pin, salt, iterations) {
  const pinKey = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, pinKey, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const dataKey = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

/* The record of this phone: whose it is, how the PIN is stretched, until when pages may be read; or undefined. */
async function record() {
  return (await database()).get("vault", "record");
}

async function change(fields) {
  const found = await record();
  if (found) await write(["vault"], (store) => store("vault").put({ ...found, ...fields }, "record"));
}

/* Begin anew under a PIN; whatever was kept before is gone. Returns the key. */
async function create(account, pin, secret) {
  await wipe();
  const raw = bytes(32);
  const salt = bytes(16);
  const how = { name: "AES-GCM", iv: bytes(12) };
  const wrapped = await crypto.subtle.encrypt(how, await keyOfPin(pin, salt, ITERATIONS), raw);
  const key = await dataKey(raw);
  raw.fill(0);
  const made = {
    account, salt, iterations: ITERATIONS, wrapped: { iv: how.iv, data: wrapped }, tries: 0,
    seen: Date.now(), fresh: Date.now(), secret: await seal(key, secret, "secret"),
  };
  await write(["vault"], (store) => store("vault").put(made, "record"));
  return key;
}

/* The key for a right PIN; for a wrong one an error with `left` tries, after which everything is wiped. */
async function unlock(pin) {
  const found = await record();
  // Counted before it is tried, so that closing the page gives no try back.
  await change({ tries: found.tries + 1 });
  const pinKey = await keyOfPin(pin, found.salt, found.iterations);
  try {
    const how = { name: "AES-GCM", iv: found.wrapped.iv };
    const key = await dataKey(await crypto.subtle.decrypt(how, pinKey, found.wrapped.data));
    await change({ tries: 0 });
    return key;
  } catch (wrong) {
    const left = TRIES - found.tries - 1;
    if (left <= 0) await wipe();
    throw Object.assign(new Error("wrong PIN"), { left: Math.max(left, 0) });
  }
}

/* Pages older than 48 hours go, and with them the names beside unsent entries. */
async function expire() {
  const found = await record();
  if (!found) return undefined;
  const now = Date.now();
  if (now > found.fresh + KEPT_MS || now < found.seen - BACK_MS) await dropPages();
  await change({ seen: Math.max(now, found.seen) });
  return record();
}

async function dropPages() {
  const found = await record();
  const entries = await (await database()).getAll("entries");
  await write(["pages", "entries", "vault"], (store) => {
    store("pages").clear();
    if (found) store("vault").put({ ...found, digest: "" }, "record");
    entries.forEach((entry) => store("entries").put({ ...entry, label: null }));
  });
}

/* Access was withdrawn: the pages and the phone's own login go. Unsent entries stay locked, to be sent by
   their owner after a new login. */
async function withdraw() {
  await dropPages();
  await change({ secret: null });
}

/* Each page is sealed by itself, so that a slow phone opens the one it shows and no other. */
async function keepPages(key, bundle) {
  const { pages: found, ...index } = bundle;
  const addresses = Object.keys(found);
  const sealed = await Promise.all(addresses.map((address) => seal(key, found[address], address)));
  const front = await seal(key, { ...index, addresses }, "index");
  const before = await record();
  await write(["pages", "vault"], (store) => {
    store("pages").clear();
    addresses.forEach((address, n) => store("pages").put(sealed[n], address));
    store("pages").put(front, "index");
    store("vault").put({ ...before, digest: bundle.digest, fresh: Date.now(), seen: Date.now() }, "record");
  });
}

/* The addresses kept, where to begin, the bottom bar; undefined where nothing may be read any more. */
async function index(key) {
  if (!(await expire())) return undefined;
  const sealed = await (await database()).get("pages", "index");
  return sealed && unseal(key, sealed, "index");
}

async function page(key, address) {
  const sealed = await (await database()).get("pages", address);
  return sealed && unseal(key, sealed, address);
}

async function secret(key) {
  const found = await record();
  return found && found.secret ? unseal(key, found.secret, "secret") : null;
}

async function wipe() {
  await write(["vault", "pages", "entries"], (store) => ["vault", "pages", "entries"].forEach((name) => store(name).clear()));
  field.forget();
}

field.vault = {
  KEPT_MS, database, write, seal, unseal, record, change, create, unlock, expire, withdraw, keepPages, index, page, secret, wipe,
};
