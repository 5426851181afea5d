/* 未上传: what waits, what met another's change, what was refused; and the button that sends. */
"use strict";
const field = (window.field = window.field || {});

field.tray = async (key) => {
  const entries = await field.queue.entries();
  const list = document.createElement("div");
  list.className = "stack";
  const waiting = entries.filter((entry) => entry.state === "waiting");
  if (!entries.length) list.append(field.copy("all-sent"));
  const shown = entries.filter((entry) => entry.label);
  for (const entry of entries) if (!entry.label && entry.state !== "waiting") list.append(await expired(key, entry));
  for (const entry of shown) if (entry.state === "differs") list.append(await choice(key, entry));
  for (const entry of shown) if (entry.state === "refused") list.append(await refusal(key, entry));
  if (waiting.length) list.append(await waitingList(key, waiting));
  return { list };
};

async function waitingList(key, waiting) {
  const record = await field.vault.record();
  const box = field.copy("waiting", {
    count: `${field.counted(waiting)}未上传`,
    until: field.moment(record.fresh + field.vault.KEPT_MS),
  });
  const rows = box.querySelector("ul");
  for (const entry of waiting) {
    const label = (await field.labelOf(key, entry)) || "一户（登记超过 48 小时，只能上传，不能再看）";
    const row = field.copy("row", { label, at: field.clock(entry.at) });
    if (entry.act === "household" && entry.label) addLink(row, `/field/member/?in=${entry.key}`, "添加家人");
    rows.append(row);
  }
  box.querySelector("[data-send]").addEventListener("click", sendNow);
  return box;
}

function addLink(box, href, words) {
  const link = document.createElement("a");
  Object.assign(link, { className: "button", href, textContent: words });
  box.append(link);
}

async function sendNow(event) {
  const button = event.target.closest("button");
  button.disabled = true;
  button.textContent = "正在上传…";
  const found = await field.queue.send();
  field.tell(found);
  if (found.withdrawn) return document.getElementById("field").replaceChildren(field.copy("ended"));
  if (found.login) return location.assign("/login/?password=1");
  if (found.later) field.toast(found.later, true);
  if (found.offline) field.toast("没有连上，登记还在手机里，有信号会自动再传", true);
  return field.reopen();
}

/* Mine and theirs side by side; one is to be chosen for each. */
async function choice(key, entry) {
  const answer = await field.vault.unseal(key, entry.answer, entry.key);
  const box = field.copy("differs", { label: await field.labelOf(key, entry) });
  const form = box.querySelector("form");
  answer.differences.forEach((difference, index) => {
    const pair = field.copy("pair", {
      what: `${difference.name}的${difference.word}，${difference.by} ${when(difference)}也改过。`,
      "my-time": `你 ${field.clock(entry.at)} 登记`, mine: difference.mine,
      "their-time": `${difference.by} ${when(difference)}登记`, theirs: difference.theirs,
    });
    pair.querySelectorAll("input").forEach((input) => (input.name = `choice-${index}`));
    form.insertBefore(pair, form.querySelector("button"));
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    await settle(key, entry, answer, new FormData(form));
    await field.reopen();
  });
  return box;
}

const when = (difference) => (difference.at ? `${field.clock(difference.at)} ` : "");

/* The choices wait and travel like any entry. */
async function settle(key, entry, answer, chosen) {
  const choices = answer.differences.map((difference, n) => [difference.answer, chosen.get(`choice-${n}`)]);
  await field.queue.save(key, { household: entry.household, fields: [], choices }, await field.labelOf(key, entry));
  await field.queue.remove(entry.key);
  await field.queue.send();
}

async function refusal(key, entry) {
  const answer = await field.vault.unseal(key, entry.answer, entry.key);
  const box = field.copy("refused", { label: await field.labelOf(key, entry), sentence: answer.sentence });
  box.querySelector("[data-drop]").addEventListener("click", () => field.queue.remove(entry.key).then(field.reopen));
  if (entry.act !== "visit") mend(box, key, entry, answer);
  return box;
}

/* After 48 hours nothing is shown of what was answered either; both sides of a difference stand on the server. */
async function expired(key, entry) {
  const answer = await field.vault.unseal(key, entry.answer, entry.key);
  const box = field.copy("refused", { label: "一条登记超过 48 小时", sentence: "内容这里不再显示。" });
  const link = box.querySelector("[data-mend]");
  if (answer.url) Object.assign(link, { href: answer.url, hidden: false, textContent: "看这次走访" });
  box.querySelector("[data-drop]").addEventListener("click", () => field.queue.remove(entry.key).then(field.reopen));
  return box;
}

/* Somebody new is put right and sent again, or asked for where another village has them on its list. */
function mend(box, key, entry, answer) {
  const link = box.querySelector("[data-mend]");
  link.href = `/field/${entry.act}/?change=${entry.key}`;
  link.hidden = Boolean(answer.ask);
  const button = box.querySelector("[data-ask]");
  button.hidden = !answer.ask;
  button.textContent = answer.ask || "";
  button.addEventListener("click", async () => {
    await field.adding.ask(key, entry);
    field.tell(await field.queue.send());
    await field.reopen();
  });
}
