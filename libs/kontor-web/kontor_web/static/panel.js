// Opens the main thing of another page at the side: <a data-panel href>. Without scripts it is a plain link.
export function improve() {
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-panel]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const content = await fetched(link.href);
    if (!content) { location.assign(link.href); return; }
    show(content);
  });
}

async function fetched(address) {
  const answer = await fetch(address, { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[data-panel-content]");
}

function show(content) {
  const dialog = document.createElement("dialog");
  dialog.className = "panel";
  const heading = content.querySelector("h1, h2");
  if (heading) dialog.setAttribute("aria-label", heading.textContent.trim());
  const close = document.createElement("button");
  close.className = "button quiet";
  close.type = "button";
  close.textContent = document.body.dataset.close;
  close.addEventListener("click", () => dialog.close());
  dialog.append(close, content);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
}
