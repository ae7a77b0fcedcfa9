// The buttons beside the lines and files of a quote work without leaving the page: the server answers the form as it would
// be shown, and its lines and files are taken over. Files go up as soon as they are chosen.
const form = document.querySelector("form[data-rows]");
const PARTS = ["[data-rows-content]", "[data-files-content]"];

async function taken(sent) {
  const answer = await fetch(form.action, { method: "POST", body: sent, headers: { accept: "text/html" } }).catch(() => null);
  if (!answer || answer.redirected || !answer.headers.get("content-type")?.startsWith("text/html")) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = PARTS.map((part) => page.querySelector(part));
  if (fresh.includes(null)) return null;
  PARTS.forEach((part, place) => document.querySelector(part).replaceWith(fresh[place]));
  return fresh;
}

// What is being asked of the server: until it has answered, nothing else is sent, so that no answer undoes another one.
let underWay = null;

form?.addEventListener("submit", async (event) => {
  const pressed = event.submitter;
  if (underWay) {
    event.preventDefault();
    await underWay;
    if (!pressed || pressed.isConnected) form.requestSubmit(pressed);
    return;
  }
  if (pressed?.name !== "do" || pressed.value === "template") return;
  event.preventDefault();
  const fresh = await send(new FormData(form, pressed));
  if (!fresh) { form.submit(); return; }
  const [asked, number] = pressed.value.split("-");
  const rows = fresh[0].querySelectorAll("fieldset.offer");
  const place = asked === "add" ? rows.length - 1 : Math.min(Number(number), rows.length - 1);
  if (["attach", "detach"].includes(asked)) fresh[1].querySelector("input[type=file]").focus();
  else rows[place]?.querySelector("input:not([type=hidden])")?.focus();
  form.dispatchEvent(new Event("input"));
});

form?.addEventListener("change", async (event) => {
  if (event.target.type !== "file" || !event.target.files.length || underWay) return;
  const sent = new FormData(form);
  sent.append("do", "attach");
  event.target.disabled = true;
  const fresh = await send(sent);
  event.target.disabled = false;
  fresh?.[1].querySelector("input[type=file]").focus();
});

async function send(sent) {
  underWay = taken(sent);
  const fresh = await underWay;
  underWay = null;
  return fresh;
}
