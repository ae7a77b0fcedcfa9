// Hears that something changed, fetches this page again and swaps the parts that differ.
// A part is an element with data-part="name"; the server decides what is in it, also for readers without scripts.
// Milliseconds from one fetch to the next.
const PAUSE = 150;
// The same to the next try, after a fetch that did not work.
const RETRY = 3000;
let body, source, waiting = null, missed = false, fetched = -PAUSE, turns = 0, shown = 0;

export function improve() {
  body = document.body;
  open();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && missed) refresh();
  });
  // A page that waits in the back/forward cache must not hold a connection, and is stale when it comes back.
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) { open(); refresh(); } });
}

function open() {
  let opened = false;
  // What happened since this page was made, before the stream was open, is told at once.
  const address = new URL(body.dataset.live, location);
  address.searchParams.set("since", body.dataset.made);
  source = new EventSource(address);
  source.addEventListener("changed", later);
  // After a break something may have happened unheard.
  source.addEventListener("ready", () => { if (opened) later(); opened = true; });
}

// What comes after a while is fetched at once; what comes close behind it, together.
function later() {
  if (document.visibilityState !== "visible") { missed = true; return; }
  waiting ??= setTimeout(refresh, Math.max(0, fetched + PAUSE - performance.now()));
}

function again() {
  if (document.visibilityState !== "visible") { missed = true; return; }
  waiting ??= setTimeout(refresh, RETRY);
}

export async function refresh() {
  waiting = null;
  missed = false;
  fetched = performance.now();
  const turn = ++turns;
  const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" }).catch(() => null);
  // The server was not there, or too busy: the news is still to be shown. A page that is over leads elsewhere.
  if (!answer || answer.status === 429 || answer.status >= 500) return again();
  if (!answer.ok || answer.redirected) return;
  const text = await answer.text();
  // A later answer has overtaken this one.
  if (turn < shown) return;
  shown = turn;
  const next = new DOMParser().parseFromString(text, "text/html");
  const changed = swap(next);
  if (changed) document.querySelector("[data-announce]").textContent = body.dataset.updated;
}

// Elements that a part is made of may come and go (the pay button): then both pages have an empty part of that name.
function swap(next) {
  let changed = false;
  for (const fresh of next.querySelectorAll("[data-part]")) {
    const old = document.querySelector(`[data-part="${CSS.escape(fresh.dataset.part)}"]`);
    if (!old || plain(old) === plain(fresh) || busy(old)) continue;
    old.replaceWith(fresh);
    fresh.classList.add("fresh");
    changed = true;
  }
  return changed;
}

// Relative times pass by themselves, and a fresh token is no news.
const plain = (element) => {
  const copy = element.cloneNode(true);
  copy.classList.remove("fresh");
  for (const time of copy.querySelectorAll("time[data-ago]")) time.textContent = "";
  for (const token of copy.querySelectorAll("input[name=csrf]")) token.remove();
  return copy.outerHTML;
};

// Nobody loses what they are typing, choosing or reading in an opened question.
const busy = (element) =>
  (element.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) ||
  element.querySelector("details[open], input:checked:not([checked])") !== null;
