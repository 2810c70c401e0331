// A ballot that is sent goes once there is a connection: until then it waits on the
// page. It is kept in the tab before it goes (see ballot-rest.ts), so that a reload
// loses nothing, and carries its own name, so that the server takes it once however
// often it comes.

import { keep } from "./ballot-rest";

const tryEvery = 5_000;

export function start(root: HTMLElement): void {
  const form = root as HTMLFormElement;
  const note = form.querySelector<HTMLElement>("[data-queue-note]");
  const beyond = form.querySelector<HTMLElement>("[data-queue-beyond]");
  if (beyond) beyond.hidden = false;
  let waiting = false;
  let going = false;
  let button: HTMLElement | null = null;

  const reachable = async () => {
    if (!navigator.onLine) return false;
    try {
      const answer = await fetch("/healthz", { method: "GET", cache: "no-store" });
      return answer.ok;
    } catch {
      return false;
    }
  };
  const attempt = async () => {
    if (!waiting) return;
    if (await reachable()) {
      waiting = false;
      going = true;
      form.requestSubmit(button);
      return;
    }
    if (note) {
      note.textContent = form.dataset.queued ?? "";
      note.hidden = false;
    }
    setTimeout(attempt, tryEvery);
  };
  form.addEventListener(
    "submit",
    (event) => {
      button = event.submitter;
      if (going || (button as HTMLButtonElement | null)?.value !== "send") {
        going = false;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      const fields = [...new FormData(form)].map(([name, value]): [string, string] => [name, String(value)]);
      keep(form.dataset.ballot ?? "", fields, beyond?.querySelector("input")?.checked ?? false);
      if (waiting) return;
      waiting = true;
      attempt();
    },
    { capture: true },
  );
  window.addEventListener("online", attempt);
  window.addEventListener("beforeunload", (event) => {
    if (waiting) event.preventDefault();
  });
}
