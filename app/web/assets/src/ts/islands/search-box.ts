// Tells how to go on while one types into the search box: fields, their values,
// searches of before. A combobox with a list, after the ARIA pattern:
//
//   click    open the list
//   arrows   go through the list      Enter   take it, or search as it stands
//   Esc      close the list
//
//   <form data-island="search-box" data-url="/console/suggest" data-label="…">
//     <input type="search">
//   </form>
//
// Searches of before stay in this tab alone. Without the island it is a plain
// field.

type Choice = { box: string; label: string; note?: string; go?: boolean };

const pause = 60; // ms without a key
const recentKey = "otk-searches";
const recentKept = 5;

export function start(form: HTMLElement): void {
  const field = form.querySelector<HTMLInputElement>("input[type=search]");
  const url = form.dataset.url;
  if (!(form instanceof HTMLFormElement) || !field || !url) return;
  const list = document.createElement("ul");
  list.id = "bar-search-list";
  list.className = "otk-bar__choices";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.label ?? "");
  list.hidden = true;
  form.append(list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  let found: Choice[] = [];
  let at = -1;
  let timer = 0;
  let pending: AbortController | undefined;

  const draw = () => {
    list.replaceChildren(
      ...found.map((one, i) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${i}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(i === at));
        const label = document.createElement("span");
        label.textContent = one.label;
        item.append(label);
        if (one.note) {
          const note = document.createElement("span");
          note.className = "otk-quiet";
          note.textContent = one.note;
          item.append(" ", note);
        }
        item.addEventListener("mousedown", (event) => {
          event.preventDefault(); // the field keeps the focus
          choose(one);
        });
        return item;
      }),
    );
    const open = found.length > 0 && document.activeElement === field;
    list.hidden = !open;
    field.setAttribute("aria-expanded", String(open));
    if (open && at >= 0) field.setAttribute("aria-activedescendant", `${list.id}-${at}`);
    else field.removeAttribute("aria-activedescendant");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    clearTimeout(timer);
    pending?.abort();
    found = [];
    at = -1;
    draw();
  };
  const choose = (one: Choice) => {
    field.value = one.box;
    close();
    if (one.go) form.requestSubmit();
    else void ask();
  };
  const ask = async () => {
    pending?.abort();
    pending = new AbortController();
    try {
      const response = await fetch(url, {
        method: "POST",
        body: new URLSearchParams({ q: field.value }),
        signal: pending.signal,
        headers: { Accept: "application/json", "X-Requested-With": "search-box" },
      });
      if (!response.ok) return;
      const told = (await response.json()) as Choice[];
      const before = field.value === "" ? recent().map((box) => ({ box, label: box, go: true })) : [];
      found = [...before, ...told];
      at = -1;
      draw();
    } catch {
      // aborted by a newer text, or no connection: the field works as it is
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, pause);
  });
  field.addEventListener("click", () => {
    if (list.hidden) void ask();
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const chosen = found[at];
    if (event.key === "ArrowDown" && list.hidden) void ask();
    else if (list.hidden) return;
    else if (event.key === "ArrowDown") at = at + 1 >= found.length ? -1 : at + 1;
    else if (event.key === "ArrowUp") at = at < 0 ? found.length - 1 : at - 1;
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen) choose(chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (!list.hidden) draw();
  });
  form.addEventListener("submit", () => {
    const box = field.value.trim();
    // Numbers and phones are of people: they are not kept.
    if (box && !/^[\d\s()+.–-]+$/.test(box)) keep(box);
  });
}

function recent(): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(recentKey) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string") : [];
  } catch {
    return [];
  }
}

function keep(box: string): void {
  const all = [box, ...recent().filter((one) => one !== box)].slice(0, recentKept);
  try {
    sessionStorage.setItem(recentKey, JSON.stringify(all));
  } catch {
    // no room, or not allowed: there are no searches of before
  }
}
