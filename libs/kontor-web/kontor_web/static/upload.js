// Sends each chosen file by itself, with progress; the answer is a piece of the page for the list of results.
// Without scripts the form sends them all at once and shows the same results.
// <form data-upload="/address"> with one file field; <ul data-results> takes <li>s; <template data-upload-row> is the row.
const AT_ONCE = 2;
let form, results, row, field;

export function improve(element) {
  form = element;
  results = document.querySelector("[data-results]");
  row = document.querySelector("template[data-upload-row]");
  field = form.querySelector("input[type=file]");
  for (const item of results.querySelectorAll("li[data-poll]")) follow(item);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    start([...field.files]);
    form.reset();
  });
  field.addEventListener("change", () => form.requestSubmit());
  for (const kind of ["dragover", "drop"]) {
    form.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      if (kind === "drop") start([...event.dataTransfer.files]);
    });
  }
}

function start(files) {
  const queue = files.map((file) => [file, shown(file)]);
  const worker = async () => { for (let next; (next = queue.shift());) await sent(...next); };
  for (let i = 0; i < AT_ONCE; i++) worker();
}

function shown(file) {
  const item = row.content.firstElementChild.cloneNode(true);
  item.querySelector("[data-name]").textContent = file.name;
  results.prepend(item);
  return item;
}

function sent(file, item) {
  if (file.size > form.dataset.most) return refuse(item, form.dataset.tooLarge);
  return new Promise((done) => {
    const data = new FormData();
    data.append("csrf", form.elements.csrf.value);
    data.append(field.name, file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.upload);
    request.upload.addEventListener("progress", (event) => {
      item.querySelector("progress").value = event.lengthComputable ? event.loaded / event.total : 0;
    });
    request.addEventListener("loadend", () => { finish(item, request); done(); });
    request.send(data);
  });
}

// Anything but a row says that it failed; the row offers what the template says about that.
function finish(item, request) {
  const answer = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("li[data-result]");
  if (answer) { item.replaceWith(answer); follow(answer); return; }
  refuse(item);
}

function refuse(item, reason) {
  const failed = item.querySelector("[data-failed]");
  if (reason) failed.textContent = reason;
  failed.hidden = false;
  item.querySelector("progress").remove();
}

// A submission is looked at until its end is known: soon at first, then ever more rarely.
async function follow(item) {
  for (let pause = 300; item.dataset.poll; pause = Math.min(pause * 1.5, 5000)) {
    await new Promise((done) => setTimeout(done, pause));
    const answer = await fetch(item.dataset.poll, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) continue;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("li[data-result]");
    if (!next) return;
    item.replaceWith(next);
    item = next;
  }
}
