// The buttons beside the lines of a quote work without leaving the page: the server answers the form as it would be shown,
// and its lines are taken over.
const form = document.querySelector("form[data-rows]");

form?.addEventListener("submit", async (event) => {
  const pressed = event.submitter;
  if (pressed?.name !== "do" || pressed.value === "template") return;
  event.preventDefault();
  const sent = new FormData(form, pressed);
  const answer = await fetch(form.action, { method: "POST", body: sent, headers: { accept: "text/html" } }).catch(() => null);
  const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-rows-content]");
  if (!fresh) { form.submit(); return; }
  document.querySelector("[data-rows-content]").replaceWith(fresh);
  const rows = fresh.querySelectorAll("fieldset.offer");
  const place = pressed.value === "add" ? rows.length - 1 : Math.min(Number(pressed.value.split("-")[1]), rows.length - 1);
  rows[place]?.querySelector("input:not([type=hidden])")?.focus();
  form.dispatchEvent(new Event("input"));
});
