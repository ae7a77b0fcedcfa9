// Pictures of a phone are drawn smaller before they are sent. What this browser cannot read goes up as it is.
const LONGEST = 1600;
const GOOD = 0.82;

for (const form of document.querySelectorAll("form[data-photos]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file]") && event.target.files.length) take(form, event.target);
  });
  // A second click while it is on its way would only confuse; the same form twice does nothing twice anyway.
  form.addEventListener("submit", () => {
    const button = form.querySelector(".send .button");
    setTimeout(() => { button.disabled = true; });
    addEventListener("pageshow", () => { button.disabled = false; }, { once: true });
  });
}

async function take(form, field) {
  const label = form.querySelector(`label[for="${CSS.escape(field.id)}"]`);
  label.querySelector("[data-photo-label]").textContent = field.dataset.chosen;
  label.classList.add("chosen");
  const [file] = field.files;
  const small = await shrunk(file).catch(() => null);
  // Chosen anew meanwhile, or no gain.
  if (field.files[0] !== file || !small || small.size >= file.size) return;
  const files = new DataTransfer();
  files.items.add(new File([small], "photo.jpg", { type: "image/jpeg" }));
  field.files = files.files;
}

async function shrunk(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", GOOD));
}
