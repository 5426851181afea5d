/* Shows which files were chosen or dropped before they are sent. Without it the plain field does. */
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form.upload");
  if (!form) return;
  const zone = form.querySelector("[data-dropzone]");
  const input = form.querySelector("input[type=file]");

  const show = () => {
    const names = form.querySelector("[data-names]");
    names.replaceChildren(...[...input.files].map(line));
    form.querySelector("[data-chosen]").classList.toggle("shown", input.files.length > 0);
    // One solid button per place: with files chosen it is the one that sends them.
    zone.querySelector("label").classList.toggle("solid", input.files.length === 0);
    const many = input.files.length > 1;
    form.querySelector("[data-send]").textContent = many ? `上传 ${input.files.length} 个文件并核对` : "上传并核对";
  };

  const line = (file) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const size = document.createElement("span");
    name.textContent = file.name;
    size.textContent = file.size < 1048576 ? `${Math.ceil(file.size / 1024)} KB` : `${(file.size / 1048576).toFixed(1)} MB`;
    size.className = "muted";
    item.append(name, size);
    return item;
  };

  input.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show));
  for (const type of ["dragenter", "dragover"]) zone.addEventListener(type, () => zone.classList.add("over"));
  for (const type of ["dragleave", "drop"]) zone.addEventListener(type, () => zone.classList.remove("over"));
  // The browser keeps a chosen file over a reload.
  show();
});
