// Editing one field in place: the pencil or a double click puts its control there, Enter saves, Escape takes it back.

const places = new WeakMap(); // what stood in each place before its control
let saved = ""; // the field that was sent last, which gets the focus back with the new card

function begin(place, button) {
  if (places.has(place)) return;
  places.set(place, [...place.childNodes]);
  window.htmx.ajax("GET", button.dataset.inline + location.search, { source: place, target: place, swap: "innerHTML" });
}

function cancel(place) {
  const before = places.get(place);
  if (!before) return;
  places.delete(place);
  place.replaceChildren(...before);
  place.querySelector("[data-inline]")?.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-inline]");
  if (button && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    begin(button.closest("[data-inline-place]"), button);
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
  begin(place, button);
});
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".inline-form");
  if (!form || event.defaultPrevented) return;
  const place = form.closest("[data-inline-place]");
  if (event.key === "Escape" && place) {
    event.preventDefault();
    cancel(place);
  } else if (event.key === "Enter" && event.target.matches("select, input[type=checkbox], textarea")) {
    if (event.target.matches("textarea") && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    form.requestSubmit();
  }
});
document.addEventListener("htmx:after:swap", (event) => {
  const { target } = event.detail.ctx ?? {};
  const place = target?.matches?.("[data-inline-place]") ? target : null;
  if (place) {
    const control = place.querySelector("[autofocus]") ?? place.querySelector("input:not([type=hidden]), select, textarea");
    control?.focus();
    if (control?.matches("input[type=text]")) control.select();
  } else if ((target === "#main" || target?.id === "main") && saved) {
    document.querySelector(`[data-inline="${CSS.escape(saved)}"]`)?.focus();
    saved = "";
  }
});
document.addEventListener("submit", (event) => {
  if (event.target.matches(".inline-form")) saved = new URL(event.target.action).pathname;
}, { capture: true });

export function start() {}
