// Shows topics that fit the text while it is typed.
//
//   <div data-island="suggest" data-url="/suggest" data-for="text" data-target="topics"
//        data-with="lat lon territory">
//     <ul id="topics" class="otk-suggest" aria-live="polite"></ul>
//   </div>
//
// The endpoint is posted the text (and the fields of data-with) as a form and
// answers with an HTML fragment for the target: its items are links or submit
// buttons that the server draws, so the choice works like any other. When it
// fails nothing is shown: the page's own list of topics is still there.
//
// While an answer is awaited the target is aria-busy. A list that has just changed
// takes no press: it was aimed at what stood there before.

const pause = 70; // ms without a key: with the answer of the server less than a tenth of a second
const aimed = 200; // ms from seeing a thing to pressing it, at the least
const usualLeast = 4; // characters worth asking about, where data-least says nothing else

export function start(root: HTMLElement): void {
  const url = root.dataset.url;
  const field = document.getElementById(root.dataset.for ?? "") as HTMLTextAreaElement | null;
  const target = document.getElementById(root.dataset.target ?? "");
  if (!url || !field || !target) return;
  const others = (root.dataset.with ?? "").split(/\s+/).filter(Boolean);
  const least = Number(root.dataset.least ?? usualLeast);
  let timer = 0;
  let asked = "";
  let shown = "";
  let pending: AbortController | undefined;
  let settled = 0;

  const show = (list: string) => {
    if (list === shown) return;
    shown = list;
    target.innerHTML = list;
    target.classList.add("otk-settling");
    clearTimeout(settled);
    settled = window.setTimeout(() => target.classList.remove("otk-settling"), aimed);
  };
  const ask = async () => {
    const text = field.value.trim();
    if (text === asked) {
      if (!pending) target.removeAttribute("aria-busy");
      return;
    }
    asked = text;
    pending?.abort();
    pending = undefined;
    if (text.length < least) {
      show("");
      target.removeAttribute("aria-busy");
      return;
    }
    const mine = new AbortController();
    pending = mine;
    try {
      const body = new URLSearchParams({ [field.name]: text });
      for (const name of others) {
        const control = field.form?.elements.namedItem(name);
        if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) body.set(name, control.value);
      }
      const response = await fetch(url, {
        method: "POST",
        body,
        signal: mine.signal,
        headers: { Accept: "text/html", "X-Requested-With": "suggest" },
      });
      if (response.ok) show(await response.text());
    } catch {
      // aborted by a newer text, or no connection: the old list may stay
    }
    if (pending !== mine) return;
    pending = undefined;
    target.removeAttribute("aria-busy");
  };
  field.addEventListener("input", () => {
    target.setAttribute("aria-busy", "true");
    clearTimeout(timer);
    timer = window.setTimeout(ask, pause);
  });
  if (field.value) void ask();
}
