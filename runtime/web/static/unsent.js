// What was typed and could not be sent stays: somebody whose session ended signs in in another tab, one whom the
// server could not answer tries again, and both go on with what they have typed.

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
export function tell(why, form, submitter) {
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
