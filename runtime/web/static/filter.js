// The filter builder: another field or operator redraws the form, and whatever is typed is checked as one types.

const WAIT = 350; // milliseconds after the last key
const timers = new WeakMap();
const asked = new WeakMap();
const met = new WeakSet(); // forms that this script has been told of

async function check(form) {
  asked.get(form)?.abort();
  const asking = new AbortController();
  asked.set(form, asking);
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body: new FormData(form), signal: asking.signal });
    if (answer.ok && form.isConnected) tell(form, new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

function tell(form, said) {
  form.querySelector("[data-status]").textContent = said.querySelector("[data-status]").textContent;
  for (const place of form.querySelectorAll("[data-wrong]")) {
    const found = said.querySelector(`[data-wrong="${place.dataset.wrong}"]`);
    place.innerHTML = found ? found.innerHTML : "";
    const control = place.parentElement.querySelector("textarea");
    control.classList.toggle("is-invalid", Boolean(found));
    if (found) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

function redraw(form, focused) {
  clearTimeout(timers.get(form));
  asked.get(form)?.abort();
  form.elements._focus.value = focused.id;
  form.requestSubmit(form.querySelector("[data-draw]"));
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form.filter-form");
  if (form && event.target.matches("[data-redraw]")) redraw(form, event.target);
});

for (const type of ["input", "change"]) document.addEventListener(type, (event) => {
  const form = event.target.closest?.("form.filter-form");
  if (!form || event.target.matches("[data-redraw], .filter-save *")) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => check(form), type === "change" ? 0 : WAIT));
});

document.addEventListener("keydown", (event) => { // Enter in the name saves, and does not only show
  if (event.key !== "Enter" || !event.target.matches?.(".filter-form input[name=name]")) return;
  event.preventDefault();
  const form = event.target.form;
  form.requestSubmit(form.querySelector(".filter-save button[value=new], .sheet-foot button[value=save]"));
});

// Forms that somebody changed before this script came.
export function start() {
  for (const form of document.querySelectorAll("form.filter-form")) {
    if (!met.has(form) && form.dataset.touched) redraw(form, document.activeElement);
    met.add(form);
  }
}
