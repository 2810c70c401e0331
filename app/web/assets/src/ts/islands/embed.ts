// Inside the widget's iframe: tells the page around us how tall we are and
// that an appeal was sent. Speaks to the one origin that the server allowed.
//
//   <div data-island="embed" data-parent-origin="https://agency.example">
//   <div data-submitted="A-2026-000123"></div>   on the page of success

export function start(root: HTMLElement): void {
  const origin = root.dataset.parentOrigin;
  if (!origin || window.parent === window) return;
  const tell = (message: object) => window.parent.postMessage(message, origin);
  let last = 0;
  const measure = () => {
    const height = Math.ceil(root.getBoundingClientRect().height);
    if (height === last) return;
    last = height;
    tell({ type: "otklik:height", height });
  };
  new ResizeObserver(measure).observe(root);
  measure();
  const sent = root.querySelector<HTMLElement>("[data-submitted]");
  if (sent) tell({ type: "otklik:submitted", number: sent.dataset.submitted });
}
