// The tree of the rubricator by keyboard: arrows walk what is unfolded, right
// and left unfold and fold, Alt with an arrow moves the node by a form. With a
// mouse a node is dragged to where it shall stand.

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
      if (form && node) move(form, { code: codeOf(node), way: ways[event.key] ?? "" });
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

  if (form) {
    drag(root, form);
    addEventListener("pageshow", () => (form.ariaBusy = null)); // also when one comes back to the page
  }
  keepOpen(root);

  // After a move the eye and the focus are where they were.
  const here = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (here && root.contains(here)) here.querySelector<HTMLElement>("summary, .otk-tree__leaf")?.focus();
}

/** Dragging of nodes: before or after a neighbour, or into a section. */
function drag(root: HTMLElement, form: HTMLFormElement): void {
  let dragged: HTMLElement | null = null;
  let over: HTMLElement | null = null; // the row under the pointer
  let unfold = 0;
  const rowOf = (target: EventTarget | null) =>
    target instanceof Element ? target.closest<HTMLElement>("summary, .otk-tree__leaf") : null;
  const leave = (): void => {
    over?.removeAttribute("data-drop");
    over = null;
    clearTimeout(unfold);
  };

  for (const row of root.querySelectorAll<HTMLElement>("summary, .otk-tree__leaf")) row.draggable = true;
  root.addEventListener("dragstart", (event) => {
    dragged = rowOf(event.target)?.closest<HTMLElement>("[data-node]") ?? null;
    if (!dragged || !event.dataTransfer) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", codeOf(dragged));
    dragged.dataset.dragged = "";
  });
  root.addEventListener("dragover", (event) => {
    const row = rowOf(event.target);
    const node = row?.closest<HTMLElement>("[data-node]");
    if (row !== over) leave();
    if (!dragged || !row || !node || dragged.contains(node)) return;
    event.preventDefault();
    row.dataset.drop = dropAt(row, event.clientY);
    if (row === over) return;
    over = row;
    const section = row.parentElement;
    if (section instanceof HTMLDetailsElement) unfold = window.setTimeout(() => (section.open = true), 700);
  });
  root.addEventListener("drop", (event) => {
    const node = over?.closest<HTMLElement>("[data-node]");
    if (!dragged || !over || !node) return;
    event.preventDefault();
    const at = over.dataset.drop;
    const into = at === "in";
    const next = at === "before" ? node : node.nextElementSibling;
    move(form, {
      code: codeOf(dragged),
      dropped: "yes",
      from: codeOf(above(dragged)),
      parent: codeOf(into ? node : above(node)),
      before: !into && next instanceof HTMLElement ? codeOf(next) : "",
    });
  });
  root.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node) || !root.contains(event.relatedTarget)) leave();
  });
  root.addEventListener("dragend", () => {
    leave();
    dragged?.removeAttribute("data-dragged");
    dragged = null;
  });
}

/** Where something dropped at this height of a row goes. */
function dropAt(row: HTMLElement, y: number): string {
  const { top, height } = row.getBoundingClientRect();
  const part = (y - top) / height;
  const section = row.parentElement;
  if (!(section instanceof HTMLDetailsElement)) return part < 0.5 ? "before" : "after";
  if (part < 0.3) return "before";
  return part > 0.7 && !section.open ? "after" : "in";
}

function codeOf(node: HTMLElement | null): string {
  return node?.dataset.node ?? "";
}

function above(node: HTMLElement): HTMLElement | null {
  return node.parentElement?.closest<HTMLElement>("[data-node]") ?? null;
}

// keepOpen unfolds after a move what was unfolded before it.
function keepOpen(root: HTMLElement): void {
  const key = "otklik.tree.open";
  const sections = () => [...root.querySelectorAll<HTMLDetailsElement>("[data-node] > details")];
  const codes = (sessionStorage.getItem(key) ?? "").split(" ");
  sessionStorage.removeItem(key);
  for (const one of sections()) if (codes.includes(codeOf(one.parentElement))) one.open = true;
  root.addEventListener("submit", () => {
    const open = sections().filter((one) => one.open);
    sessionStorage.setItem(key, open.map((one) => codeOf(one.parentElement)).join(" "));
  });
}

function move(form: HTMLFormElement, fields: Record<string, string>): void {
  if (form.ariaBusy === "true") return; // a key that is held down moves once
  form.ariaBusy = "true";
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && field.name !== "do") field.value = fields[field.name] ?? "";
  }
  form.requestSubmit();
}
