// The formula workbench: names and functions are offered while one types, and the function at the cursor is told about.

const WAIT = 120; // milliseconds after the last key
let box;
let waiting; // what was typed is not asked for yet
let asked; // the request that is under way
let range; // which characters a choice takes the place of

const list = () => document.getElementById(box.getAttribute("aria-controls"));
const options = () => [...list().querySelectorAll("[role=option]")];
const chosen = () => options().find((option) => option.ariaSelected === "true");

function close() {
  list().hidden = true;
  box.removeAttribute("aria-activedescendant");
}

function choose(option) {
  for (const each of options()) each.ariaSelected = String(each === option);
  if (!option) return box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

// The text goes in as if it were typed, so that it can be taken back like that.
function take(option) {
  const text = option.dataset.text;
  close();
  box.focus();
  box.setSelectionRange(range.start, range.end);
  if (!document.execCommand("insertText", false, text)) {
    box.setRangeText(text, range.start, range.end, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

async function ask(open) {
  clearTimeout(waiting);
  asked?.abort();
  const request = (asked = new AbortController());
  const sent = new URLSearchParams(new FormData(box.form));
  sent.set("at", box.selectionStart);
  try {
    const answer = await fetch(`${box.dataset.names}?${sent}`, { signal: request.signal, headers: { "HX-Request": "true" } });
    if (answer.status === 401) return location.assign("/signin");
    if (!answer.ok) return close();
    show(await answer.text(), open);
  } catch (problem) {
    if (problem.name !== "AbortError") close();
  }
}

function show(text, open) {
  const holder = document.createElement("template");
  holder.innerHTML = text;
  const names = holder.content.querySelector("[data-names]");
  const docs = holder.content.querySelector("[data-docs]");
  const aside = document.querySelector("#docs");
  if (docs.childElementCount) aside.replaceChildren(...docs.childNodes);
  range = { start: Number(names.dataset.start), end: Number(names.dataset.end) };
  const typed = box.value.slice(range.start, box.selectionStart);
  const found = [...names.children];
  const done = found.length === 1 && found[0].dataset.text === typed;
  list().replaceChildren(...found);
  list().hidden = !found.length || done || !(open || typed || box.value[range.start - 1] === ".");
  choose(list().hidden ? undefined : found[0]);
  const said = box.form.querySelector("[data-said]");
  said.textContent = list().hidden ? "" : said.dataset.said.replace("{count}", found.length);
}

function later(open) {
  clearTimeout(waiting);
  waiting = setTimeout(() => ask(open), WAIT);
}

function keys(event) {
  const all = options();
  if (event.key === " " && event.ctrlKey) {
    event.preventDefault();
    ask(true);
  } else if (list().hidden) {
    if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") later(false);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
  } else if ((event.key === "Enter" || event.key === "Tab") && chosen()) {
    event.preventDefault();
    take(chosen());
  } else if (event.key === "Escape") {
    event.preventDefault();
    close();
  } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") close();
}

export function start() {
  const found = document.querySelector("textarea[data-names]");
  if (!found || found === box) return;
  box = found;
  box.addEventListener("input", () => later(false));
  box.addEventListener("click", () => { close(); later(false); });
  box.addEventListener("keydown", keys);
  box.addEventListener("blur", () => setTimeout(close, 150));
  list().addEventListener("pointerdown", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    take(option);
  });
  // Another module has other records: the page is asked for anew, with what was written.
  box.form.querySelector("[data-turns]").addEventListener("change", (event) => {
    event.stopPropagation();
    const sent = new URLSearchParams(new FormData(box.form));
    for (const name of ["record", "record:text"]) sent.delete(name);
    location.assign(`${box.form.getAttribute("action")}?${sent}`);
  });
}
