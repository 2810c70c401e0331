// Keeps what is typed into a form, so that a closed tab, an expired session
// or a lost connection loses nothing.
//
//   <form data-island="draft-keep" data-draft="appeal">      keeps and restores
//   <div data-island="draft-keep" data-draft="appeal" data-draft-clear></div>
//                                                            on the page of success
//
// A field that came back from the server with a value is not overwritten.
// Fields marked data-draft-skip, passwords, files and hidden ones are never
// kept. The draft lives as long as the tab, as people write on shared
// computers; data-draft-store="local" keeps it for a week.

const prefix = "otklik:draft:";
const keptFor = 7 * 24 * 3600 * 1000; // ms

type Kept = { at: number; fields: Record<string, string[]> };
type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export function start(root: HTMLElement): void {
  const store = storage(root.dataset.draftStore === "local");
  const key = prefix + (root.dataset.draft ?? location.pathname);
  if (!store) return;
  if (root.dataset.draftClear !== undefined) {
    store.removeItem(key);
    return;
  }
  const form = root instanceof HTMLFormElement ? root : root.querySelector("form");
  if (!form) return;
  restore(form, read(store, key));
  let timer = 0;
  const save = () => {
    clearTimeout(timer);
    write(store, key, form);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(save, 400);
  });
  form.addEventListener("submit", save);
  window.addEventListener("pagehide", save);
}

// storage is null where the browser forbids it: in an iframe of another site
// with third-party storage switched off even asking throws.
function storage(lasting: boolean): Storage | null {
  try {
    return lasting ? localStorage : sessionStorage;
  } catch {
    return null;
  }
}

function read(store: Storage, key: string): Kept["fields"] {
  try {
    const kept: Kept = JSON.parse(store.getItem(key) ?? "null");
    if (kept && Date.now() - kept.at < keptFor) return kept.fields;
    store.removeItem(key);
  } catch {
    // not ours, or not readable: as if there were none
  }
  return {};
}

function write(store: Storage, key: string, form: HTMLFormElement): void {
  const fields: Kept["fields"] = {};
  for (const control of controls(form)) {
    const values = fields[control.name] ?? [];
    fields[control.name] = values;
    if (!tickable(control) || control.checked) values.push(control.value);
  }
  try {
    store.setItem(key, JSON.stringify({ at: Date.now(), fields } satisfies Kept));
  } catch {
    // full: nothing is lost on the screen
  }
}

function restore(form: HTMLFormElement, fields: Kept["fields"]): void {
  const groups = new Map<string, Control[]>();
  for (const control of controls(form)) {
    groups.set(control.name, [...(groups.get(control.name) ?? []), control]);
  }
  for (const [name, group] of groups) {
    const values = fields[name];
    if (!values || group.some(touchedByServer)) continue;
    group.forEach((control, i) => {
      if (tickable(control)) control.checked = values.includes(control.value);
      else control.value = values[i] ?? control.value;
      control.dispatchEvent(new Event("input", { bubbles: true }));
      control.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

function touchedByServer(control: Control): boolean {
  return tickable(control) ? control.defaultChecked : control.value !== "";
}

function tickable(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio");
}

function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter((element): element is Control => {
    if (
      !(
        element instanceof HTMLInputElement ||
        element instanceof HTMLTextAreaElement ||
        element instanceof HTMLSelectElement
      )
    ) {
      return false;
    }
    const skipped = ["hidden", "password", "file", "submit", "button", "image", "reset"].includes(element.type);
    return element.name !== "" && !skipped && element.dataset.draftSkip === undefined;
  });
}
