// Several addresses in one field: a fresh line comes as soon as the last one is filled. Without this, it comes with the saved form.
document.addEventListener("input", (event) => {
  const box = event.target.closest?.("[data-many]");
  if (!box) return;
  const lines = box.querySelectorAll(".many-line");
  const last = lines[lines.length - 1];
  if (!last.contains(event.target) || !last.querySelector("input").value || lines.length >= 20) return;
  const fresh = last.cloneNode(true);
  fresh.querySelector("input").value = "";
  const radio = fresh.querySelector("[type=radio]");
  radio.checked = false;
  radio.value = String(lines.length);
  box.append(fresh);
});
