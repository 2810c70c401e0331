// Saves a form on the server while it is typed, and sends it by Ctrl+Enter.
//
//   <form data-island="autosave" data-url="/…/keep" data-status="saved"
//         data-failed="Не сохранено" data-send="send">
//     <button id="send" type="submit">…</button>
//     <p id="saved" role="status"></p>
//
// The address is posted the form without its files and answers {"saved":
// "Сохранено в 10:42"}. Where that fails the words are still on the page; the
// status says so, and the next key tries again.

const pause = 1500; // ms without a key

export function start(root: HTMLElement): void {
  const url = root.dataset.url;
  if (!(root instanceof HTMLFormElement) || !url) return;
  const status = document.getElementById(root.dataset.status ?? "");
  const send = document.getElementById(root.dataset.send ?? "");
  let timer = 0;
  let pending: AbortController | undefined;

  const save = async () => {
    pending?.abort();
    pending = new AbortController();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(root)) {
      if (typeof value === "string") body.append(name, value);
    }
    try {
      const response = await fetch(url, {
        method: "POST",
        body,
        signal: pending.signal,
        headers: { Accept: "application/json" },
      });
      if (!response.ok) throw new Error(String(response.status));
      const answer: { saved: string } = await response.json();
      if (status) status.textContent = answer.saved;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      if (status) status.textContent = root.dataset.failed ?? "";
    }
  };
  root.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(save, pause);
  });
  // What is on its way must not arrive after the form itself.
  root.addEventListener("submit", () => {
    clearTimeout(timer);
    pending?.abort();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && send instanceof HTMLButtonElement) {
      event.preventDefault();
      send.click();
    }
  });
}
