// The tree of the rubricator by keyboard: arrows walk what is unfolded, right
// and left unfold and fold, Alt with an arrow moves the node by a form.

const ways: Record<string, string> = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" };

export function start(root: HTMLElement): void {
  const form = root.querySelector<HTMLFormElement>("[data-tree-move]");
  const stops = () =>
    [...root.querySelectorAll<HTMLElement>("summary, .otk-tree__leaf")].filter((one) => one.offsetParent !== null);
  const go = (from: HTMLElement, by: number): void => {
    const list = stops();
    list[list.indexOf(from) + by]?.focus();
  };

  root.addEventListener("keydown", (event) => {
    const at = (event.target as HTMLElement).closest<HTMLElement>("summary, .otk-tree__leaf");
    if (!at || event.ctrlKey || event.metaKey || event.shiftKey || !(event.key in ways)) return;
    event.preventDefault();
    const node = at.closest<HTMLElement>("[data-node]");
    if (event.altKey) {
      if (form && node) move(form, node.dataset.node ?? "", ways[event.key] ?? "");
      return;
    }
    const part = at.parentElement instanceof HTMLDetailsElement ? at.parentElement : null;
    if (event.key === "ArrowUp") go(at, -1);
    else if (event.key === "ArrowDown") go(at, 1);
    else if (event.key === "ArrowRight") {
      if (part && !part.open) part.open = true;
      else if (part) go(at, 1);
    } else if (part?.open) part.open = false;
    else node?.parentElement?.closest<HTMLElement>("[data-node]")?.querySelector<HTMLElement>("summary")?.focus();
  });

  // After a move the eye and the focus are where they were.
  const here = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (here && root.contains(here)) here.querySelector<HTMLElement>("summary, .otk-tree__leaf")?.focus();
}

function move(form: HTMLFormElement, code: string, way: string): void {
  if (form.ariaBusy === "true") return; // a key that is held down moves once
  form.ariaBusy = "true";
  for (const [name, value] of Object.entries({ code, way })) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = value;
  }
  form.requestSubmit();
}
