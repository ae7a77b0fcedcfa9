// The buttons beside the lines and files of a quote work without leaving the page: the server answers the form as it would
// be shown, and its lines and files are taken over. Files go up as soon as they are chosen.
const form = document.querySelector("form[data-rows]");
const ROWS = "[data-rows-content]", FILES = "[data-files-content]";

// Where only files were changed, the lines stay: somebody may have typed in them while the files went up.
async function replaceParts(sent, parts) {
  const answer = await fetch(form.action, { method: "POST", body: sent, headers: { accept: "text/html" } }).catch(() => null);
  if (!answer || answer.redirected || !answer.headers.get("content-type")?.startsWith("text/html")) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = parts.map((part) => page.querySelector(part));
  if (fresh.includes(null)) return null;
  parts.forEach((part, place) => document.querySelector(part).replaceWith(fresh[place]));
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
  const [asked, number] = pressed.value.split("-");
  const ofFiles = ["attach", "detach"].includes(asked);
  const fresh = await send(new FormData(form, pressed), ofFiles ? [FILES] : [ROWS, FILES]);
  if (!fresh) { submitAsPressed(pressed); return; }
  const rows = fresh[0].querySelectorAll("fieldset.offer");
  const place = asked === "add" ? rows.length - 1 : Math.min(Number(number), rows.length - 1);
  if (ofFiles) fresh[0].querySelector("input[type=file]").focus();
  else rows[place]?.querySelector("input:not([type=hidden])")?.focus();
  form.dispatchEvent(new Event("input"));
});

form?.addEventListener("change", async (event) => {
  if (event.target.type !== "file" || !event.target.files.length || underWay) return;
  const sent = new FormData(form);
  sent.append("do", "attach");
  event.target.disabled = true;
  const fresh = await send(sent, [FILES]);
  event.target.disabled = false;
  // Whoever went on typing elsewhere stays there.
  if (document.activeElement === document.body) fresh?.[0].querySelector("input[type=file]").focus();
});

// form.submit() leaves out which button was pressed, and without one the quote would be saved.
function submitAsPressed(button) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
  form.append(field);
  form.submit();
}

async function send(sent, parts) {
  underWay = replaceParts(sent, parts);
  const fresh = await underWay;
  underWay = null;
  return fresh;
}
