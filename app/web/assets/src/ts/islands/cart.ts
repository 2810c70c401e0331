// A budget ballot adds up what was chosen: how much money is left, or how much
// is too much; or points, where those are shared out. The server decides; this
// only tells sooner.

export function start(root: HTMLElement): void {
  const line = root.querySelector<HTMLElement>("[data-cart-sum]");
  if (!line) return;
  const points = Number(root.dataset.points);
  const budget = points || Number(root.dataset.budget);
  const costs = new Map<string, number>();
  for (const pair of (line.dataset.costs ?? "").split(" ")) {
    const at = pair.lastIndexOf("=");
    costs.set(pair.slice(0, at), Number(pair.slice(at + 1)));
  }
  const money = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 });
  const tell = () => {
    let sum = 0;
    for (const box of root.querySelectorAll<HTMLInputElement>("input:checked")) sum += costs.get(box.value) ?? 0;
    if (points) for (const one of root.querySelectorAll<HTMLInputElement>("input")) sum += Number(one.value) || 0;
    const over = sum > budget;
    line.textContent = `${over ? line.dataset.over : line.dataset.left} ${money.format(Math.abs(budget - sum))}${line.dataset.unit}`;
    line.classList.toggle("otk-cart__sum--over", over);
    line.hidden = false;
  };
  root.addEventListener("change", tell);
  root.addEventListener("input", tell);
  tell();
}
