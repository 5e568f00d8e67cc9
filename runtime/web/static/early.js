// What is done while a page still loads its scripts: keys wait, and are pressed again once the scripts are there;
// a form in which somebody types is marked, so that its rules follow when they come, and it asks before it is left.

{
  const waiting = [];
  const written = (element) => element.closest?.("input, textarea, select, [contenteditable]");
  const ours = (event) => (event.ctrlKey || event.metaKey ? "ks".includes(event.key.toLowerCase()) : event.key.length === 1 && !written(event.target));
  const keep = (event) => {
    if (!event.key || event.altKey || event.isComposing || !(ours(event) || (waiting.length && /^(Enter|Backspace|Arrow.*)$/.test(event.key)))) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // what is there already would do it now, and again when it is pressed again
    waiting.push(event);
  };
  const press = ({ key, code, ctrlKey, metaKey, shiftKey }) => {
    const target = document.activeElement ?? document.body;
    const again = new KeyboardEvent("keydown", { key, code, ctrlKey, metaKey, shiftKey, bubbles: true, cancelable: true });
    if (!target.dispatchEvent(again) || ctrlKey || metaKey) return;
    if (key === "Enter") target.form ? target.form.requestSubmit() : target.click();
    else if (!written(target)) return;
    else if (key === "Backspace") document.execCommand("delete");
    else document.execCommand("insertText", false, key);
  };
  const release = () => {
    document.removeEventListener("keydown", keep, { capture: true });
    waiting.splice(0).forEach(press);
  };
  document.addEventListener("keydown", keep, { capture: true });
  document.addEventListener("trellis:ready", release);
  addEventListener("load", () => setTimeout(release, 5000)); // a script never came

  const touch = ({ target: { form } }) => { if (form?.matches("[data-guard], [data-touchable]")) form.dataset.touched = "yes"; };
  for (const type of ["input", "change"]) document.addEventListener(type, touch);
}
