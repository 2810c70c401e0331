// Questions that are asked only after certain replies: hidden until then. The
// server asks by the same rule, so what was typed into a hidden one is not sent
// on, and is there again when the reply changes back.

export function start(root: HTMLElement): void {
  const parts = [...root.querySelectorAll<HTMLElement>("[data-when]")];
  const update = (): void => {
    // A condition looks back: those before a part are settled when its turn comes.
    for (const part of parts) {
      const name = part.dataset.when ?? "";
      const chosen = root.querySelector<HTMLInputElement>(`input[name="${CSS.escape(name)}"]:checked`);
      const holds = chosen !== null && chosen.closest("[data-when][hidden]") === null;
      part.hidden = !(holds && (part.dataset.is ?? "").split(" ").includes(chosen.value));
    }
  };
  root.addEventListener("change", update);
  root.classList.add("otk-asked-alive");
  update();
}
