// The list: rows that were changed are marked where they stand, and a bar says
// how many new ones there are. It is loaded anew only when one asks.

import { type Counts, type News, show } from "../news";
import { ask } from "../session";

const settle = 1_000; // ms: news of that time are asked about once
const most = 200; // ids in one question

export function watchList(root: HTMLElement): ((news: News) => void) | null {
  const bar = document.getElementById("fresh");
  if (!bar || !root.dataset.list) return null;
  const link = bar.querySelector<HTMLAnchorElement>("a");
  const text = bar.querySelector<HTMLElement>("[data-fresh-text]");
  const changed = new Set<number>();
  let timer = 0;
  const shown = () => [...document.querySelectorAll<HTMLElement>("[data-row][data-id]")];

  const say = (words: string) => {
    if (!link || !text) return;
    text.textContent = words;
    link.hidden = false;
  };
  const load = async () => {
    timer = 0;
    const rows = shown();
    const query = new URLSearchParams(root.dataset.list);
    query.set("ids", [...changed].join(","));
    query.set("shown", rows.map((row) => row.dataset.id).join(","));
    try {
      const answer = await ask(`/console/live/counts?${query}`);
      if (!answer.ok) return;
      const counts: Counts = await answer.json();
      show(counts);
      if (counts.fresh) say(counts.fresh);
      const here = new Set(counts.here);
      for (const row of rows) {
        const id = Number(row.dataset.id);
        if (changed.has(id)) mark(row, here.has(id) ? bar.dataset.changed : bar.dataset.left, !here.has(id));
      }
    } catch {
      // the next news ask again
    }
  };

  return (news) => {
    if (news.missed) say(bar.dataset.other ?? "");
    for (const one of news.changes ?? []) if (!one.mine && changed.size < most) changed.add(one.appeal);
    if (changed.size >= most) say(bar.dataset.other ?? "");
    if (changed.size > 0 && news.changes?.length && !timer)
      timer = window.setTimeout(load, settle + Math.random() * settle);
  };
}

function mark(row: HTMLElement, words: string | undefined, left: boolean): void {
  row.toggleAttribute("data-changed", true);
  row.toggleAttribute("data-gone", left);
  const place = row.querySelector<HTMLElement>("[data-live-mark]");
  if (!place) return;
  place.textContent = words ?? "";
  place.hidden = false;
}
