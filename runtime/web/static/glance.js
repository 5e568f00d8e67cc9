// The quick view of a record: after a moment over a link to it, by the button beside it, or by "v" on the link.

const CARD = /^\/app\/[a-z][a-z0-9_]*\/\d+$/;
const CALM = 450; // milliseconds that the pointer rests on a link before its record is shown
let timer;
let shown; // the link whose record is shown
let box;

function link(event) {
  const found = event.target.closest?.("main a[href], dialog a[href]");
  if (!found || found.closest(".glance, .pager, .tabs, .page-top, .tiles, .toasts") || found.matches(".btn, .inline-edit, [data-dialog]")) return null;
  return CARD.test(found.pathname) && found.origin === location.origin && !found.search ? found : null;
}

function make() {
  box = document.createElement("div");
  box.className = "glance-box";
  box.popover = "manual";
  box.role = "dialog";
  box.setAttribute("hx-sync", "this:replace"); // what is asked for last is shown
  box.setAttribute("aria-labelledby", "glance-title");
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", () => wait(hide, 250));
}

function wait(act, time) {
  clearTimeout(timer);
  timer = setTimeout(act, time);
}

function place(anchor) {
  const at = anchor.getBoundingClientRect();
  const [width, height] = [box.offsetWidth, box.offsetHeight];
  const below = at.bottom + 6 + height < innerHeight || at.top < height;
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, below ? at.bottom + 6 : at.top - height - 6)}px`;
}

async function show(anchor, focused = false) {
  if (!box?.isConnected) make();
  (anchor.closest("dialog") ?? document.body).append(box);
  shown = anchor;
  await window.htmx.ajax("GET", `${anchor.pathname}/quick`, { source: box, target: box, swap: "innerHTML" });
  if (shown !== anchor || !box.querySelector(".glance")) return;
  if (!box.matches(":popover-open")) box.showPopover();
  place(anchor);
  if (focused) box.querySelector(".glance-head a")?.focus();
}

function hide() {
  clearTimeout(timer);
  const had = box?.contains(document.activeElement) ? shown : null;
  if (box?.matches(":popover-open")) box.hidePopover();
  shown = undefined;
  had?.focus();
}

// By the pointer: a mouse rests on a link; a finger does not hover, and has the button.
document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const found = link(event);
  if (found && found !== shown) wait(() => show(found), CALM);
});
document.addEventListener("pointerout", (event) => {
  if (link(event)) wait(hide, 250);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-glance]");
  if (button) {
    const anchor = button.previousElementSibling;
    if (shown === anchor && box?.matches(":popover-open")) hide();
    else show(anchor, true);
  } else if (!event.target.closest?.(".glance-box")) hide();
});

// By the keyboard: "v" on a link opens it and goes into it, Escape comes back.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && box?.matches(":popover-open")) {
    event.preventDefault();
    event.stopPropagation();
    hide();
  } else if (event.key === "v" && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const found = link(event);
    if (found) {
      event.preventDefault();
      show(found, true);
    }
  }
}, { capture: true });
document.addEventListener("focusin", (event) => {
  if (box?.matches(":popover-open") && !box.contains(event.target) && event.target !== shown) hide();
});
for (const type of ["scroll", "resize"]) addEventListener(type, (event) => { if (!box?.contains(event.target)) hide(); }, { capture: true, passive: true });
