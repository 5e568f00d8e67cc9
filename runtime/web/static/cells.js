// A list's cells edited in their place: the pencil under the pointer or by the arrow keys, a double click, "i" on a row; Tab goes on to the next.

import { begin, prepare } from "./inline.js";

const ROOMY = ".address, .links, .many, textarea"; // controls that need some room
const CELL = "table[data-needs=cells] tbody td";
let pencil; // there is one, in the cell that it edits
let editor; // the box over the cell that is edited, and what it edits
let following; // where to go on once it is saved

const head = (cell) => cell.closest("table").tHead.rows[0].cells[cell.cellIndex];
const field = (cell) => head(cell)?.dataset.edit;
const fields = (row) => [...row.cells].filter(field);
const link = (row) => row.querySelector("td.title a");
const name = (cell) => `${head(cell).textContent.trim()}, ${link(cell.parentElement).textContent.trim()}`;

// A place in the table outlives the row, which comes anew when it was saved.
const spot = (cell) => ({ body: cell.closest("tbody"), row: cell.parentElement.sectionRowIndex, column: cell.cellIndex });
const at = ({ body, row, column }) => body.rows[row]?.cells[column];

function beside(cell, step) {
  const row = cell.parentElement;
  const all = fields(row);
  const next = all[all.indexOf(cell) + step];
  if (next) return next;
  const other = row.parentElement.rows[row.sectionRowIndex + step];
  return other && fields(other).at(step > 0 ? 0 : -1);
}

// --- the pencil; where it may not be seen (on a phone), cells are not edited ---
function offer(cell) {
  if (pencil?.parentElement !== cell) {
    pencil?.remove();
    pencil = cell.closest(".scroll").querySelector("[data-pencil]").content.firstElementChild.cloneNode(true);
    pencil.ariaLabel = `${pencil.title}: ${name(cell)}`;
    cell.append(pencil);
  }
  return pencil.checkVisibility();
}

function focus(cell) {
  if (cell && offer(cell)) pencil.focus();
}

// --- the box over a cell ---
function place() {
  const box = editor.box;
  const cell = at(editor.spot);
  if (!cell) return;
  const { left, top, width } = cell.getBoundingClientRect();
  const wide = Math.min(Math.max(width, box.querySelector(ROOMY) ? 416 : 272), innerWidth - 16);
  box.style.width = `${wide}px`;
  box.style.left = `${Math.max(8, Math.min(left - 1, innerWidth - wide - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(top - 4, innerHeight - box.offsetHeight - 8))}px`;
}

function show(cell) {
  const box = document.createElement("div");
  box.className = "cell-editor";
  box.popover = "manual";
  box.role = "dialog";
  box.ariaLabel = name(cell);
  box.dataset.inlinePlace = "";
  editor = { box, spot: spot(cell), address: `${link(cell.parentElement).pathname}/field/${field(cell)}` };
  document.body.append(box);
  box.showPopover();
  new ResizeObserver(() => { if (editor?.box === box) place(); }).observe(box);
  prepare(box, box.ariaLabel);
}

function ask() {
  const [, number] = editor.address.match(/\/(\d+)\/field/);
  at(editor.spot).parentElement.id = `row-${number}`; // the saved row takes its place
  const query = new URLSearchParams(location.search);
  query.set("_list", "yes");
  begin(editor.box, `${editor.address}?${query}`);
}

function edit(cell) {
  if (!cell || !offer(cell)) return;
  if (editor) return leave(cell);
  show(cell);
  ask();
}

function shut() {
  editor?.box.remove();
  editor = undefined;
}

// Saves what was changed and then goes to another cell, if there is one; what is refused keeps its box.
function leave(cell) {
  const form = editor.box.querySelector("form");
  if (form?.dataset.touched) {
    const before = editor;
    form.requestSubmit();
    following = { before };
    if (cell) {
      show(cell); // who types on is heard at once
      following.next = editor;
    }
  } else {
    const here = at(editor.spot);
    shut();
    if (cell) edit(cell);
    else focus(here);
  }
}

function saved() {
  const { before = editor, next } = following ?? {};
  following = undefined;
  const free = [document.body, null].includes(document.activeElement) || before.box.contains(document.activeElement);
  before.box.remove();
  if (next) {
    if (editor === next) ask();
    return;
  }
  shut();
  if (free) focus(at(before.spot)); // unless somebody has gone elsewhere meanwhile
}

function refused() {
  following.next?.box.remove();
  editor = following.before;
  following = undefined;
}

document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail;
  if (!editor) return;
  if (ctx?.hx?.retarget?.startsWith("#row-")) saved();
  else if (following && ctx?.request.method === "POST" && ctx.target === following.before.box) refused();
  if (editor && !editor.spot.body.isConnected) shut(); // another list came in its place
});
document.addEventListener("inline:cancel", (event) => {
  if (event.target !== editor?.box) return;
  event.preventDefault();
  const here = at(editor.spot);
  shut();
  focus(here);
});

// --- what a person does ---
document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch" || document.activeElement === pencil) return;
  const cell = event.target.closest?.(CELL);
  if (cell && field(cell)) offer(cell);
  else pencil?.remove();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".cell-pencil");
  if (button) return edit(button.closest("td"));
  if (!editor || editor.box.contains(event.target) || event.target.closest?.("dialog, .picker, .toasts")) return;
  if (event.target.closest?.("a[href]:not(.table thead a, .pager a)")) return; // the browser asks before what was typed is lost
  if (event.target.closest?.(CELL)) event.stopPropagation(); // the click ends the editing, and opens no record
  leave();
}, { capture: true });
document.addEventListener("dblclick", (event) => {
  const cell = event.target.closest?.(CELL);
  if (!cell || !field(cell) || event.target.closest("a, button") || !offer(cell)) return;
  getSelection().removeAllRanges();
  edit(cell);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Tab" || !event.target.closest?.(".cell-editor .inline-form")) return;
  const all = [...editor.box.querySelectorAll(".field :is(input:not([type=hidden]), select, textarea, trix-editor, button)")].filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0);
  if (event.isTrusted && event.target !== all.at(event.shiftKey ? 0 : -1)) return;
  event.preventDefault();
  leave(beside(at(editor.spot), event.shiftKey ? -1 : 1));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && editor?.box.firstElementChild && !editor.box.querySelector("form, input")) return leave(); // a refusal stands there
  const cell = event.target.closest?.(CELL);
  if (!cell || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = cell.parentElement;
  const all = fields(row);
  const steps = { ArrowRight: 1, ArrowLeft: -1 };
  const rows = { ArrowDown: 1, ArrowUp: -1 };
  let to;
  if (event.key === "i" || event.key === "F2") {
    event.preventDefault();
    return edit(field(cell) ? cell : all[0]);
  }
  if (event.key in steps) to = event.key === "ArrowRight" ? all.find((each) => each.cellIndex > cell.cellIndex) : all.findLast((each) => each.cellIndex < cell.cellIndex && !each.matches(".title"));
  else if (event.key in rows && event.target === pencil) to = row.parentElement.rows[row.sectionRowIndex + rows[event.key]]?.cells[cell.cellIndex];
  else return;
  event.preventDefault();
  if (to) focus(to);
  else if (event.key === "ArrowLeft") link(row).focus();
});
for (const type of ["scroll", "resize"]) addEventListener(type, (event) => {
  if (editor && !event.target.closest?.(".cell-editor, .picker")) place();
}, { capture: true, passive: true });

export function start() {}
