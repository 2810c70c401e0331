// Pages of officers: htmx for parts of a page, islands for the rest.
//
// htmx 4 swaps the body of every answer but 204 and 304, errors included
// (htmx 2 dropped 4xx and 5xx). So a handler that fails answers with a
// fragment that makes sense in the target: 422 with the form and its errors,
// another error with its notice. An element says otherwise per status:
// hx-status:5xx="swap:none". Attributes aren't inherited unless marked
// (hx-target:inherited). Sign-in ran out: the server answers 401 with
// HX-Redirect. Nothing here needs eval: hx-on and filters in hx-trigger are
// not used, CSP forbids them.

import "htmx.org";
import { startComponents } from "./govuk";
import { startIslands } from "./island";

function startAll(scope: Element): void {
  startComponents(scope);
  startIslands(scope);
}

startAll(document.documentElement);

// On a phone a row of tabs scrolls: to the current one.
for (const tab of document.querySelectorAll<HTMLElement>(".moj-sub-navigation [aria-current]")) {
  const row = tab.closest("ul");
  if (row) row.scrollLeft = tab.offsetLeft + tab.offsetWidth - row.offsetLeft - row.clientWidth / 2;
}

document.addEventListener("htmx:after:swap", () => startAll(document.documentElement));
