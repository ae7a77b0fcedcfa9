// A quote that its customer decides about: the total follows each choice, the signature is drawn, an outdated page says so.
const form = document.querySelector("form[data-quote]");
if (form) { choices(form); once(form); arrival(); }
news(form);
for (const field of document.querySelectorAll("[data-signature]")) signature(field);

// The server reckons: what is chosen goes up, and the parts of the answer that say amounts replace those here.
function choices(form) {
  let waiting, round = 0;
  const later = (pause) => { clearTimeout(waiting); busy(true); waiting = setTimeout(show, pause); };
  form.addEventListener("change", (event) => {
    const line = event.target.closest("[data-line]");
    if (!line) return;
    for (const one of form.querySelectorAll("[data-line]")) {
      const pick = one.querySelector(".choice-cell input");
      if (pick) one.classList.toggle("off", !pick.checked);
    }
    later(0);
  });
  form.addEventListener("input", (event) => { if (event.target.matches(".stepper input")) later(500); });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    step(button.parentElement.querySelector("input"), Number(button.dataset.step));
    const pick = button.closest("[data-line]").querySelector(".choice-cell input");
    if (pick && !pick.checked) { pick.checked = true; pick.dispatchEvent(new Event("change", { bubbles: true })); }
    else later(250);
  });
  // Enter in a field asks for the total; only the button accepts.
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.hasAttribute("data-update")) return;
    event.preventDefault();
    later(0);
  });

  async function show() {
    const mine = ++round;
    const answer = await fetch(form.dataset.choose, { method: "POST", body: new FormData(form), headers: { accept: "text/html" } }).catch(() => null);
    if (mine !== round) return;
    busy(false);
    // Decided, withdrawn or logged out meanwhile: the whole page has something else to say.
    if (answer?.redirected) { location.reload(); return; }
    if (!answer) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("form[data-quote]") || mine !== round) return;
    for (const fresh of page.querySelectorAll("[data-choice]")) {
      document.querySelector(`[data-choice="${CSS.escape(fresh.dataset.choice)}"]`)?.replaceWith(fresh);
    }
    const said = form.querySelector("[data-said]");
    said.textContent = `${said.dataset.said}: ${form.querySelector("[data-total]").textContent}`;
  }

  function busy(is) {
    form.querySelector("table").setAttribute("aria-busy", is);
    document.body.classList.toggle("waiting-for-sum", is);
    form.querySelector("[data-accept]").disabled = is;
  }
}

// Within the bounds, and in whole steps of one.
function step(field, by) {
  const mark = document.documentElement.lang === "de" ? "," : ".";
  const read = (text) => Number(text.trim().replaceAll(mark === "," ? "." : ",", "").replace(mark, "."));
  const next = Math.min(read(field.dataset.high), Math.max(read(field.dataset.low), (read(field.value) || 0) + by));
  field.value = String(Math.round(next * 1e6) / 1e6).replace(".", mark);
}

// Where the acceptance is in sight, the bar that leads there would only cover the pad.
function arrival() {
  new IntersectionObserver(([entry]) => document.body.classList.toggle("at-acceptance", entry.isIntersecting))
    .observe(document.getElementById("annehmen").closest("section"));
}

// A second click while it is on its way would only confuse.
function once(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const button = form.querySelector("[data-accept]");
    setTimeout(() => { button.disabled = true; });
    addEventListener("pageshow", () => { button.disabled = false; }, { once: true });
  });
}

// The live page swaps the mark of the version. What is typed stays, and what was amended or decided is said; a page on which
// nothing can be lost is loaded anew.
function news(form) {
  const mark = () => document.querySelector("[data-part=quote-version]");
  const seen = ({ dataset }) => [dataset.version, dataset.outcome, dataset.open].join();
  const known = seen(mark());
  new MutationObserver(() => {
    if (!mark() || seen(mark()) === known) return;
    if (!form) {
      if (!document.activeElement.matches("textarea")) location.reload();
      return;
    }
    form.querySelector("[data-outdated]").hidden = false;
    form.querySelector("[data-accept]").disabled = true;
  }).observe(mark().parentElement, { childList: true });
}

// Drawn with finger, mouse or pen; typing is the other way, for the keyboard too.
function signature(field) {
  const hidden = field.querySelector("[name=strokes]"), pad = field.querySelector("[data-pad]"), svg = pad.querySelector("svg");
  const ink = svg.querySelector(".ink"), clear = pad.querySelector("[data-clear]"), typed = field.querySelector("[data-typed]");
  const ways = [...field.querySelectorAll("[name=signature-kind]")];
  let strokes = [], drawing = null;
  try { strokes = JSON.parse(hidden.value || "[]"); } catch { strokes = []; }
  if (!ways.some((way) => way.checked)) ways[0].checked = true;
  const choose = () => {
    const draws = ways[0].checked;
    pad.hidden = !draws;
    typed.hidden = typed.querySelector("input").disabled = draws;
  };
  for (const way of ways) way.addEventListener("change", choose);

  // In the pad's own units, whatever size it is shown in.
  const at = (event) => {
    const box = svg.getBoundingClientRect(), scale = 600 / box.width;
    const round = (length) => Math.max(0, Math.round(length * scale * 10) / 10);
    return [round(event.clientX - box.left), round(event.clientY - box.top)];
  };
  const paint = () => {
    ink.setAttribute("d", strokes.map((stroke) => "M" + stroke.map((point) => point.join(" ")).join("L") + (stroke.length < 2 ? "h.1" : "")).join(""));
    clear.hidden = !strokes.length;
    hidden.value = strokes.length ? JSON.stringify(strokes) : "";
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.button || drawing !== null) return;
    event.preventDefault();
    drawing = event.pointerId;
    svg.setPointerCapture(drawing);
    strokes.push([at(event)]);
    pad.removeAttribute("aria-invalid");
    paint();
  });
  svg.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drawing) return;
    const stroke = strokes.at(-1);
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      const point = at(one), last = stroke.at(-1);
      if (Math.hypot(point[0] - last[0], point[1] - last[1]) > 1.5) stroke.push(point);
    }
    paint();
  });
  const lift = (event) => { if (event.pointerId === drawing) drawing = null; };
  svg.addEventListener("pointerup", lift);
  svg.addEventListener("pointercancel", lift);
  clear.addEventListener("click", () => { strokes = []; paint(); ways[0].focus(); });
  choose();
  paint();
}
