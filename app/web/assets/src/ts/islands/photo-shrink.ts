// Makes chosen photos smaller before they are sent, which matters on a slow
// connection. The server checks and re-encodes in any case; when the browser
// can't do it, the original goes.
//
//   <div data-island="photo-shrink" data-max-side="2560">…<input type="file">…</div>

const enough = 1_500_000; // bytes: smaller files are left as they are

export function start(root: HTMLElement): void {
  const input = root instanceof HTMLInputElement ? root : root.querySelector<HTMLInputElement>('input[type="file"]');
  if (!input || typeof createImageBitmap !== "function" || typeof DataTransfer !== "function") return;
  const side = Number(root.dataset.maxSide) || 2560;
  let own = false;
  input.addEventListener("change", async () => {
    if (own) return;
    const chosen = [...(input.files ?? [])];
    if (!chosen.some(worthIt)) return;
    const form = input.form;
    const hold = (event: Event) => event.preventDefault();
    form?.addEventListener("submit", hold, { capture: true });
    try {
      const small = await Promise.all(chosen.map((file) => (worthIt(file) ? shrink(file, side) : file)));
      // Chosen anew in the meantime: the newer choice has its own turn.
      if ([...(input.files ?? [])].some((file, i) => file !== chosen[i])) return;
      const transfer = new DataTransfer();
      for (const file of small) transfer.items.add(file);
      own = true;
      input.files = transfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    } finally {
      own = false;
      form?.removeEventListener("submit", hold, { capture: true });
    }
  });
}

function worthIt(file: File): boolean {
  return /^image\/(jpeg|png|webp)$/.test(file.type) && file.size > enough;
}

async function shrink(file: File, side: number): Promise<File> {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.86));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" });
  } catch {
    return file;
  }
}
