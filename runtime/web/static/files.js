// Files of a record: dropped on their block or chosen, sent with progress; the block comes back with them.

import { take } from "./toasts.js";

function tell(form, text) {
  form.querySelector("[data-drop-error]").textContent = text;
}

const sent = new WeakSet(); // choices of files

function send(block, files) {
  sent.add(files);
  const form = block.querySelector("form.drop");
  const limit = Number(form.dataset.limit);
  tell(form, "");
  const large = [...files].find((file) => file.size > limit);
  if (large) return tell(form, form.dataset.tooLarge.replace("{name}", large.name));
  const body = new FormData();
  for (const hidden of form.querySelectorAll("input[type=hidden]")) body.set(hidden.name, hidden.value);
  for (const file of files) body.append("upload", file);
  const progress = form.querySelector("progress");
  progress.hidden = false;
  const request = new XMLHttpRequest(); // fetch tells nothing of how much is sent
  request.open("POST", form.action + location.search);
  request.setRequestHeader("HX-Request", "true");
  request.setRequestHeader("HX-Request-Type", "partial");
  request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) progress.value = (100 * event.loaded) / event.total; });
  request.addEventListener("load", () => {
    progress.hidden = true;
    if (request.status === 200 || request.status === 422) arrived(block, request.responseText);
    else tell(form, form.dataset.failed);
  });
  request.addEventListener("error", () => {
    progress.hidden = true;
    tell(form, form.dataset.failed);
  });
  request.send(body);
}

function arrived(block, text) {
  const holder = document.createElement("template");
  holder.innerHTML = text;
  take(holder.content);
  const fresh = holder.content.firstElementChild;
  (document.getElementById(block.id) ?? block).replaceWith(fresh); // the block may have been drawn anew meanwhile
  fresh.querySelector("input[type=file]")?.focus();
}

const over = (event) => event.dataTransfer?.types.includes("Files") && event.target.closest?.("[data-files]");
document.addEventListener("change", (event) => {
  const block = event.target.matches?.("[data-files] input[type=file]") && event.target.closest("[data-files]");
  if (block && event.target.files.length) send(block, event.target.files);
});
document.addEventListener("dragover", (event) => {
  const block = over(event);
  for (const each of document.querySelectorAll("[data-files].dropping")) if (each !== block) each.classList.remove("dropping");
  if (!block) return;
  event.preventDefault();
  block.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) for (const each of document.querySelectorAll(".dropping")) each.classList.remove("dropping");
});
document.addEventListener("drop", (event) => {
  const block = over(event);
  if (!block) return;
  event.preventDefault();
  block.classList.remove("dropping");
  send(block, event.dataTransfer.files);
});

// Files that were chosen before this script came.
export function start() {
  for (const input of document.querySelectorAll("[data-files] input[type=file]")) {
    if (input.files.length && !sent.has(input.files)) send(input.closest("[data-files]"), input.files);
  }
}
