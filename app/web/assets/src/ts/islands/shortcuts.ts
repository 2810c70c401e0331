// Keys of the console. Keys are told by their place on the keyboard
// (event.code), so they work in the Russian layout too.
//
//   j / k    next and previous row       Enter   open it
//   /        search                      ?       help
//   Esc      close, leave the search       x     tick the row (island pick)
//
// Anything marked data-key="KeyA" (a link, a button, a summary) is pressed by
// its key; a form that opens takes the focus.
//
// The island stands on the table's body (or anything that holds rows marked
// data-row); a row's first link is what it opens. Help is <dialog id="keys">,
// whose box data-keys-off switches single keys off for this browser
// (WCAG 2.1.4).

const offKey = "otklik:keys-off";

export function start(root: HTMLElement): void {
  const rows = () => [...root.querySelectorAll<HTMLElement>("[data-row], tr")].filter((row) => linkOf(row));
  const picked = () => root.querySelector<HTMLElement>("[data-picked]");

  const pick = (row: HTMLElement | undefined) => {
    if (!row) return;
    picked()?.removeAttribute("data-picked");
    row.setAttribute("data-picked", "");
    // Focus goes to the link, so that Enter and a screen reader agree.
    linkOf(row)?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (by: number) => {
    const all = rows();
    const at = all.indexOf(picked() as HTMLElement);
    pick(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]);
  };

  const actions: Record<string, () => void> = {
    KeyJ: () => step(1),
    KeyK: () => step(-1),
    Enter: () => linkOf(picked() ?? root)?.click(),
    KeyX: () => tick(picked(), false),
    "Shift+KeyX": () => tick(picked(), true),
    Slash: () => document.querySelector<HTMLInputElement>("[data-search]")?.focus(),
    "Shift+Slash": () => help()?.showModal(),
    Escape: () => undefined,
  };

  const off = document.querySelector<HTMLInputElement>("dialog#keys [data-keys-off]");
  if (off) {
    off.checked = localStorage.getItem(offKey) === "1";
    off.addEventListener("change", () => localStorage.setItem(offKey, off.checked ? "1" : "0"));
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!root.isConnected) return;
    if (typing(event.target)) {
      if (event.code === "Escape") (event.target as HTMLElement).blur();
      return;
    }
    if (help()?.open) return; // the dialog closes itself with Esc
    // Enter on a link or a button is theirs.
    if (event.code === "Enter" && (event.target !== document.body || !picked())) return;
    // «?» stays, to be able to switch the others on again.
    if (off?.checked && event.code !== "Slash") return;
    const action = actions[(event.shiftKey ? "Shift+" : "") + event.code];
    const pressed = event.code === "KeyX" && !picked()?.querySelector("[data-pick]");
    const keyed = `[data-key="${event.code}"]`; // of the row first: each may have its own
    const target = event.shiftKey
      ? null
      : (picked()?.querySelector<HTMLElement>(keyed) ?? document.querySelector<HTMLElement>(keyed));
    if (!action && !target) return;
    event.preventDefault();
    if (action && !(pressed && target)) action();
    else if (target) press(target);
  });
  root.addEventListener("focusin", (event) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-row], tr");
    if (row && row !== picked()) {
      picked()?.removeAttribute("data-picked");
      row.setAttribute("data-picked", "");
    }
  });
}

function tick(row: HTMLElement | null, range: boolean): void {
  const box = row?.querySelector<HTMLInputElement>("[data-pick]");
  // The island that counts the boxes listens to clicks, which know of Shift.
  box?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: range }));
}

function press(target: HTMLElement): void {
  target.scrollIntoView({ block: "nearest" });
  target.focus({ preventScroll: true });
  const details = target.tagName === "SUMMARY" ? target.closest("details") : null;
  if (!details?.open) target.click();
  details?.querySelector<HTMLElement>("form :is(input:not([type=hidden]), select, textarea)")?.focus();
}

function help(): HTMLDialogElement | null {
  return document.querySelector<HTMLDialogElement>("dialog#keys");
}

function linkOf(row: HTMLElement): HTMLAnchorElement | null {
  return row.querySelector<HTMLAnchorElement>("a[data-open]") ?? row.querySelector<HTMLAnchorElement>("a[href]");
}

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")
  );
}
