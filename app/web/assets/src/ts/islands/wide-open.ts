// Opens a part of the page where there is room beside it. On a phone, and
// without JavaScript, it opens when asked.
//
//   <details data-island="wide-open"> … </details>

export function start(root: HTMLElement): void {
  if (root instanceof HTMLDetailsElement && matchMedia("(min-width: 64em)").matches) root.open = true;
}
