// Single keys: / search, n new, e edit, ? help (whatever says data-press), j and k walk the rows; none while one types.

const shown = (element) => element.checkVisibility?.() ?? true;
// What had the focus in a dialog keeps it for a moment after the dialog is closed; nobody types there any more.
const typing = (element) => Boolean(element?.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable=''], [contenteditable=true], trix-editor") && shown(element));

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") return leave(event);
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") return walk(event, event.key === "j" ? 1 : -1);
  const found = [...document.querySelectorAll(`[data-press="${CSS.escape(event.key)}"]`)];
  const target = found.find((one) => shown(one) && one.closest("main")) ?? found.find(shown) ?? found[0]; // the page's own first
  if (!target) return;
  event.preventDefault();
  if (target.matches("input")) {
    target.focus();
    target.select();
  } else target.click();
});

// --- rows: the title's link has the focus, so Enter opens it, and screen readers say it ---
function walk(event, step) {
  const links = [...document.querySelectorAll("main table.list tbody td.title a, main .lines a")].filter(shown);
  if (!links.length) return;
  event.preventDefault();
  const at = links.indexOf(document.activeElement.closest("tr, li")?.querySelector("td.title a, a"));
  const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function leave(event) {
  if (document.querySelector("dialog[open]")) return; // the browser closes it
  const field = event.target.closest?.("input, textarea, select");
  if (field && field.getAttribute("aria-expanded") !== "true" && !field.closest(".inline-form")) field.blur();
}
