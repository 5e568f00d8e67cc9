// Sending forms: each is sent once, and what was typed stays where it could not be sent.

const AGAIN = 5000; // milliseconds until a form whose answer left the page standing, as a download does, may be sent again

const posted = (element) => element?.matches?.("form[method=post]");
const byHtmx = (form) => form.matches("[hx-post], [hx-boost=true]");

// --- once, however often the button is pressed before the answer comes ---
document.addEventListener("submit", (event) => {
  if (event.target.ariaBusy !== "true") return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true });
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!posted(form) || (event.defaultPrevented && !byHtmx(form))) return;
  form.ariaBusy = "true";
  if (!byHtmx(form)) setTimeout(() => { form.ariaBusy = null; }, AGAIN);
});
document.addEventListener("htmx:finally:request", (event) => { if (posted(event.target)) event.target.ariaBusy = null; });
addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[aria-busy]")) form.ariaBusy = null; });

// --- a session that ended, or a server that does not answer ---
// The forms of this page were drawn for the session that ended; a page of the new one says what to send instead.
async function renew() {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.querySelector(".bell")) return false;
  const { value } = page.querySelector("input[name=_csrf]");
  for (const input of document.querySelectorAll("input[name=_csrf]")) input.value = value;
  return true;
}

// why: "signed-out" or "unanswered", the template that says so.
function tell(why, form, submitter) {
  if (form?.matches("[data-guard], [data-touchable]")) form.dataset.touched = "yes";
  if (document.querySelector("dialog[data-unsent]")) return;
  const dialog = document.querySelector(`#${why}`).content.firstElementChild.cloneNode(true);
  const said = dialog.querySelector("[role=status]");
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.querySelector("[name=on]").addEventListener("click", async (event) => {
    event.preventDefault();
    if (said && !await renew()) return void (said.textContent = said.dataset.not);
    dialog.close();
    form?.requestSubmit(submitter?.isConnected ? submitter : null);
  });
  dialog.showModal();
}

// Where nothing was typed, a session that ended leads to the sign-in, as the answer says.
document.addEventListener("htmx:before:response", (event) => {
  const { response: { raw }, sourceElement, sourceEvent } = event.detail.ctx;
  const form = posted(sourceElement) ? sourceElement : null;
  const why = raw.status === 401 ? "signed-out" : raw.status >= 500 && form && !raw.redirected ? "unanswered" : "";
  if (!why || !(form || document.querySelector("form[data-touched]"))) return;
  event.preventDefault();
  if (!sourceElement.matches(".bell")) tell(why, form, sourceEvent?.submitter);
});
document.addEventListener("htmx:error", (event) => {
  const { sourceElement, sourceEvent, response } = event.detail.ctx ?? {};
  if (posted(sourceElement) && !response) tell("unanswered", sourceElement, sourceEvent?.submitter);
});
