// Sends <form data-seen> once a person gives a sign: pointer, key or wheel, or the page lies open in front of them for a
// while. Loading the page is none: mail scanners do that too, and run its scripts.
const signs = ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"];
const seconds = 8;

export function improve(form) {
  let open = 0;
  const given = (event) => {
    // A browser moves the pointer over a new page by itself, by nothing.
    if (event.isTrusted && (event.type !== "pointermove" || event.movementX || event.movementY)) send();
  };
  const watch = setInterval(() => {
    if (document.visibilityState === "visible" && document.hasFocus() && ++open >= seconds) send();
  }, 1000);
  const send = () => {
    clearInterval(watch);
    for (const sign of signs) removeEventListener(sign, given);
    fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true });
  };
  for (const sign of signs) addEventListener(sign, given, { passive: true });
}
