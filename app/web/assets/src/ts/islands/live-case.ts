// An open card: who else is there, and that it was changed. What is typed stays.

import type { News } from "../news";
import { ask } from "../session";

const typingEvery = 15_000; // ms between two signs of writing

export function watchCase(root: HTMLElement): ((news: News) => void) | null {
  const box = document.getElementById("meantime");
  const appeal = Number(root.dataset.appeal);
  const seen = Number(root.dataset.seen);
  if (!box || !appeal) return null;
  let asked = 0;

  const load = async () => {
    const turn = ++asked;
    try {
      const answer = await ask(`/console/live/appeals/${appeal}?seen=${seen}`);
      if (turn !== asked) return;
      if (answer.status === 404) {
        box.textContent = box.dataset.left ?? "";
        box.classList.add("otk-fresh", "otk-fresh--case");
      } else if (answer.ok) {
        box.innerHTML = await answer.text(); // our own template, escaped there
      }
    } catch {
      // what is shown stays
    }
  };

  let wrote = 0;
  document.addEventListener("input", (event) => {
    const field = event.target as HTMLElement;
    if (!field.matches("main textarea") || Date.now() - wrote < typingEvery) return;
    wrote = Date.now();
    ask(`/console/live/appeals/${appeal}/writing`, { method: "POST" }).catch(() => {});
  });
  box.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-reload]");
    if (!link || location.pathname !== new URL(link.href).pathname) return;
    event.preventDefault(); // the same page with its queue
    location.reload();
  });

  return (news) => {
    const about = news.changes?.find((one) => one.appeal === appeal);
    if (news.company || news.missed || about?.left || (about && about.n > seen && !about.mine)) void load();
  };
}
