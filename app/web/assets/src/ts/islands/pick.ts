// Choosing rows: the boxes of a list that belong to the form this stands on.
// Shift and a click take everything between; «all on page» takes all.

export function start(root: HTMLElement): void {
  const form = root as HTMLFormElement;
  const boxes = () =>
    [...document.querySelectorAll<HTMLInputElement>("[data-pick]")].filter((box) => box.form === form);
  const all = form.querySelector<HTMLInputElement>("[data-pick-all]");
  const count = form.querySelector<HTMLElement>("[data-pick-count]");
  let last: HTMLInputElement | undefined;

  const show = () => {
    const list = boxes();
    const chosen = list.filter((box) => box.checked).length;
    form.classList.toggle("otk-bulk--chosen", chosen > 0);
    if (count) count.textContent = chosen > 0 ? `${count.dataset.some} ${chosen}` : (count.dataset.none ?? "");
    if (all) {
      all.checked = chosen > 0 && chosen === list.length;
      all.indeterminate = chosen > 0 && chosen < list.length;
    }
    for (const box of list) box.closest("tr")?.toggleAttribute("data-chosen", box.checked);
  };

  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.matches("[data-pick]") || box.form !== form) return;
    const list = boxes();
    if (event.shiftKey && last) {
      const ends = [list.indexOf(last), list.indexOf(box)];
      for (const between of list.slice(Math.min(...ends), Math.max(...ends) + 1)) between.checked = box.checked;
    }
    last = box;
    show();
  });
  all?.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    show();
  });
  form.querySelector("[data-pick-all-label]")?.removeAttribute("hidden");
  // The browser may have kept boxes from before.
  window.addEventListener("pageshow", show);
  show();
}
