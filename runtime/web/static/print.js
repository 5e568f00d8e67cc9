// Prints the page at a press of its button.
let listening = false;

export function start() {
  if (listening) return;
  listening = true;
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
}
