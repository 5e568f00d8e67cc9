// Rich text: Trix in the place of a text area of HTML. Files stay out: a record has fields for them.

import Trix from "./trix/trix.esm.min.js";

for (const name of ["trix/trix.css", "rich_text.css"]) {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL(name, import.meta.url).href });
  document.head.append(sheet);
}
document.addEventListener("trix-file-accept", (event) => event.preventDefault());
const { toolbar } = Trix.config;
const whole = toolbar.getDefaultHTML;
toolbar.getDefaultHTML = () => {
  const holder = document.createElement("template");
  holder.innerHTML = whole();
  holder.content.querySelector(".trix-button-group--file-tools")?.remove();
  return holder.innerHTML;
};

function edit(area) {
  const given = area.value;
  const held = Object.assign(document.createElement("input"), { type: "hidden", id: `${area.id}-html`, value: given });
  const editor = document.createElement("trix-editor");
  const label = document.getElementById(`${area.id}-label`) ?? document.querySelector(`label[for="${area.id}"]`);
  editor.setAttribute("input", held.id);
  editor.setAttribute("role", "textbox");
  editor.setAttribute("aria-multiline", "true");
  if (label) editor.setAttribute("aria-label", label.textContent.trim());
  for (const name of ["aria-describedby", "aria-invalid"]) if (area.hasAttribute(name)) editor.setAttribute(name, area.getAttribute(name));
  let drawn; // what the editor made of the text by itself is no change
  editor.addEventListener("trix-initialize", () => {
    drawn = held.value;
    if (area.autofocus) editor.focus();
  });
  editor.addEventListener("trix-change", () => {
    if (drawn === undefined) return;
    area.value = held.value === drawn ? given : held.value;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  label?.addEventListener("click", () => editor.focus());
  area.hidden = true;
  area.after(held, editor);
}

export function start() {
  for (const area of document.querySelectorAll("textarea[data-needs=rich_text]:not([hidden])")) {
    Object.assign(Trix.config.lang, JSON.parse(area.dataset.words));
    edit(area);
  }
}
