// Editing one field in place, on a card and in a list: its control comes where its value stands, Enter saves, Escape takes it back.

let standing = new WeakMap(); // what stood in each place before its control
const aheads = new WeakMap(); // what takes the keys until the control is there
const unheard = []; // keys that came after a Tab, for the next control
let saved = ""; // the field of a card that was sent last, which gets the focus back with the new card

const CONTROL = "input:not([type=hidden]), select, textarea";
const TYPED = "input:not([type=checkbox], [type=radio], [type=file], [type=date], [type=time], [type=datetime-local]), textarea";

// Enter or Tab, and what comes after them.
function keep(ahead, { key, shiftKey }) {
  const ends = key === "Enter" || key === "Tab";
  if (ahead.last) ahead.rest.push({ key, shiftKey });
  else if (ends) ahead.last = { key, shiftKey };
  return ends || Boolean(ahead.last);
}

// Who types at once is not kept waiting: the keys come into the control when it comes.
export function prepare(place, label) {
  const ahead = document.createElement("input");
  ahead.className = "visually-hidden";
  ahead.autocomplete = "off";
  ahead.ariaLabel = label;
  ahead.rest = [];
  ahead.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel(place);
    else if (keep(ahead, event)) event.preventDefault();
  });
  for (const key of unheard.splice(0)) if (!keep(ahead, key) && key.key.length === 1) ahead.value += key.key;
  standing.set(place, [...place.childNodes]);
  aheads.set(place, ahead);
  place.append(ahead);
  ahead.focus({ preventScroll: true });
}

export function begin(place, address, label) {
  if (standing.has(place) && !aheads.has(place)) return;
  if (!aheads.has(place)) prepare(place, label);
  window.htmx.ajax("GET", address, { source: place, target: place, swap: "innerHTML" });
}

export function cancel(place) {
  const before = standing.get(place);
  if (!before) return;
  standing.delete(place);
  if (aheads.delete(place)) place.dispatchEvent(new CustomEvent("htmx:abort")); // what was asked for comes no more
  place.replaceChildren(...before);
  if (place.dispatchEvent(new CustomEvent("inline:cancel", { bubbles: true, cancelable: true }))) place.querySelector("[data-inline]")?.focus();
}

function put(control, text) {
  if (control.matches("select")) {
    const found = [...control.options].find((option) => option.text.toLowerCase().startsWith(text.toLowerCase()));
    if (found) control.value = found.value;
  } else if (control.matches("[type=radio]")) control.form.querySelector(`[name="${control.name}"][value="${CSS.escape(text)}"]`)?.click();
  else if (control.matches(TYPED)) control.value = text;
  else return;
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

function arrived(place) {
  const ahead = aheads.get(place);
  aheads.delete(place);
  const control = place.querySelector("[autofocus]") ?? place.querySelector(CONTROL);
  control?.focus();
  if (control?.matches(TYPED) && !control.matches("textarea")) control.select();
  if (!control || !ahead) return;
  if (ahead.value) put(control, ahead.value);
  if (ahead.last?.key === "Tab") unheard.push(...ahead.rest);
  if (ahead.last?.key === "Enter") control.form.requestSubmit();
  else if (ahead.last) control.dispatchEvent(new KeyboardEvent("keydown", { ...ahead.last, bubbles: true, cancelable: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-inline]");
  if (button && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    begin(button.closest("[data-inline-place]"), button.dataset.inline + location.search, button.ariaLabel);
  } else if (event.target.closest?.("[data-inline-cancel]")) {
    event.preventDefault();
    cancel(event.target.closest("[data-inline-place]"));
  }
});
document.addEventListener("dblclick", (event) => {
  const place = event.target.closest?.("[data-inline-place]");
  const button = place?.querySelector("[data-inline]");
  if (!button || event.target.closest("a, button")) return;
  getSelection().removeAllRanges();
  button.click();
});
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".inline-form");
  if (!form || event.defaultPrevented) return;
  const place = form.closest("[data-inline-place]");
  if (event.key === "Escape" && place) {
    event.preventDefault();
    cancel(place);
  } else if (event.key === "Enter" && event.target.matches("select, input[type=checkbox], textarea, trix-editor")) {
    if (event.target.matches("textarea, trix-editor") && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    form.requestSubmit();
  }
});
document.addEventListener("htmx:after:swap", (event) => {
  const { target } = event.detail.ctx ?? {};
  if (target?.matches?.("[data-inline-place]")) return arrived(target);
  if (target !== "#main" && target?.id !== "main") return;
  standing = new WeakMap(); // the card is a new one, though its places may be the old elements
  if (saved) document.querySelector(`[data-inline="${CSS.escape(saved)}"]`)?.focus();
  saved = "";
});

document.addEventListener("submit", (event) => {
  if (event.target.matches(".inline-form")) saved = new URL(event.target.action).pathname;
});

document.addEventListener("htmx:error", (event) => { if (aheads.has(event.target)) cancel(event.target); });

export function start() {}
