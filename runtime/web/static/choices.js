// Dependent picklists: a control offers what fits the value it depends on, as soon as that changes.

const fitting = (control, value) => {
  const fits = JSON.parse(control.dataset.fits)[value];
  const all = [...control.nextElementSibling.content.children];
  return all.filter((choice) => !fits || fits.includes((choice.control ?? choice).value)).map((choice) => choice.cloneNode(true));
};

function offerOptions(select, value) {
  const chosen = select.value;
  const fits = fitting(select, value);
  const empty = [...select.options].filter((option) => !option.value);
  if (!empty.length && !fits.some((option) => option.value === chosen)) empty.push(new Option("", ""));
  select.replaceChildren(...empty, ...fits);
  select.value = chosen;
  if (select.selectedIndex < 0) select.value = "";
  if (select.value !== chosen) select.dispatchEvent(new Event("change", { bubbles: true })); // others may depend on it
}

function offerChecks(box, value) {
  const ticked = new Set([...box.querySelectorAll("input:checked")].map((tick) => tick.value));
  const chips = fitting(box, value);
  for (const chip of chips) chip.control.checked = ticked.has(chip.control.value);
  for (const chip of box.querySelectorAll(".chip")) chip.remove();
  box.append(...chips);
}

document.addEventListener("change", (event) => {
  const { form, name, value } = event.target;
  for (const control of form?.querySelectorAll("[data-depends]") ?? []) {
    if (control.dataset.depends !== name) continue;
    if (control.matches("select")) offerOptions(control, value);
    else offerChecks(control, value);
  }
});

export function start() {}
