// Signing out takes what this user keeps in the browser away with it, and asks
// before it throws something away that was never sent.

import { forgetAll, unsent } from "../kept";

export function start(form: HTMLElement): void {
  form.addEventListener("submit", (event) => {
    const question = form.dataset.unsent ?? "";
    if (unsent().length > 0 && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    forgetAll();
  });
}
