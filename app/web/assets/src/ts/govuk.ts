// The scripts of GOV.UK Frontend that our components use, each started only
// where its element is on the page.

import {
  Button,
  CharacterCount,
  Checkboxes,
  createAll,
  ErrorSummary,
  FileUpload,
  Radios,
  SkipLink,
} from "govuk-frontend";

export function startComponents(scope: Element): void {
  // The framework wants these classes set by an inline script, which our CSP
  // forbids; setting them here is early enough, as modules run before the
  // first interaction.
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  for (const component of [Button, CharacterCount, Checkboxes, ErrorSummary, FileUpload, Radios, SkipLink]) {
    createAll(component, undefined, { scope, onError: () => {} });
  }
}
