// Picklists that offer only some of their values: by what another control holds, and by what rules leave.

const met = new WeakSet(); // controls that this script has been told of

const keyOf = (choice) => (choice.control ?? choice).value;

function fitting(control) {
  const { depends, fits, limit, held } = control.dataset;
  const above = depends && control.closest("form").querySelector(`[name="${CSS.escape(depends)}"]`);
  const lists = [];
  if (depends) lists.push(JSON.parse(fits)[above ? above.value : held]);
  if (limit) lists.push(JSON.parse(limit));
  const all = [...control.nextElementSibling.content.children];
  return all.filter((choice) => lists.every((list) => !list || list.includes(keyOf(choice)))).map((choice) => choice.cloneNode(true));
}

function offerOptions(select) {
  const chosen = select.value;
  const fits = fitting(select);
  const empty = [...select.options].filter((option) => !option.value);
  if (!empty.length && !fits.some((option) => option.value === chosen)) empty.push(new Option("", ""));
  select.replaceChildren(...empty, ...fits);
  select.value = chosen;
  if (select.selectedIndex < 0) select.value = "";
  if (select.value !== chosen) select.dispatchEvent(new Event("change", { bubbles: true })); // others may depend on it
}

function offerChecks(box) {
  const ticked = new Set([...box.querySelectorAll("input:checked")].map((tick) => tick.value));
  const chips = fitting(box);
  for (const chip of chips) chip.control.checked = ticked.has(chip.control.value);
  for (const chip of box.querySelectorAll(".chip")) chip.remove();
  box.append(...chips);
}

/** Offer what is left of a control's choices. */
export function offer(control) {
  if (control.matches("select")) offerOptions(control);
  else offerChecks(control);
}

document.addEventListener("change", (event) => {
  const { form, name } = event.target;
  for (const control of form?.querySelectorAll("[data-depends]") ?? []) if (control.dataset.depends === name) offer(control);
});

// Forms that somebody changed before this script came.
export function start() {
  for (const control of document.querySelectorAll("form [data-depends]")) {
    if (!met.has(control) && control.closest("form").dataset.touched) offer(control);
    met.add(control);
  }
}
