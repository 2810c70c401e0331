// Hears of what changes and tells the page. Nothing moves by itself: the list
// says that there is something new, an open card that it was changed, and the
// counts are brought up to date.
//
// The stream is open while the page is visible. Browsers allow six connections
// to a host over HTTP/1.1, so a dozen of tabs in the background must hold none;
// one that is shown again goes on from where it stopped. Where no stream gets
// through, the page asks every half a minute.

import { type News, show } from "../news";
import { ask, SignedOut, signedIn, signInAgain } from "../session";
import { watchCase } from "./live-case";
import { watchList } from "./live-list";

const hiddenRest = 10_000; // ms that a hidden page keeps its stream
const pollEvery = 30_000;
const countsEvery = 60_000; // also without news: what is due changes with time
const settle = 1_500; // news of that time are asked about once

export function start(root: HTMLElement): void {
  const told = [watchList(root), watchCase(root)].filter((one) => one !== null);
  let after = root.dataset.after ?? "";
  let source: EventSource | null = null;
  let polling = 0;
  let closing = 0;

  const query = () => {
    const q = new URLSearchParams({ after });
    if (root.dataset.appeal !== "0") q.set("appeal", root.dataset.appeal ?? "");
    return q;
  };
  const hear = (news: News) => {
    for (const one of told) one(news);
    if (news.changes?.length || news.missed || news.notices) counts.soon();
  };
  const counts = counter(root);

  const connect = () => {
    if (source || document.hidden) return;
    const opened = new EventSource(`/console/live/stream?${query()}`);
    source = opened;
    opened.addEventListener("open", () => poll(false));
    opened.addEventListener("news", (event) => {
      after = event.lastEventId || after;
      hear(JSON.parse(event.data));
    });
    opened.addEventListener("over", () => {
      disconnect();
      void signInAgain();
    });
    opened.addEventListener("error", () => {
      if (opened.readyState !== EventSource.CLOSED) return; // it comes back by itself
      disconnect();
      poll(true);
    });
  };
  const disconnect = () => {
    source?.close();
    source = null;
  };
  const poll = (on: boolean) => {
    clearInterval(polling);
    if (on) polling = window.setInterval(look, pollEvery);
  };
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await ask(`/console/live/news?${query()}`);
      if (!answer.ok) return;
      const news: News = await answer.json();
      after = news.after || after;
      hear(news);
      connect(); // perhaps it gets through by now
    } catch (error) {
      if (error instanceof SignedOut) poll(false);
    }
  };

  document.addEventListener("visibilitychange", () => {
    clearTimeout(closing);
    if (document.hidden) {
      closing = window.setTimeout(disconnect, hiddenRest);
      return;
    }
    connect();
    counts.soon();
  });
  document.addEventListener(signedIn, connect);
  // A page in the history must hold no connection, or it isn't kept.
  window.addEventListener("pagehide", disconnect);
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  if (root.dataset.appeal !== "0") hear({ company: true });
  connect();
}

/** Keeps the numbers of the page; many news are asked about once. */
function counter(root: HTMLElement): { soon: () => void } {
  let due = 0;
  let last = Date.now();
  const load = async () => {
    due = 0;
    last = Date.now();
    try {
      const answer = await ask(`/console/live/counts?${root.dataset.list ?? ""}`);
      if (answer.ok) show(await answer.json());
    } catch {
      // the numbers stay as they are
    }
  };
  const soon = () => {
    // Everybody hears of the same at once; they needn't ask at once.
    if (!due) due = window.setTimeout(load, settle + Math.random() * settle);
  };
  window.setInterval(() => {
    if (!document.hidden && Date.now() - last > countsEvery) soon();
  }, countsEvery / 4);
  return { soon };
}
