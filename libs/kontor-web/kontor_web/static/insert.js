// Turns words to copy into buttons: <code data-insert> writes itself where the cursor was in a text of the page. Fields
// with data-takes accept it; the last of them does where none was used yet.
let field;

export function improve() {
  field = [...document.querySelectorAll("[data-takes]")].at(-1);
  document.addEventListener("focusin", (event) => { if (event.target.matches("[data-takes]")) field = event.target; });
  for (const word of document.querySelectorAll("code[data-insert]")) word.replaceWith(button(word));
}

function button(word) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "code", textContent: word.textContent });
  made.addEventListener("click", () => insert(word.textContent));
  return made;
}

function insert(text) {
  if (!field) return;
  field.focus();
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
