// A ballot that was sent and for which no receipt has come yet. It lies in this
// tab's own store, so that a reload or a lost page loses nothing, and where the
// voter asked for it in the browser's, so that it outlives the tab. It carries the
// secret of its page: however often it comes, the server takes it once. With the
// receipt it is gone.
//
//   <div data-island="ballot-rest" data-ballot="/campaigns/7" data-taken>   the receipt
//   <form data-island="ballot-rest" data-ballot="/campaigns/7" hidden>      the offer to send it

const keptFor = 24 * 3600 * 1000; // ms

type Box = { at: number; fields: [string, string][] };

const nameOf = (ballot: string) => `otklik:ballot:${ballot}`;

function stores(): Storage[] {
  try {
    return [sessionStorage, localStorage];
  } catch {
    return []; // the browser forbids it
  }
}

/** Keeps a ballot; beyond the tab only where the voter asked for it. */
export function keep(ballot: string, fields: [string, string][], beyond: boolean): void {
  const box = JSON.stringify({ at: Date.now(), fields } satisfies Box);
  stores().forEach((store, i) => {
    try {
      if (i === 0 || beyond) store.setItem(nameOf(ballot), box);
      else store.removeItem(nameOf(ballot));
    } catch {
      // a full store keeps nothing: the ballot stays on the page
    }
  });
}

export function forget(ballot: string): void {
  for (const store of stores()) store.removeItem(nameOf(ballot));
}

function find(ballot: string): Box | null {
  for (const store of stores()) {
    try {
      const box: Box | null = JSON.parse(store.getItem(nameOf(ballot)) ?? "null");
      if (box && Date.now() - box.at <= keptFor) return box;
    } catch {
      // broken: as if there were none
    }
    store.removeItem(nameOf(ballot));
  }
  return null;
}

export function start(root: HTMLElement): void {
  const ballot = root.dataset.ballot ?? "";
  if (root.dataset.taken !== undefined) {
    forget(ballot);
    return;
  }
  const box = find(ballot);
  if (!box) return;
  const add = (name: string, value: string) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    root.append(input);
  };
  for (const [name, value] of box.fields) {
    // The page may have recognised the voter anew.
    add(name, name === "pass" && root.dataset.pass ? root.dataset.pass : value);
  }
  root.querySelector("[data-forget]")?.addEventListener("click", () => {
    forget(ballot);
    root.hidden = true;
  });
  root.hidden = false;
}
