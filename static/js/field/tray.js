/* 未上传: what waits, what met another's change, what was refused; and the button that sends. */
"use strict";
const field = (window.field = window.field || {});

field.tray = async (key) => {
  const entries = await field.queue.entries();
  const list = document.createElement("div");
  list.className = "stack";
  const waiting = entries.filter((entry) => entry.state === "waiting");
  if (!entries.length) list.append(field.copy("all-sent"));
  for (const entry of entries) if (entry.state === "differs") list.append(await choice(key, entry));
  for (const entry of entries) if (entry.state === "refused") list.append(await refusal(key, entry));
  if (waiting.length) list.append(await waitingList(key, waiting));
  return { list };
};

const labelOf = async (key, entry) => (entry.label ? field.vault.unseal(key, entry.label, entry.key) : "");

async function waitingList(key, waiting) {
  const record = await field.vault.record();
  const box = field.copy("waiting", {
    count: `${waiting.length} 户未上传`,
    until: field.moment(record.fresh + field.vault.KEPT_MS),
  });
  const rows = box.querySelector("ul");
  for (const entry of waiting) {
    const label = (await labelOf(key, entry)) || "一户（登记超过 48 小时，只能上传，不能再看）";
    rows.append(field.copy("row", { label, at: field.clock(entry.at) }));
  }
  box.querySelector("[data-send]").addEventListener("click", sendNow);
  return box;
}

async function sendNow(event) {
  const button = event.target.closest("button");
  button.disabled = true;
  button.textContent = "正在上传…";
  const found = await field.queue.send();
  if (found.receipts.length) field.toast(field.receiptWords(found.receipts));
  if (found.withdrawn) return document.getElementById("field").replaceChildren(field.copy("ended"));
  if (found.login) return location.assign("/login/?password=1");
  if (found.offline) field.toast("没有连上，登记还在手机里，有信号会自动再传", true);
  return field.reopen();
}

/* Mine and theirs side by side; one is to be chosen for each. */
async function choice(key, entry) {
  const answer = await field.vault.unseal(key, entry.answer, entry.key);
  const box = field.copy("differs", { label: await labelOf(key, entry) });
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
  await field.queue.save(key, entry.household, await labelOf(key, entry), [], choices);
  await field.queue.remove(entry.key);
  await field.queue.send();
}

async function refusal(key, entry) {
  const answer = await field.vault.unseal(key, entry.answer, entry.key);
  const box = field.copy("refused", { label: await labelOf(key, entry), sentence: answer.sentence });
  box.querySelector("button").addEventListener("click", async () => {
    await field.queue.remove(entry.key);
    await field.reopen();
  });
  return box;
}
