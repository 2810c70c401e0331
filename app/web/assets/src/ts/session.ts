// Requests that a page makes by itself, and signing in again on the page when
// the session has ended: nothing that was typed is lost.

/** Answers that mean that nobody is signed in any more. */
export class SignedOut extends Error {}

/** fetch that says when the session is over, and asks to sign in. */
export async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: "manual", headers: { Accept: "application/json" } });
  if (response.status === 401 || response.type === "opaqueredirect") {
    void signInAgain();
    throw new SignedOut();
  }
  return response;
}

/** Told when somebody has signed in again on this page. */
export const signedIn = "otk:signed-in";

let asking: Promise<void> | null = null;

/** Opens the form over the page until the same person has signed in. */
export function signInAgain(): Promise<void> {
  asking ??= open().finally(() => {
    asking = null;
  });
  return asking;
}

function open(): Promise<void> {
  const dialog = document.querySelector<HTMLDialogElement>("dialog#sign-in-again");
  const form = dialog?.querySelector("form");
  if (!dialog || !form) return Promise.resolve();
  const wrong = form.querySelector<HTMLElement>("[role=alert]");
  const password = form.querySelector<HTMLInputElement>("[type=password]");
  const say = (text: string | undefined) => {
    if (!wrong) return;
    wrong.hidden = !text;
    wrong.textContent = text ?? "";
  };
  say("");
  if (!dialog.open) dialog.showModal();
  password?.focus();
  return new Promise((done) => {
    const send = async (event: SubmitEvent) => {
      event.preventDefault();
      try {
        const answer = await fetch("/sign-in", {
          method: "POST",
          body: new URLSearchParams(new FormData(form) as unknown as Record<string, string>),
          redirect: "manual",
        });
        if (answer.type !== "opaqueredirect" && !answer.ok) return say(wrong?.dataset.wrong);
        const now = await fetch("/console/live/counts", { redirect: "manual" });
        if (!now.ok) return say(wrong?.dataset.wrong);
        // Another's page is not gone on with, and what was typed on it stays
        // unreadable to them.
        if (String((await now.json()).user) !== document.getElementById("live")?.dataset.user) {
          return location.assign("/console");
        }
      } catch {
        return say(wrong?.dataset.lost);
      }
      if (password) password.value = "";
      form.removeEventListener("submit", send);
      dialog.close();
      document.dispatchEvent(new Event(signedIn));
      done();
    };
    form.addEventListener("submit", send);
    // Esc puts it away to copy something; the next try asks again.
    dialog.addEventListener(
      "close",
      () => {
        form.removeEventListener("submit", send);
        done();
      },
      { once: true },
    );
  });
}
