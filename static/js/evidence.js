/* Photos of evidence: made smaller on the phone before they are sent, for a village's network is slow.
   Without this script everything is sent as it was taken, and the server makes it smaller. */
"use strict";
const LONGEST_SIDE = 2000;
const PREVIEW_SIDE = 160;

function drawn(bitmap, longest) {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/* What the browser cannot read, such as HEIC or a PDF, goes as it is. */
async function smaller(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return { file, preview: "" };
  }
  const canvas = drawn(bitmap, LONGEST_SIDE);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  const preview = drawn(bitmap, PREVIEW_SIDE).toDataURL("image/jpeg", 0.7);
  bitmap.close();
  const isSmaller = blob && blob.size < file.size;
  return { file: isSmaller ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file, preview };
}

function show(place, made) {
  place.replaceChildren(
    ...made.map(({ file, preview }) => {
      const item = document.createElement(preview ? "img" : "span");
      if (preview) {
        item.src = preview;
        item.alt = `已选 ${Math.ceil(file.size / 1024)} KB`;
      } else item.textContent = file.name;
      return item;
    }),
  );
}

/* One camera row more than there are photos. */
function unfold(field) {
  let open = true;
  field.querySelectorAll("[data-row]").forEach((row) => {
    row.hidden = !open;
    open = open && row.querySelector("input").files.length > 0;
  });
}

document.addEventListener("change", async (event) => {
  const field = event.target.closest("[data-evidence]");
  if (!field || event.target.type !== "file") return;
  const input = event.target;
  // Sending waits until the photos are smaller; the button is free again at once.
  const button = input.form.querySelector("button:not([type=button])");
  button.disabled = true;
  try {
    const made = await Promise.all([...input.files].map(smaller));
    const files = new DataTransfer();
    made.forEach(({ file }) => files.items.add(file));
    input.files = files.files;
    show(input.closest("label").querySelector("[data-taken]"), made);
  } finally {
    button.disabled = false;
    unfold(field);
  }
});
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-evidence]").forEach(unfold));

/* A field that belongs to one answer of another is shown, and required, with that answer alone: what is asked for
   before sending costs no photo, which no browser keeps when the server says no. */
function askWith(input) {
  const [name, value] = input.dataset.with.split("=");
  const other = input.form.elements[name];
  if (!other) return;
  const box = input.closest(".field");
  box.querySelector("label .muted")?.remove();
  const follow = () => {
    const asked = other.value === value;
    box.hidden = !asked;
    input.required = asked;
    if (!asked) input.value = "";
  };
  other.addEventListener("change", follow);
  follow();
}
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-with]").forEach(askWith));
