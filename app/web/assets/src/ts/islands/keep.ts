// Keeps what an officer types. Words are put into the browser right away (see
// kept.ts); an answer is saved on the server a second after typing stops, and
// when the page is left. What could not be sent is there again after signing in
// anew, in this browser, for its owner alone.
//
//   <form data-island="keep" data-keep="7:note" data-seen="5" data-mine="3"
//         data-base="2" data-save="/console/live/appeals/7/answer">
//     <p data-keep-state data-…></p>
//   </form>
//
// data-mine is the number of the user's latest event of this action: words that
// were on their way and are older than that have arrived. data-typed says that
// the page itself brings what was typed.

import { putBack, valuesOf } from "../fields";
import { forget, type Kept, lasting, markSent, read, sweep, write } from "../kept";
import { ask, SignedOut, signedIn } from "../session";

const putAfter = 300; // ms of silence until words are put into the browser
const saveAfter = 1_000; // until they are saved on the server
const tryAgain = [3_000, 8_000, 20_000, 60_000];

export async function start(form: HTMLElement): Promise<void> {
  if (!(form instanceof HTMLFormElement)) return;
  const name = form.dataset.keep ?? "";
  const line = new Line(form);
  sweep();
  new Keeper(form, name, line).start();
  const first = valuesOf(form);
  const kept = await read(name);
  const arrived = kept?.sent && Number(form.dataset.mine) > kept.seen;
  if (arrived || form.dataset.typed !== undefined) {
    if (arrived) forget(name);
  } else if (kept && JSON.stringify(kept.fields) !== JSON.stringify(first)) {
    if (kept.base !== (form.dataset.base ?? "")) {
      line.offer("other", "compare", kept.at, () => compare(form, kept));
      return;
    }
    putBack(form, kept.fields);
    form.closest("details")?.setAttribute("open", "");
    line.offer("restored", "discard", kept.at, () => {
      putBack(form, first);
      forget(name);
      line.release();
      line.show("");
    });
  }
}

// compare sends the words as written over the version of then: the server shows
// both texts side by side.
function compare(form: HTMLFormElement, kept: Kept): void {
  putBack(form, kept.fields);
  const draft = form.elements.namedItem("draft");
  if (draft instanceof HTMLInputElement) draft.value = kept.base;
  sendTo(form);
}

function sendTo(form: HTMLFormElement): void {
  form.requestSubmit(form.querySelector<HTMLButtonElement>('button[name="do"][value="save"]'));
}

class Keeper {
  private putTimer = 0;
  private saveTimer = 0;
  private failures = 0;
  private saving: Promise<void> | null = null;
  private saved: string; // values that the server has, as text
  private last = ""; // text that was sent and not answered
  private stopped = false;
  private leaving = false;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly name: string,
    private readonly line: Line,
  ) {
    this.saved = this.form.dataset.typed === undefined ? this.text() : "";
  }

  start(): void {
    this.form.addEventListener("input", (event) => {
      if (event.isTrusted) this.line.release();
      this.typed();
    });
    this.form.addEventListener("change", () => this.typed());
    // Before other islands, which take the submit for sent.
    this.form.addEventListener("submit", (event) => this.submit(event), { capture: true });
    const leave = () => {
      if (this.leaving) return;
      clearTimeout(this.putTimer);
      if (this.dirty()) void this.put();
      if (this.dirty() && this.form.dataset.save && !this.stopped) void this.save(true);
    };
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", () => document.hidden && leave());
    const again = () => this.later(0);
    window.addEventListener("online", again);
    document.addEventListener(signedIn, again);
  }

  private text(): string {
    return JSON.stringify(valuesOf(this.form));
  }

  private dirty(): boolean {
    return this.text() !== this.saved;
  }

  private typed(): void {
    clearTimeout(this.putTimer);
    this.putTimer = window.setTimeout(() => void this.put(), putAfter);
    if (this.form.dataset.save) this.later(saveAfter);
  }

  private later(wait: number): void {
    clearTimeout(this.saveTimer);
    if (!this.form.dataset.save || this.stopped) return;
    this.saveTimer = window.setTimeout(() => this.dirty() && !this.saving && void this.save(), wait);
  }

  private async put(): Promise<void> {
    if (!this.dirty()) {
      forget(this.name);
      return;
    }
    const { base = "", seen } = this.form.dataset;
    await write(this.name, { at: Date.now(), base, seen: Number(seen), fields: valuesOf(this.form) });
    if (!this.form.dataset.save) this.line.note(this.line.words(lasting() ? "kept" : "tab", Date.now()));
  }

  private save(leaving = false): Promise<void> {
    this.saving = this.send(leaving).finally(() => {
      this.saving = null;
      if (this.dirty() && this.failures === 0) this.later(saveAfter);
    });
    return this.saving;
  }

  private async send(leaving: boolean): Promise<void> {
    const text = this.text();
    const body = new URLSearchParams();
    for (const [field, value] of new FormData(this.form)) if (typeof value === "string") body.append(field, value);
    if (this.last) body.set("last", this.last);
    try {
      const answer = await ask(this.form.dataset.save ?? "", { method: "POST", body, keepalive: leaving });
      if (answer.ok) return this.taken(await answer.json(), text);
      this.refused(answer.status, await answer.json());
    } catch (error) {
      if (!(error instanceof SignedOut)) this.last = body.get("text") ?? "";
      await this.put();
      this.line.say(lasting() ? "local" : "tab", Date.now());
      const wait = tryAgain[Math.min(this.failures++, tryAgain.length - 1)] ?? 0;
      if (!(error instanceof SignedOut)) this.later(wait);
    }
  }

  private taken(answer: { draft: number; saved: string }, text: string): void {
    this.failures = 0;
    this.last = "";
    this.saved = text;
    const draft = this.form.elements.namedItem("draft");
    if (draft instanceof HTMLInputElement) draft.value = String(answer.draft);
    this.form.dataset.base = String(answer.draft);
    if (this.dirty()) void this.put();
    else forget(this.name);
    this.line.note(answer.saved);
  }

  private refused(status: number, problem: { title?: string; fields?: { detail: string }[] }): void {
    void this.put();
    if (status === 422) {
      this.failures = 0;
      this.saved = this.text(); // nothing to gain from sending the same again
      this.line.show(problem.fields?.[0]?.detail ?? problem.title ?? "", true);
      return;
    }
    if (status >= 500 || status === 429) throw new Error(String(status));
    this.stopped = true;
    if (status === 409) {
      this.line.offer("rival", "compare", Date.now(), () => sendTo(this.form));
      return;
    }
    this.line.show(problem.title ?? "", true);
  }

  // submit waits for words that are on their way, so that the form is not sent
  // over a version that it has made old itself.
  private submit(event: SubmitEvent): void {
    if (this.leaving) return;
    clearTimeout(this.saveTimer);
    clearTimeout(this.putTimer);
    event.preventDefault();
    event.stopImmediatePropagation();
    void (async () => {
      await this.saving;
      await this.put();
      markSent(this.name);
      this.leaving = true;
      if (this.last) this.hidden("last", this.last);
      // In a turn of its own: a form that is telling of its submit takes no other.
      setTimeout(() => this.form.requestSubmit(event.submitter));
      // A lost connection leaves us on the page.
      setTimeout(() => {
        this.leaving = false;
      }, 15_000);
    })();
  }

  private hidden(field: string, value: string): void {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = field;
    input.value = value;
    this.form.append(input);
  }
}

/** The line that says where the words are. Its sentences are the element's. */
class Line {
  private readonly place: HTMLElement | null;
  private held = false; // asks something: that stands until one types on

  constructor(form: HTMLElement) {
    this.place = form.querySelector<HTMLElement>("[data-keep-state]");
  }

  show(text: string, bad = false): void {
    if (!this.place) return;
    this.place.textContent = text;
    this.place.classList.toggle("otk-keep--bad", bad);
  }

  /** Shows what needs no answer, unless something does. */
  note(text: string): void {
    if (!this.held) this.show(text);
  }

  release(): void {
    this.held = false;
  }

  words(what: string, at: number): string {
    // The region's clock, as everything else on the page has it.
    const there = new Date(at + Number(document.getElementById("live")?.dataset.offset ?? 0) * 1000);
    const clock = there.toISOString().slice(11, 16);
    return (this.place?.dataset[what] ?? "").replace("%s", clock);
  }

  say(what: string, at: number): void {
    this.show(this.words(what, at), what === "local");
  }

  offer(what: string, label: string, at: number, act: () => void): void {
    this.say(what, at);
    this.held = true;
    if (!this.place) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "otk-keep__do";
    button.textContent = this.place.dataset[label] ?? "";
    button.addEventListener("click", act);
    this.place.append(" ", button);
  }
}
