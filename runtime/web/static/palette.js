// The palette (Ctrl-K): a box that finds records, lists and pages, and goes there. The server says what there is.

const dialog = () => document.querySelector("#palette");
const box = () => dialog().querySelector("[role=combobox]");
const list = () => dialog().querySelector("[role=listbox]");
const options = () => [...list().querySelectorAll("a[role=option]")];
let waiting; // what was typed is not asked for yet
let asked; // what the list was asked for last, and the request that is under way

function open() {
  if (dialog().open) return;
  dialog().showModal();
  box().value = "";
  ask();
}

async function ask() {
  clearTimeout(waiting);
  waiting = undefined;
  asked?.abort();
  const request = (asked = new AbortController());
  const query = new URLSearchParams({ q: box().value.trim() });
  try {
    const answer = await fetch(`${box().dataset.from}?${query}`, { signal: request.signal, headers: { "HX-Request": "true" } });
    if (answer.status === 401) return location.assign("/signin");
    if (!answer.ok) return;
    list().innerHTML = await answer.text();
  } catch (problem) {
    if (problem.name !== "AbortError") list().replaceChildren();
    return;
  }
  const said = dialog().querySelector("[data-said]");
  said.textContent = said.dataset.said.replace("{count}", options().length);
  choose(options()[0]);
}

function choose(option) {
  for (const each of options()) each.ariaSelected = String(each === option);
  if (option) {
    box().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else box().removeAttribute("aria-activedescendant");
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-palette]")) open();
  else if (event.target === dialog()) dialog().close();
  else if (event.target.closest?.("#palette a") && !event.ctrlKey && !event.metaKey) dialog().close();
});
document.addEventListener("input", (event) => {
  if (event.target !== box()) return;
  clearTimeout(waiting);
  waiting = setTimeout(ask, 150);
});
document.addEventListener("keydown", async (event) => {
  if (event.target !== box() || event.isComposing) return;
  if (event.key === "Enter" && waiting !== undefined) {
    event.preventDefault();
    await ask(); // the choices are not yet those of what was typed
    return options()[0]?.click();
  }
  const all = options();
  const current = all.findIndex((option) => option.ariaSelected === "true");
  const steps = { ArrowDown: current + 1, ArrowUp: current - 1, PageDown: Math.min(current + 6, all.length - 1), PageUp: Math.max(current - 6, 0) };
  if (event.key in steps && all.length) {
    event.preventDefault();
    choose(all[(steps[event.key] + all.length) % all.length]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (!all[current]) return;
    if (event.ctrlKey || event.metaKey) window.open(all[current].href, "_blank", "noopener");
    else all[current].click();
  }
});
