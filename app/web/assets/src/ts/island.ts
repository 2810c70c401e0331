// An island is an element with data-island="name": a part of a page that
// needs a script. Its code is loaded when the element is on the page, and the
// page works without it.

type Start = (root: HTMLElement) => void | Promise<void>;
type Load = () => Promise<{ start: Start }>;

const islands: Record<string, Load> = {
  "map-pick": () => import("./islands/map-pick"),
  "map-choropleth": () => import("./islands/map-choropleth"),
  "map-points": () => import("./islands/map-points"),
  "heat-weeks": () => import("./islands/heat-weeks"),
  "picture-png": () => import("./islands/picture-png"),
  chart: () => import("./islands/chart"),
  shortcuts: () => import("./islands/shortcuts"),
  "draft-keep": () => import("./islands/draft-keep"),
  "photo-shrink": () => import("./islands/photo-shrink"),
  asked: () => import("./islands/asked"),
  suggest: () => import("./islands/suggest"),
  autosave: () => import("./islands/autosave"),
  near: () => import("./islands/near"),
  "submit-once": () => import("./islands/submit-once"),
  keep: () => import("./islands/keep"),
  palette: () => import("./islands/palette"),
  "sign-out": () => import("./islands/sign-out"),
  live: () => import("./islands/live"),
  tree: () => import("./islands/tree"),
  pick: () => import("./islands/pick"),
  embed: () => import("./islands/embed"),
  "search-box": () => import("./islands/search-box"),
  cart: () => import("./islands/cart"),
  "ballot-queue": () => import("./islands/ballot-queue"),
  "ballot-rest": () => import("./islands/ballot-rest"),
  "wide-open": () => import("./islands/wide-open"),
};

const started = new WeakSet<HTMLElement>();

/**
 * Starts every island of a part of the page, once each. One element may be
 * several islands: data-island="draft-keep submit-once". An island marked
 * data-island-when="visible" waits until it is scrolled to.
 */
export function startIslands(scope: ParentNode): void {
  for (const root of scope.querySelectorAll<HTMLElement>("[data-island]")) {
    if (started.has(root)) continue;
    started.add(root);
    if (root.dataset.islandWhen === "visible") whenVisible(root, () => startOne(root));
    else startOne(root);
  }
}

function startOne(root: HTMLElement): void {
  for (const name of (root.dataset.island ?? "").split(/\s+/)) {
    const load = islands[name];
    if (!load) continue;
    load()
      .then((island) => island.start(root))
      // The page stays usable without the island: it was made to.
      .catch((error) => {
        root.dataset.islandFailed = name;
        console.error(`island ${name}`, error);
      });
  }
}

function whenVisible(root: HTMLElement, then: () => void): void {
  // What is display: none until it is ready is watched by its parent.
  const watched = root.parentElement ?? root;
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    then();
  });
  observer.observe(watched);
}
