// Improves pages that already work. Each larger piece is fetched only where a page asks for it.
document.documentElement.classList.add("with-scripts");

// The element is looked up now: when the piece arrives the page may have changed.
const once = async (selector, load) => {
  const element = document.querySelector(selector);
  if (element) (await load()).improve(element);
};

once("[data-live]", () => import("./live.js"));
once("[data-panel]", () => import("./panel.js"));
once("form[data-upload]", () => import("./upload.js"));
once("form[data-autosubmit]", () => import("./autosubmit.js"));
once("[data-insert]", () => import("./insert.js"));
once("[data-preview]", () => import("./preview.js"));
once("form[data-seen]", () => import("./seen.js"));

// Where we are stays in sight in a menu that scrolls sideways.
for (const here of document.querySelectorAll(".bar nav [aria-current], .types [aria-current]")) {
  const menu = here.parentElement;
  menu.scrollLeft = here.offsetLeft - menu.offsetLeft - (menu.clientWidth - here.offsetWidth) / 2;
}

// Everything below listens at the document, so that parts swapped in later work too.
document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    await navigator.clipboard.writeText(copy.dataset.copy);
    const label = copy.textContent;
    copy.textContent = copy.dataset.copied;
    setTimeout(() => { copy.textContent = label; }, 2000);
  }
  const pick = event.target.closest("[data-pick]");
  if (pick) {
    const field = pick.closest(".dated").querySelector("input[name]");
    pick.nextElementSibling.value = field.value.trim().replace(/^(\d{1,2})\.(\d{1,2})\.(\d{4})$/, (_, day, month, year) =>
      `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`);
    pick.nextElementSibling.showPicker();
  }
  const print = event.target.closest("[data-print]");
  if (print?.dataset.print) printFile(print.dataset.print);
  else if (print) window.print();
});

// The file is fetched at the first click only. A browser that cannot print a file inside of a page shows it.
const printFile = (address) => {
  const known = document.querySelector(`iframe[src="${CSS.escape(address)}"]`);
  if (known) return known.dispatchEvent(new Event("print"));
  const frame = Object.assign(document.createElement("iframe"), { src: address, className: "unseen", tabIndex: -1 });
  frame.setAttribute("aria-hidden", "true");
  const print = () => {
    try { frame.contentWindow.focus(); frame.contentWindow.print(); } catch { location.assign(address); }
  };
  frame.addEventListener("load", () => { frame.addEventListener("print", print); print(); });
  document.body.append(frame);
};

// What was chosen is said by the page: the browser would say it in its own language.
const chosen = (field) => {
  const label = field.closest(".chooser")?.querySelector("[data-chosen]");
  if (label) label.textContent = [...field.files].map((file) => file.name).join(", ") || label.dataset.chosen;
};
document.addEventListener("reset", (event) => setTimeout(() => event.target.querySelectorAll("input[type=file]").forEach(chosen)));

document.addEventListener("change", (event) => {
  if (event.target.matches("input[type=file]")) {
    chosen(event.target);
    const { most, tooLarge } = event.target.dataset;
    event.target.setCustomValidity([...event.target.files].some((file) => file.size > most) ? tooLarge : "");
    event.target.reportValidity();
  }
  if (event.target.matches(".pick input") && event.target.value) {
    const field = event.target.closest(".dated").querySelector("input[name]");
    field.value = document.documentElement.lang === "de" ? event.target.value.split("-").reverse().join(".") : event.target.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  }
  const filters = event.target.closest("form[data-filters]");
  if (filters && event.target.matches("select, .since input[name]")) filters.requestSubmit();
  const sums = event.target.matches("[data-minor]") && event.target.closest("form[data-sums]");
  if (sums) addUp(sums);
  const all = event.target.closest("[data-select-all]");
  if (all) {
    const name = CSS.escape(all.dataset.selectAll);
    for (const box of document.querySelectorAll(`input[type=checkbox][name="${name}"]:not(:disabled)`)) box.checked = all.checked;
  }
});

// What is ticked adds up in <form data-sums="EUR">; what is about one thing alone ([data-part]) goes away with several.
const addUp = (form) => {
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: form.dataset.sums });
  const ticked = [...form.querySelectorAll("[data-minor]:checked")];
  const sum = ticked.reduce((so_far, box) => so_far + Number(box.dataset.minor), 0);
  for (const place of form.querySelectorAll("[data-sum]")) place.textContent = format.format(sum / 10 ** format.resolvedOptions().maximumFractionDigits);
  for (const part of form.querySelectorAll("[data-part]")) {
    part.hidden = ticked.length !== 1 || ticked[0].dataset.minor !== part.dataset.part;
    for (const field of part.querySelectorAll("input")) field.disabled = part.hidden;
  }
};

// The browser's own page about a lost connection would stand in place of what was typed. A computer without a network
// still reaches a server that runs on it: so it is asked for this file before a form is kept back.
const asking = new WeakSet();
const reached = new WeakSet();
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post" || navigator.onLine || reached.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (asking.has(form)) return;
  asking.add(form);
  const answers = await fetch(import.meta.url, { method: "HEAD", cache: "no-store" }).then(() => true, () => false);
  asking.delete(form);
  if (answers) {
    reached.add(form);
    form.requestSubmit(event.submitter);
    return;
  }
  const note = form.querySelector("[data-said]") ?? Object.assign(document.createElement("p"), { className: "note warn" });
  note.dataset.said = "";
  note.setAttribute("role", "alert");
  form.append(note);
  note.textContent = document.documentElement.dataset.offline;
  addEventListener("online", () => note.remove(), { once: true });
}, true);

// Empty filters would only make the address longer.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-filters]")) return;
  for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
});
addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form[data-filters] [name]:disabled")) field.disabled = false;
});

// "four minutes ago" stays true.
const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang);
setInterval(() => {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    const [unit, size] = units.find(([, size]) => seconds >= size) ?? units.at(-1);
    time.textContent = words.format(-Math.max(1, Math.floor(seconds / size)), unit);
  }
}, 15000);
