// Shows what a form would make, while it is being filled in: <form data-preview="/address"> posts itself there
// and [data-preview-content] takes the answer's part of that name. Colours load their stylesheet.
let form, waiting, round = 0;

export function improve(element) {
  form = element;
  // Fields outside of the form that belong to it count too.
  document.addEventListener("input", (event) => {
    if (event.target.form !== form) return;
    clearTimeout(waiting);
    waiting = setTimeout(show, 350);
  });
}

async function show() {
  const mine = ++round;
  const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), headers: { accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || mine !== round) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-preview-content]");
  if (fresh) document.querySelector("[data-preview-content]").replaceWith(fresh);
}
