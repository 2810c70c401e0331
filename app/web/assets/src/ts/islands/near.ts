// Shows beside a form what others told of the same problem near by, while it is
// being described.
//
//   <form id="begin">…<p id="near-note" role="status"></p></form>
//   <aside id="near" tabindex="-1" data-island="near" data-url="/near" data-form="begin"
//          data-note="near-note"></aside>
//
// The address is posted the fields of the form and answers with an HTML fragment:
// a heading whose data-note says it in one line, and buttons that send the form.
// Nothing that is typed moves and focus stays where it is: while it is among the
// answers they are not drawn anew. Where that fails nothing is shown; the page
// after the place asks then.

const pause = 500; // ms without a key
const files = (value: FormDataEntryValue): value is File => typeof value !== "string";

export function start(root: HTMLElement): void {
  const { url } = root.dataset;
  const form = document.getElementById(root.dataset.form ?? "");
  const note = document.getElementById(root.dataset.note ?? "");
  if (!url || !(form instanceof HTMLFormElement)) return;
  let timer = 0;
  let asked = "";
  let shown = "";
  let pending: AbortController | undefined;

  const say = () => {
    const words = root.querySelector<HTMLElement>("[data-note]")?.dataset.note;
    if (!note || (note.textContent ?? "") === (words ?? "")) return;
    if (!words) return note.replaceChildren();
    const link = document.createElement("a");
    link.className = "govuk-link";
    link.href = `#${root.id}`;
    link.textContent = words;
    note.replaceChildren(link);
  };
  const draw = (html: string) => {
    if (html === shown || root.contains(document.activeElement)) return;
    shown = html;
    root.innerHTML = html;
    say();
  };
  const ask = async () => {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (!files(value)) body.append(name, value);
    if (body.toString() === asked) return;
    asked = body.toString();
    pending?.abort();
    pending = new AbortController();
    try {
      const response = await fetch(url, {
        method: "POST",
        body,
        signal: pending.signal,
        headers: { Accept: "text/html", "X-Requested-With": "near" },
      });
      if (response.ok) draw((await response.text()).trim());
    } catch {
      // aborted by a newer text, or no connection: what is shown may stay
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, pause);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  void ask();
}
