// Sends <form data-seen> once a person gives a sign: pointer, key or wheel, or the page lies open in front of them for a
// while. Loading the page is none: mail scanners do that too, and run its scripts. What comes into the open page is seen
// in the same way; what the form says with data-known has been sent before.
const signs = ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"];
const seconds = 8;

export function improve() {
  let sent = known(), open = 0;
  const given = (event) => {
    // A browser moves the pointer over a new page by itself, by nothing.
    if (event.isTrusted && (event.type !== "pointermove" || event.movementX || event.movementY)) send();
  };
  const send = () => {
    const form = current();
    if (!form || said(form) === sent) return;
    sent = said(form);
    open = 0;
    fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true });
  };
  setInterval(() => {
    const news = current() && said(current()) !== sent;
    if (news && document.visibilityState === "visible" && document.hasFocus() && ++open >= seconds) send();
  }, 1000);
  for (const sign of signs) addEventListener(sign, given, { passive: true });
}

const current = () => document.querySelector("form[data-seen]");
const known = () => current()?.matches("[data-known]") ? said(current()) : null;
const said = (form) => [form.action, ...[...new FormData(form)].filter(([name]) => name !== "csrf")].join();
