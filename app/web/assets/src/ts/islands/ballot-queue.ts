// A ballot that is sent without a connection waits on the page and goes by itself
// when the connection is back. It carries its own name, so that the server takes
// it once however often it comes. Nothing of it is kept after the page is closed:
// who shares a telephone shares no choice.

const tryEvery = 5_000;

export function start(root: HTMLElement): void {
  const form = root as HTMLFormElement;
  const note = form.querySelector<HTMLElement>("[data-queue-note]");
  let waiting = false;
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
  const send = () => {
    waiting = false;
    form.requestSubmit(button);
  };
  const again = async () => {
    if (!waiting) return;
    if (await reachable()) send();
    else setTimeout(again, tryEvery);
  };
  form.addEventListener(
    "submit",
    (event) => {
      button = event.submitter;
      if (navigator.onLine) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (note) {
        note.textContent = form.dataset.queued ?? "";
        note.hidden = false;
      }
      if (!waiting) {
        waiting = true;
        setTimeout(again, tryEvery);
      }
    },
    { capture: true },
  );
  window.addEventListener("online", again);
  window.addEventListener("beforeunload", (event) => {
    if (waiting) event.preventDefault();
  });
}
