// The order of a list's columns: a button moves one up or down in place.

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".columns-move button");
  if (!button) return;
  event.preventDefault();
  const line = button.closest("li");
  if (button.value.startsWith("up:")) line.previousElementSibling?.before(line);
  else line.nextElementSibling?.after(line);
  button.focus();
  const said = line.closest("form").querySelector("[data-said]");
  said.textContent = "";
  said.textContent = said.dataset.moved;
});

export function start() {}
