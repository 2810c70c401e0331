// Typed words that are not sent yet, in this browser. They lie under a key
// that the server gives to their owner alone and that is never stored: on a
// shared machine nobody else can read them. Browsers give the cipher to secure
// pages only; elsewhere words live as long as their tab, as they are.

const prefix = "otklik:kept:";
const keptFor = 7 * 24 * 3600 * 1000; // ms

export type Fields = Record<string, string[]>;
type Box = {
  at: number; // ms
  base: string; // version of what the words were written over
  seen: number; // events of the case that the page showed
  sent?: boolean; // on its way: it may have arrived
  iv?: string;
  data: string;
};
export type Kept = Omit<Box, "iv" | "data"> & { fields: Fields };

const page = () => document.getElementById("live")?.dataset ?? {};

function storage(): Storage | null {
  try {
    return page().key && globalThis.crypto?.subtle ? localStorage : sessionStorage;
  } catch {
    return null; // the browser forbids it
  }
}

/** Whether words outlive the tab. */
export function lasting(): boolean {
  return storage() === localStorage;
}

const nameOf = (name: string) => `${prefix}${page().user ?? ""}:${name}`;

let secret: Promise<CryptoKey> | null = null;
function key(): Promise<CryptoKey> {
  secret ??= crypto.subtle.importKey("raw", bytes(page().key ?? ""), "AES-GCM", false, ["encrypt", "decrypt"]);
  return secret;
}

/** Reads what was kept; null where nothing was, or nothing of ours. */
export async function read(name: string): Promise<Kept | null> {
  const store = storage();
  try {
    const box: Box | null = JSON.parse(store?.getItem(nameOf(name)) ?? "null");
    if (!box || Date.now() - box.at > keptFor) {
      store?.removeItem(nameOf(name));
      return null;
    }
    const { iv, data, ...rest } = box;
    if (!iv) return { ...rest, fields: JSON.parse(data) };
    const open = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv) }, await key(), bytes(data));
    return { ...rest, fields: JSON.parse(new TextDecoder().decode(open)) };
  } catch {
    return null;
  }
}

/** Keeps words. A full or forbidden store keeps nothing: they stay on the page. */
export async function write(name: string, kept: Kept): Promise<void> {
  const { fields, ...rest } = kept;
  const text = JSON.stringify(fields);
  try {
    const store = storage();
    if (!lasting()) return store?.setItem(nameOf(name), JSON.stringify({ ...rest, data: text } satisfies Box));
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), new TextEncoder().encode(text));
    store?.setItem(nameOf(name), JSON.stringify({ ...rest, iv: base64(iv), data: base64(new Uint8Array(data)) }));
  } catch {
    // nothing is lost on the screen
  }
}

/** Marks words as on their way, at once: the page is being left. */
export function markSent(name: string): void {
  try {
    const store = storage();
    const box: Box | null = JSON.parse(store?.getItem(nameOf(name)) ?? "null");
    if (box) store?.setItem(nameOf(name), JSON.stringify({ ...box, sent: true }));
  } catch {
    // not readable: as if there were none
  }
}

export function forget(name: string): void {
  storage()?.removeItem(nameOf(name));
}

/** Names of what this user has kept and not sent. */
export function unsent(): string[] {
  const store = storage();
  return own(store).filter((name) => !store?.getItem(name)?.includes('"sent":true'));
}

/** Removes all that this user has kept. */
export function forgetAll(): void {
  const store = storage();
  for (const name of own(store)) store?.removeItem(name);
}

function own(store: Storage | null): string[] {
  return Object.keys(store ?? {}).filter((name) => name.startsWith(nameOf("")));
}

/** Removes what nobody came back for. */
export function sweep(): void {
  const store = storage();
  for (const name of Object.keys(store ?? {})) {
    if (!name.startsWith(prefix)) continue;
    try {
      const box: Box = JSON.parse(store?.getItem(name) ?? "");
      if (Date.now() - box.at <= keptFor) continue;
    } catch {
      // broken: it goes too
    }
    store?.removeItem(name);
  }
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

function base64(raw: Uint8Array): string {
  let text = "";
  for (const byte of raw) text += String.fromCharCode(byte);
  return btoa(text);
}
