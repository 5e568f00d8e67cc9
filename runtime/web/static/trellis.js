// What the screens do beyond links and forms; each of them works without it, only slower.

const root = document.documentElement;
const COMBOBOX = "[data-combobox] [role=combobox]";
const on = (type, selector, handle) => document.addEventListener(type, (event) => {
  const found = event.target.closest?.(selector);
  if (found) handle(event, found);
});

// --- theme: at once here, and told to the server for the next page ---
on("submit", "[data-theme-form]", (event, form) => {
  event.preventDefault();
  const theme = event.submitter.value;
  root.dataset.bsTheme = theme;
  document.querySelector("meta[name=color-scheme]").content = theme === "auto" ? "light dark" : theme;
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === event.submitter));
  const body = new URLSearchParams(new FormData(form));
  body.set("theme", theme);
  fetch(form.action, { method: "POST", body, redirect: "manual" });
});

// --- keyboard: Ctrl or Cmd and the key of a [data-key] ("s"); Escape closes menus; keyboard.js has the single keys ---
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    }
  }
  if (!event.ctrlKey && !event.metaKey) return;
  const key = (event.altKey ? "alt+" : "") + event.key.toLowerCase();
  const target = [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === key);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input")) target.focus();
  else if (document.querySelector("trix-editor")) requestAnimationFrame(() => target.click()); // it writes what was typed down at its next drawing
  else target.click();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// --- forms sent by htmx: a refused one shows its errors in place, a saved one becomes the page it redirects to ---
document.addEventListener("htmx:before:response", (event) => {
  const { response, hx } = event.detail.ctx;
  if (response.raw.redirected && event.detail.ctx.target === document.body) hx.pushurl = response.raw.url.slice(location.origin.length);
});
document.addEventListener("htmx:after:swap", (event) => {
  const { target, sourceElement } = event.detail.ctx ?? {};
  if (!sourceElement?.matches?.("form[data-guard], body")) return;
  if (target === document.body) scrollTo(0, 0);
  showStep();
  const errors = document.querySelector("#errors");
  if (errors) errors.focus();
  else document.querySelector("#main").focus({ preventScroll: true }); // the page begins at its top
});

// --- quick filters apply at once; empty ones stay out of the address ---
let waiting;
const later = (form) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => form.requestSubmit(), 300);
};
on("change", "form[data-autosubmit]", (event, form) => {
  if (!event.target.matches("[role=combobox], [data-live]")) form.requestSubmit();
});
on("change", "details[data-range]", (_event, range) => { // the list is drawn anew, and this is not: it says itself what it asks for
  const ends = [...range.querySelectorAll("input")].map((input) => input.value.trim());
  const said = range.querySelector("output");
  range.classList.toggle("on", ends.some(Boolean));
  said.value = ends.some(Boolean) ? ends.join(" – ") : said.dataset.any;
});
on("input", "form[data-autosubmit] [data-live]", (_event, input) => later(input.form));
document.addEventListener("htmx:config:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  if (sourceElement.matches(COMBOBOX)) {
    request.body = new FormData();
    request.body.set("q", sourceElement.dataset.fresh ? "" : sourceElement.value.trim());
    request.body.set("for", sourceElement.id);
    if (sourceElement.dataset.reads) { // what the offer depends on, as it stands in the form
      const [form, row] = [new FormData(sourceElement.form), sourceElement.name.slice(0, sourceElement.name.lastIndexOf(".") + 1)];
      for (const name of sourceElement.dataset.reads.split(" ")) for (const value of form.getAll(row + name)) request.body.append(`this.${name}`, value);
    }
  } else if (sourceElement.matches("form[data-autosubmit]")) {
    const now = new URLSearchParams(location.search); // the order may have changed since the form was drawn
    for (const { name } of sourceElement.querySelectorAll(":scope > input[type=hidden]")) if (now.has(name)) request.body.set(name, now.get(name));
    for (const [name, value] of [...request.body]) if (!value || name.endsWith(":text")) request.body.delete(name);
  }
});

// --- type-ahead: an editable combobox over a listbox that the server fills ---
const parts = (input) => ({ box: input.closest("[data-combobox]"), list: document.getElementById(input.getAttribute("aria-controls")) });
const options = (list) => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];
function place(input, list) {
  const at = input.getBoundingClientRect();
  const width = Math.max(at.width, 224);
  const below = innerHeight - at.bottom > 288 || at.top < 288;
  Object.assign(list.style, { position: "fixed", right: "auto", width: `${width}px`, left: `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px` });
  Object.assign(list.style, below ? { top: `${at.bottom + 4}px`, bottom: "auto" } : { top: "auto", bottom: `${innerHeight - at.top + 4}px` });
}
function open(input, list) {
  if (!list.matches(":popover-open")) list.showPopover();
  place(input, list);
  input.setAttribute("aria-expanded", "true");
}
function close(input) {
  const { list } = parts(input);
  if (list.matches(":popover-open")) list.hidePopover();
  list.removeAttribute("style"); // htmx would copy it to the element's successor, which the content policy forbids
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}
function ask(input) {
  input.dataset.fresh = "yes";
  input.dispatchEvent(new Event("pick"));
}
function addChip(box, id, text) {
  const chips = box.querySelector(".checks, .links");
  const ticked = [...chips.querySelectorAll(".chip input")].find((tick) => tick.value === id);
  if (ticked) return void (ticked.checked = true);
  const holder = document.createElement("div");
  holder.innerHTML = box.querySelector("template").innerHTML.replaceAll("__key__", id);
  const chip = holder.firstElementChild;
  const tick = chip.querySelector("input[type=checkbox]");
  tick.value = id;
  tick.nextElementSibling.textContent = text;
  chips.append(chip);
}
function take(input) { // the tags that were typed, whether the list has them or not
  for (const tag of input.value.split(",").map((each) => each.trim()).filter(Boolean)) addChip(parts(input).box, tag, tag);
  input.value = "";
  close(input);
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
export function choose(input, option) {
  const { box } = parts(input);
  if (option.dataset.create) { // dialog.js makes one, and chooses it
    close(input);
    input.dispatchEvent(new CustomEvent("create", { detail: option.dataset.create, bubbles: true }));
    return;
  }
  if (box.dataset.combobox !== "one") {
    addChip(box, option.dataset.id, option.dataset.text);
    input.value = "";
  } else {
    input.value = input.dataset.text = option.dataset.text;
    box.querySelector("input[type=hidden]").value = option.dataset.id;
  }
  close(input);
  box.querySelector("input[type=hidden]").dispatchEvent(new Event("change", { bubbles: true }));
}
on("input", COMBOBOX, (_event, input) => { delete input.dataset.fresh; });
// The text beside a picked id is for people; it is sent only where it was typed and nothing was picked for it.
document.addEventListener("formdata", (event) => {
  for (const input of event.target.querySelectorAll(COMBOBOX)) {
    const [typed, many] = [input.value.trim(), parts(input).box.dataset.combobox !== "one"];
    if (typed === (many ? "" : input.dataset.text.trim())) event.formData.delete(input.name);
  }
});
on("click", COMBOBOX, (_event, input) => { if (input.getAttribute("aria-expanded") === "false") ask(input); });
document.addEventListener("htmx:after:swap", (event) => {
  const input = event.detail.ctx?.sourceElement;
  if (input?.matches?.(COMBOBOX) && document.activeElement === input) open(input, parts(input).list);
});
on("keydown", COMBOBOX, (event, input) => {
  const { list } = parts(input);
  const shown = list.matches(":popover-open");
  const all = options(list);
  const current = all.findIndex((option) => option.ariaSelected === "true");
  const [typed, pointed] = [input.value.trim(), shown && current >= 0];
  const halfway = typed && (shown || typed !== input.dataset.text.trim());
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!shown) return ask(input);
    const step = event.key === "ArrowDown" ? 1 : current < 0 ? 0 : -1;
    const next = all[(current + step + all.length) % all.length];
    for (const option of all) option.ariaSelected = String(option === next);
    if (next) {
      input.setAttribute("aria-activedescendant", next.id);
      next.scrollIntoView({ block: "nearest" });
    }
  } else if (event.key === "Enter" && (pointed || halfway)) {
    event.preventDefault(); // what was typed is not chosen yet: the form is not to be saved by it
    const found = all.filter((option) => !option.dataset.create);
    if (pointed) choose(input, all[current]);
    else if (parts(input).box.dataset.combobox === "tags") take(input);
    else if (shown && !input.dataset.fresh && found.length === 1) choose(input, found[0]);
  } else if (event.key === "Escape" && shown) {
    event.preventDefault();
    close(input);
  } else if (event.key === "Tab" && shown && all[current]) choose(input, all[current]);
});
document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.(".picker [role=option]");
  if (!option) return;
  event.preventDefault();
  const input = document.querySelector(`[aria-controls="${option.parentElement.id}"]`);
  if (!option.ariaDisabled) choose(input, option);
});
document.addEventListener("focusout", (event) => {
  const input = event.target;
  if (!input.matches?.(COMBOBOX)) return;
  close(input);
  if (parts(input).box.dataset.combobox === "many") input.value = "";
  else if (parts(input).box.dataset.combobox === "tags") return; // what was typed is a tag, picked or not
  else if (input.value.trim()) input.value = input.dataset.text;
  else {
    const hidden = parts(input).box.querySelector("input[type=hidden]");
    const had = hidden.value;
    hidden.value = input.value = input.dataset.text = "";
    if (had) hidden.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
for (const type of ["scroll", "resize"]) addEventListener(type, (event) => {
  const input = document.querySelector(`${COMBOBOX}[aria-expanded=true]`);
  if (input && !event.target.closest?.(".picker")) place(input, parts(input).list);
}, { capture: true, passive: true });

// --- rows editor: add, move and delete in place; the hidden keys carry the order ---
let added = 0;
on("click", "[data-rows] button[name=_rows]", (event, button) => {
  event.preventDefault();
  const editor = button.closest("[data-rows]");
  const body = editor.querySelector("tbody");
  const row = button.closest("tr");
  const [, act] = button.value.split(":");
  const said = editor.querySelector("[data-said]");
  if (act === "add") {
    const holder = document.createElement("tbody");
    holder.innerHTML = editor.querySelector(":scope > template").innerHTML.replaceAll("__key__", `n${Date.now()}${added++}`);
    const fresh = holder.firstElementChild;
    body.append(fresh);
    window.htmx?.process(fresh);
    fresh.querySelector("td:not(.row-move) :is(input:not([type=hidden]), select, textarea)")?.focus();
    said.textContent = said.dataset.added;
  } else if (act === "delete") {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector(".row-delete button") ?? editor.querySelector(".rows-foot button")).focus();
    said.textContent = said.dataset.deleted;
  } else {
    if (act === "up") row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    button.focus();
    said.textContent = said.dataset.moved;
  }
  const form = editor.closest("form");
  form.dataset.touched = "yes";
  if (form.dataset.rules) form.dispatchEvent(new Event("change", { bubbles: true })); // its rules follow the rows
});

// --- an edited form asks before it is left: early.js marks it ---
on("submit", "form[data-guard]", (_event, form) => { delete form.dataset.touched; });
addEventListener("beforeunload", (event) => { if (document.querySelector("form[data-touched]")) event.preventDefault(); });

// --- an export is of what the list shows: filters change in place, and the link stands outside what they draw anew ---
for (const type of ["click", "auxclick"]) on(type, "a[data-search]", (_event, link) => { link.search = location.search; });

// --- a phone shows the step of the process that the record is at, and the tab that is open ---
function showStep() {
  for (const current of document.querySelectorAll(".chevrons .current, .tabs [aria-current=page]")) current.scrollIntoView({ block: "nearest", inline: "center" });
}
showStep();

// --- a click anywhere on a row opens its record, unless it is on a control or selects text; a second one edits the cell ---
const TWICE = 250; // milliseconds between the clicks of a double click
let opening;
on("click", "table.list tbody tr", (event, row) => {
  clearTimeout(opening);
  if (event.detail > 1 || event.target.closest("a, button, input, select, label, summary") || String(getSelection())) return;
  const link = row.querySelector("td.title a");
  const column = row.closest("table").tHead?.rows[0].cells[event.target.closest("td")?.cellIndex];
  if (link && (event.ctrlKey || event.metaKey)) window.open(link.href, "_blank", "noopener");
  else if (link && column?.dataset.edit && event.pointerType === "mouse") opening = setTimeout(() => link.click(), TWICE);
  else link?.click();
});

// --- what only some pages need is fetched when an element asks for it, and told of every page that needs it ---
export function fetchNeeded() {
  const needed = new Set([...document.querySelectorAll("[data-needs]")].map((element) => element.dataset.needs));
  return Promise.all([...needed].map((name) => import(`./${name}.js`).then((module) => module.start())));
}
const parsed = new Promise((done) => { document.addEventListener("DOMContentLoaded", () => setTimeout(done)); });
Promise.all([parsed, fetchNeeded()]).finally(() => {
  document.documentElement.dataset.ready = "";
  document.dispatchEvent(new Event("trellis:ready")); // early.js waits for it
});
document.addEventListener("htmx:after:swap", fetchNeeded);
