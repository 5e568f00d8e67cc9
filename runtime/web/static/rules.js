// Rules: while somebody types, the server says what the form shows, requires, offers and sets. Nothing typed is touched.

import { offer } from "./choices.js";

const WAIT = 200; // milliseconds after the last key
const PATIENCE = 3000; // milliseconds that a save waits for an answer
const timers = new WeakMap();
const asked = new WeakMap();
const unanswered = new WeakSet(); // forms that do not show yet what follows from what was typed
const saving = new WeakSet(); // forms that are saved once they show it
const given = new WeakMap(); // for a field that a rule has set: how it was drawn, and the box that stood there

const fieldsOf = (form) => [...form.querySelectorAll("[data-field]")];

function turn(box, away) {
  if (away && box.contains(document.activeElement)) return; // nobody loses what they are typing
  box.hidden = away;
  for (const control of box.querySelectorAll("input, select, textarea, button")) control.disabled = away;
}

function mark(box, required) {
  const label = box.querySelector(".form-label");
  box.classList.toggle("is-required", required.includes(box.dataset.field));
  const star = label?.querySelector(".required");
  const wanted = box.dataset.required === "always" || required.includes(box.dataset.field);
  if (star && !wanted) star.remove();
  if (!star && wanted) label?.insertAdjacentHTML("beforeend", '<span class="required" aria-hidden="true"> *</span>');
}

function give(box, html) {
  const known = given.get(box);
  if (html === known?.html || box.contains(document.activeElement)) return;
  const own = known?.own ?? box;
  if (html === undefined) return box.replaceWith(own); // the rule no longer holds, and nobody typed over it
  const holder = document.createElement("div");
  holder.innerHTML = html;
  const fresh = holder.firstElementChild;
  given.set(fresh, { html, own });
  box.replaceWith(fresh);
  window.htmx?.process(fresh);
}

function limit(form, limits) {
  for (const control of form.querySelectorAll("[data-limited]")) {
    const left = limits[control.closest("[data-field]")?.dataset.field];
    const said = left ? JSON.stringify(left) : "";
    if (control.dataset.limit === said) continue;
    control.dataset.limit = said;
    offer(control);
  }
}

function apply(form, { hidden, required, closed, limits, values }) {
  for (const box of fieldsOf(form)) give(box, values[box.dataset.field]);
  for (const box of fieldsOf(form)) {
    turn(box, hidden.includes(box.dataset.field));
    mark(box, required);
  }
  for (const rows of form.querySelectorAll("section[data-rows]")) {
    const away = hidden.includes(rows.dataset.rows);
    if (rows.hidden !== away) turn(rows, away);
  }
  for (const block of form.querySelectorAll("fieldset.block")) {
    const boxes = fieldsOf(block);
    const away = closed.includes(block.dataset.part);
    if (!boxes.length || (away && block.contains(document.activeElement))) continue;
    block.hidden = away || boxes.every((box) => box.hidden);
    block.disabled = away;
  }
  limit(form, limits);
}

const counts = (control) => !control.matches("[type=file]") && (!control.matches("[type=checkbox], [type=radio]") || control.checked);

function typed(form) {
  const sent = new FormData(form);
  for (const [name, value] of [...sent]) if (value instanceof File) sent.delete(name);
  for (const control of form.querySelectorAll("[data-field][hidden] [name]")) {
    if (control.disabled && !sent.has(control.name) && !control.matches("[type=checkbox], [type=radio]") && counts(control)) sent.append(control.name, control.value);
  }
  for (const box of fieldsOf(form)) { // what a rule has set is not typed
    const known = given.get(box);
    for (const control of known ? box.querySelectorAll("[name]") : []) sent.delete(control.name);
    for (const control of known?.own.querySelectorAll("[name]") ?? []) {
      if (counts(control) && !control.name.endsWith(":text")) sent.append(control.name, control.value);
    }
  }
  return sent;
}

async function answer(form, asking) {
  try {
    const said = await fetch(form.dataset.rules, { method: "POST", body: typed(form), signal: asking.signal });
    if (said.ok) apply(form, await said.json());
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  } finally {
    if (!asking.signal.aborted) unanswered.delete(form);
  }
}

function stop(form) {
  clearTimeout(timers.get(form));
  timers.delete(form);
  asked.get(form)?.asking.abort();
}

function ask(form) {
  stop(form);
  const asking = new AbortController();
  asked.set(form, { asking, answered: answer(form, asking) });
}

function later(event) {
  const form = event.target.closest?.("form[data-rules]");
  if (!form) return;
  given.delete(event.target.closest("[data-field]"));
  stop(form); // an answer would know nothing of what is typed now, and could lie over it
  unanswered.add(form);
  timers.set(form, setTimeout(() => ask(form), event.type === "change" ? 0 : WAIT));
}

// A save waits for the answer: what is still hidden, though it is to be shown, would not be sent.
async function beforeSaving(event) {
  const { target: form, submitter } = event;
  if (!unanswered.has(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (saving.has(form)) return;
  saving.add(form);
  if (timers.has(form)) ask(form);
  try {
    await Promise.race([asked.get(form).answered, new Promise((go) => setTimeout(go, PATIENCE))]);
  } finally {
    saving.delete(form);
    unanswered.delete(form);
    form.requestSubmit(submitter);
  }
}

document.addEventListener("input", later);
document.addEventListener("change", later);
document.addEventListener("submit", beforeSaving, { capture: true });

// Forms that somebody typed in before this script came.
export function start() {
  for (const form of document.querySelectorAll("form[data-rules][data-touched]")) if (!asked.has(form)) ask(form);
}
