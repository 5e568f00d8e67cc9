// Dialogs: a link marked data-dialog opens what it leads to over the page; several may stand upon each other.

import { choose, fetchNeeded } from "./trellis.js";

const dialogs = () => [...document.querySelectorAll("dialog[data-sheet]")];
const touched = (dialog) => dialog.querySelector("form[data-touched]");

// --- open and close ---
export async function open(address, { opener = document.activeElement, made } = {}) {
  const dialog = document.createElement("dialog");
  dialog.dataset.sheet = "";
  dialog.className = "sheet";
  dialog.opener = opener;
  dialog.made = made;
  document.body.append(dialog);
  const url = new URL(address, location.href);
  url.searchParams.set("_dialog", dialogs().length);
  await window.htmx.ajax("GET", url.pathname + url.search, { source: dialog, target: dialog, swap: "innerHTML" });
}

export function shut(dialog) {
  dialog.close();
  dialog.remove();
  if (dialog.opener?.isConnected) dialog.opener.focus();
}

function leave(dialog) {
  if (!touched(dialog)) return shut(dialog);
  ask(() => shut(dialog));
}

// Asks before what was typed is lost.
function ask(leaving) {
  const dialog = document.querySelector("#ask").content.firstElementChild.cloneNode(true);
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "yes") leaving();
  });
  dialog.showModal();
}

// --- what comes into a dialog ---
async function arrived(dialog) {
  if (!dialog.open) await fetchNeeded().catch(() => {}); // nothing is shown that would not do yet what is chosen in it
  if (!dialog.isConnected) return;
  const title = dialog.querySelector("[data-title], h1, h2");
  if (title) dialog.setAttribute("aria-labelledby", title.id ||= `sheet-title-${dialogs().length}`);
  if (!dialog.open) dialog.showModal();
  const focus = dialog.querySelector("[data-errors]") ?? dialog.querySelector("[autofocus]");
  focus?.focus();
}

function finished(dialog, answer) {
  const { module, id } = answer.dataset;
  shut(dialog);
  dialog.made?.(answer);
  if (!dialog.made || !id) refresh(module);
}

// Lists that show records of the module are asked for anew; without a module, all of the page's.
function refresh(module) {
  const selector = module ? `[data-shows~="${module}"]` : "[data-shows]";
  for (const part of document.querySelectorAll(selector)) {
    const headers = { "HX-Target": `${part.localName}#${part.id}` }; // the server gives this part alone
    window.htmx.ajax("GET", location.pathname + location.search, { source: part, target: part, swap: "outerHTML", headers });
  }
}

document.addEventListener("htmx:after:swap", (event) => {
  const dialog = event.detail.ctx?.target;
  if (!dialog?.matches?.("dialog[data-sheet]")) return;
  const answer = dialog.querySelector("[data-done]");
  if (answer) finished(dialog, answer);
  else arrived(dialog);
});
document.addEventListener("htmx:error", (event) => {
  const dialog = event.detail.ctx?.target;
  if (dialog?.matches?.("dialog[data-sheet]") && !dialog.open) dialog.remove();
});

// --- what a person does ---
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const menu = link.closest("details.menu");
    if (menu) menu.open = false;
    const address = link.dataset.dialog === "search" ? link.pathname + location.search : link.href; // filters change in place
    open(address, { opener: menu?.querySelector("summary") ?? link });
    return;
  }
  const dialog = event.target.closest?.("dialog[data-sheet]");
  if (!dialog) return;
  if (event.target === dialog) leave(dialog);
  else if (event.target.closest("[data-close]")) {
    event.preventDefault();
    leave(dialog);
  } else if (event.target.closest("[data-whole]")) {
    const button = event.target.closest("[data-whole]");
    event.preventDefault();
    event.stopPropagation();
    const mark = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    button.form.append(mark);
    button.form.action = button.getAttribute("formaction");
    delete button.form.dataset.touched;
    button.form.submit();
  }
}, { capture: true });
document.addEventListener("cancel", (event) => {
  if (!event.target.matches?.("dialog[data-sheet]")) return;
  event.preventDefault();
  leave(event.target);
}, { capture: true });
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-touchable]")) delete event.target.dataset.touched;
}, { capture: true });

// --- "new …" at the end of a type-ahead: makes a record and chooses it ---
document.addEventListener("create", (event) => {
  const input = event.target;
  open(event.detail, { opener: input, made: (option) => { if (option.dataset.id) choose(input, option); } });
});
