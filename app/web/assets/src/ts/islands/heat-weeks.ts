// Plays the weeks on the map and the tiles of the page. Without a script the
// weeks are a list of links. Nothing moves unless somebody presses the button;
// who asks their system for less motion gets the slider alone.
//
//   <section data-island="heat-weeks">
//     <script type="application/json">[{"text": "…", "areas": [{"id": 3, "level": 5, "text": "12"}]}]</script>
//     <div hidden><button data-play="…" data-pause="…"></button><input type="range"><output></output></div>
//   </section>

import type { Shade } from "../shade";
import { shadesChanged } from "../shade";

type Week = { text: string; count: string; areas: Shade[] };

const pace = 900; // milliseconds a week

export function start(root: HTMLElement): void {
  const weeks: Week[] = JSON.parse(root.querySelector("script")?.textContent ?? "[]");
  const controls = root.querySelector<HTMLElement>("[hidden]");
  const button = root.querySelector<HTMLButtonElement>(".otk-weeks__play");
  const whole = root.querySelector<HTMLButtonElement>(".otk-weeks__whole");
  const legends = [document.getElementById("whole-legend"), root.querySelector<HTMLElement>(".otk-weeks__legend")];
  const range = root.querySelector<HTMLInputElement>("input[type=range]");
  const output = root.querySelector("output");
  if (!controls || !button || !range || !output || !whole || weeks.length === 0) return;
  controls.hidden = false;
  let timer = 0;
  const all = (weeks[0]?.areas ?? []).flatMap((area) => shadeOf(area.id) ?? []);

  // A week has shades of its own: its legend takes the place of the other one.
  const put = (areas: Shade[], week: boolean) => {
    for (const area of areas) shadeTile(area);
    document.dispatchEvent(new CustomEvent(shadesChanged, { detail: areas }));
    for (const [i, legend] of legends.entries()) if (legend) legend.hidden = (i === 1) !== week;
    whole.disabled = !week;
  };

  const show = (at: number) => {
    const week = weeks[at];
    if (!week) return;
    range.value = String(at);
    range.setAttribute("aria-valuetext", `${week.text}: ${week.count}`);
    output.textContent = `${week.text}: ${week.count}`;
    put(week.areas, true);
  };
  const pause = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = button.dataset.play ?? "";
  };
  const play = () => {
    if (Number(range.value) >= weeks.length - 1) show(0);
    button.textContent = button.dataset.pause ?? "";
    timer = window.setInterval(() => {
      show(Number(range.value) + 1);
      if (Number(range.value) >= weeks.length - 1) pause();
    }, pace);
  };

  range.addEventListener("input", () => {
    pause();
    show(Number(range.value));
  });
  whole.addEventListener("click", () => {
    pause();
    output.textContent = "";
    put(all, false);
    range.focus(); // the button can't be pressed any more
  });
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) button.hidden = true;
  else button.addEventListener("click", () => (timer ? pause() : play()));
  document.addEventListener("visibilitychange", () => document.hidden && pause());
}

// shadeOf is what the page itself says of an area.
function shadeOf(id: Shade["id"]): Shade | undefined {
  const tile = document.querySelector<HTMLElement>(`[data-tile="${id}"]`);
  const level = tile?.className.match(/\bheat-(\d)\b/)?.[1];
  return level
    ? { id, level: Number(level), text: tile.querySelector(".otk-tile__value")?.textContent ?? "" }
    : undefined;
}

function shadeTile(area: Shade): void {
  const tile = document.querySelector<HTMLElement>(`[data-tile="${area.id}"]`);
  const value = tile?.querySelector(".otk-tile__value");
  if (!tile || !value) return;
  tile.className = tile.className.replace(/\bheat-\d\b/, `heat-${area.level}`);
  value.textContent = area.text;
}
