// The palette: every command of the page by its words, and a number or words
// to look for. It lists what the page has (data-key) and what its dialog lists.
//
//   .  or Ctrl+K   open      arrows, Enter   choose      Esc   close

type Command = { text: string; key: string; run: () => void };

export function start(dialog: HTMLElement): void {
  if (!(dialog instanceof HTMLDialogElement)) return;
  const input = dialog.querySelector<HTMLInputElement>("input");
  const list = dialog.querySelector<HTMLElement>("[role=listbox]");
  if (!input || !list) return;
  let found: Command[] = [];
  let at = 0;

  const commands = (): Command[] => {
    const here = [...document.querySelectorAll<HTMLElement>("main [data-key]:not([hidden])")].map((one) => ({
      text: wordsOf(one),
      key: (one.dataset.key ?? "").replace("Key", ""),
      run: () => press(one),
    }));
    const links = [...dialog.querySelectorAll<HTMLAnchorElement>("[data-command]")].map((link) => ({
      text: wordsOf(link),
      key: "",
      run: () => link.click(),
    }));
    return [...here, ...links].filter((one) => one.text !== "");
  };
  const draw = () => {
    const words = input.value.trim();
    const asked = words.toLowerCase();
    found = commands().filter((one) => one.text.toLowerCase().includes(asked));
    if (words !== "") {
      const url = `/console?q=${encodeURIComponent(words)}`;
      found.push({ text: `${dialog.dataset.find ?? ""} «${words}»`, key: "", run: () => location.assign(url) });
    }
    at = Math.min(at, Math.max(found.length - 1, 0));
    list.replaceChildren(
      ...found.map((one, i) => {
        const item = document.createElement("li");
        item.id = `palette-${i}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(i === at));
        item.append(one.text);
        if (one.key) {
          const key = document.createElement("kbd");
          key.className = "otk-key";
          key.textContent = one.key;
          item.append(" ", key);
        }
        item.addEventListener("click", () => choose(i));
        return item;
      }),
    );
    input.setAttribute("aria-activedescendant", found.length ? `palette-${at}` : "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const choose = (i: number) => {
    dialog.close();
    found[i]?.run();
  };

  input.addEventListener("input", () => {
    at = 0;
    draw();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") at = Math.min(at + 1, found.length - 1);
    else if (event.key === "ArrowUp") at = Math.max(at - 1, 0);
    else if (event.key === "Enter") choose(at);
    else return;
    event.preventDefault();
    if (dialog.open) draw();
  });
  document.addEventListener("keydown", (event) => {
    const control = (event.ctrlKey || event.metaKey) && event.code === "KeyK";
    const target = event.target as HTMLElement;
    const point = event.key === "." && !event.ctrlKey && !event.altKey && !target.matches("input, textarea, select");
    const off = document.querySelector<HTMLInputElement>("[data-keys-off]")?.checked;
    if (!(control || (point && !off)) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    input.value = "";
    at = 0;
    draw();
    dialog.showModal();
    input.focus();
  });
}

// wordsOf leaves out hints of keys and counts.
function wordsOf(one: HTMLElement): string {
  const copy = one.cloneNode(true) as HTMLElement;
  for (const extra of copy.querySelectorAll("kbd, .otk-count")) extra.remove();
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

function press(one: HTMLElement): void {
  one.scrollIntoView({ block: "nearest" });
  one.focus({ preventScroll: true });
  const details = one.tagName === "SUMMARY" ? one.closest("details") : null;
  if (!details?.open) one.click();
  details?.querySelector<HTMLElement>("form :is(input:not([type=hidden]), select, textarea)")?.focus();
}
