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

const pause = 70; // ms without a key: with the answer of the server less than a tenth of a second
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
  let pending: AbortController | undefined;

  const ask = async () => {
    const text = field.value.trim();
    if (text === asked) return;
    asked = text;
    pending?.abort();
    if (text.length < least) {
      target.replaceChildren();
      return;
    }
    pending = new AbortController();
    try {
      const body = new URLSearchParams({ [field.name]: text });
      for (const name of others) {
        const control = field.form?.elements.namedItem(name);
        if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) body.set(name, control.value);
      }
      const response = await fetch(url, {
        method: "POST",
        body,
        signal: pending.signal,
        headers: { Accept: "text/html", "X-Requested-With": "suggest" },
      });
      if (response.ok) target.innerHTML = await response.text();
    } catch {
      // aborted by a newer text, or no connection: the old list may stay
    }
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, pause);
  });
  if (field.value) void ask();
}
