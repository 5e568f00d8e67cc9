// Toasts: read aloud, taken from what htmx brings, and gone by themselves after a while.

const PATIENCE = 12_000; // long enough to read one and to reach its button; it stays while somebody is at it

const holder = () => document.querySelector("#toasts");

function expire(note) {
  let timer;
  const wait = () => { timer = setTimeout(() => note.remove(), PATIENCE); };
  const hold = () => clearTimeout(timer);
  note.addEventListener("pointerenter", hold);
  note.addEventListener("pointerleave", wait);
  note.addEventListener("focusin", hold);
  note.addEventListener("focusout", wait);
  if (!note.matches(".danger, .warning")) wait();
}

// A live region reads what comes into it, not what it was drawn with.
export function show(notes) {
  for (const note of notes) {
    note.remove();
    setTimeout(() => {
      holder()?.append(note);
      expire(note);
    }, 60);
  }
}

export function take(root) {
  for (const template of root.querySelectorAll("template[data-toast]")) {
    show([...template.content.cloneNode(true).children]);
    template.remove();
  }
}

const drawn = () => show([...(holder()?.children ?? [])]);
drawn();
document.addEventListener("htmx:after:swap", (event) => {
  take(document);
  if (event.detail.ctx?.target === document.body) drawn();
});
document.addEventListener("click", (event) => event.target.closest?.("[data-dismiss]")?.parentElement.remove());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.("#toasts")) event.target.closest(".toast-note").remove();
});
