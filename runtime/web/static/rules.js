// Rules: while somebody types, the server says which fields the form shows and requires. Nothing typed is touched.

const WAIT = 200; // milliseconds after the last key
const timers = new WeakMap();
const asked = new WeakMap();

function apply(form, { hidden, required }) {
  for (const box of form.querySelectorAll("[data-field]")) {
    const name = box.dataset.field;
    const away = hidden.includes(name);
    if (away && box.contains(document.activeElement)) continue; // nobody loses what they are typing
    box.hidden = away;
    for (const control of box.querySelectorAll("input, select, textarea, button")) control.disabled = away;
    const label = box.querySelector(".form-label");
    const star = label?.querySelector(".required");
    const wanted = box.dataset.required === "always" || required.includes(name);
    if (star && !wanted) star.remove();
    if (!star && wanted) label?.insertAdjacentHTML("beforeend", '<span class="required" aria-hidden="true"> *</span>');
  }
}

async function ask(form) {
  const sent = new FormData(form);
  for (const [name, value] of [...sent]) if (value instanceof File) sent.delete(name);
  for (const control of form.querySelectorAll("[data-field][hidden] [name]")) {
    if (control.disabled && !sent.has(control.name) && !control.matches("[type=file], [type=checkbox], [type=radio]")) sent.append(control.name, control.value);
  }
  asked.get(form)?.abort();
  const asking = new AbortController();
  asked.set(form, asking);
  try {
    const answer = await fetch(form.dataset.rules, { method: "POST", body: sent, signal: asking.signal });
    if (answer.ok) apply(form, await answer.json());
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

function later(event) {
  const form = event.target.closest?.("form[data-rules]");
  if (!form) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => ask(form), event.type === "change" ? 0 : WAIT));
}

document.addEventListener("input", later);
document.addEventListener("change", later);

export function start() {}
