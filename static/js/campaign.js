// With several campaigns a form says of which its page was: another tab may have gone on to another one.
const key = document.body.dataset.campaign;

if (key) {
  document.addEventListener("formdata", (event) => {
    if (event.target.method === "post" && !event.formData.has("of_campaign")) event.formData.set("of_campaign", key);
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.parameters.of_campaign ??= key;
  });
}
