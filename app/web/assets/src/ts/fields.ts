// Values of a form, to be kept and put back.

import type { Fields } from "./kept";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const never = ["hidden", "password", "file", "submit", "button", "image", "reset"];

function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter(
    (one): one is Control =>
      (one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement || one instanceof HTMLSelectElement) &&
      one.name !== "" &&
      !never.includes(one.type) &&
      one.dataset.draftSkip === undefined,
  );
}

function tickable(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio");
}

export function valuesOf(form: HTMLFormElement): Fields {
  const fields: Fields = {};
  for (const control of controls(form)) {
    const values = fields[control.name] ?? [];
    fields[control.name] = values;
    if (!tickable(control) || control.checked) values.push(control.value);
  }
  return fields;
}

export function putBack(form: HTMLFormElement, fields: Fields): void {
  const turns: Record<string, number> = {};
  for (const control of controls(form)) {
    const values = fields[control.name];
    if (!values) continue;
    const turn = turns[control.name] ?? 0;
    turns[control.name] = turn + 1;
    if (tickable(control)) control.checked = values.includes(control.value);
    else control.value = values[turn] ?? control.value;
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
