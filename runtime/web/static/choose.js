// Lists whose records are chosen: a button that chooses all on the page, and how many are chosen.
let listening = false;

const boxes = () => [...document.querySelectorAll("input.choose")];

function count() {
  const bar = document.getElementById("chosen");
  if (!bar) return;
  const chosen = boxes().filter((box) => box.checked).length;
  bar.querySelector("[data-chosen]").textContent = chosen || "";
  for (const button of bar.querySelectorAll("button[formaction]")) button.disabled = !chosen;
}

export function start() {
  const all = document.querySelector("#chosen [data-choose-all]");
  if (all) all.hidden = false;
  count();
  if (listening) return;
  listening = true;
  document.addEventListener("change", (event) => { if (event.target.matches("input.choose")) count(); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-choose-all]")) return;
    const every = boxes().every((box) => box.checked);
    for (const box of boxes()) box.checked = !every;
    count();
  });
}
