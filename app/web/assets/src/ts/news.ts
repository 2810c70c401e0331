// What the server tells of changes, and the numbers of a page.

export type Told = { appeal: number; n: number; mine?: boolean; left?: boolean };
export type News = { changes?: Told[]; missed?: boolean; notices?: boolean; company?: boolean; after?: string };
export type Counts = {
  user: number;
  notices: Count;
  tabs?: Record<string, Count>;
  here?: number[];
  fresh?: string;
};
type Count = { text: string; n: number };

/** Brings the numbers of the page up to date. */
export function show(counts: Counts): void {
  put("notices", counts.notices);
  for (const [tab, count] of Object.entries(counts.tabs ?? {})) put(`tab-${tab}`, count, true);
}

function put(name: string, count: Count, always = false): void {
  const place = document.querySelector<HTMLElement>(`[data-live="${name}"]`);
  if (!place) return;
  if (place.textContent !== count.text) place.textContent = count.text;
  place.hidden = !always && count.n === 0;
  if (name === "tab-overdue") place.classList.toggle("otk-count--bad", count.n > 0);
}
