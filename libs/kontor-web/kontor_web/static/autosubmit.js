// The link page presses its button by itself, once, and only for someone who looks at it.
let form;

export function improve(element) {
  form = element;
  document.addEventListener("visibilitychange", send);
  send();
}

function send() {
  if (document.visibilityState !== "visible" || document.prerendering) return;
  document.removeEventListener("visibilitychange", send);
  // Whoever comes back with the back button presses it themselves.
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") return;
  form.requestSubmit();
}
