// A form is sent once: a second press waits until the page is left or shown
// again from the history.

export function start(root: HTMLElement): void {
  const form = root.closest("form") ?? root.querySelector("form");
  if (!form) return;
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) return;
    sent = true;
    form.setAttribute("aria-busy", "true");
    // A lost connection leaves us on the page: let the person try again.
    setTimeout(release, 15_000);
  });
  const release = () => {
    sent = false;
    form.removeAttribute("aria-busy");
  };
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) release();
  });
}
