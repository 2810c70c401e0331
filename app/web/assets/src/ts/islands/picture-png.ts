// Adds to every link to a drawing (SVG) one that takes it away as a picture
// (PNG), drawn by the browser at twice its size.

export function start(root: HTMLElement): void {
  for (const link of root.querySelectorAll<HTMLAnchorElement>('a[href*=".svg"]')) {
    const png = link.cloneNode() as HTMLAnchorElement;
    png.textContent = (link.textContent ?? "").replace("SVG", "PNG");
    png.removeAttribute("download");
    png.addEventListener("click", (event) => {
      event.preventDefault();
      void save(link.href);
    });
    link.after(" ", png);
  }
}

async function save(url: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) return location.assign(url);
  const drawing = URL.createObjectURL(new Blob([await response.text()], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = drawing;
  try {
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * 2;
    canvas.height = image.naturalHeight * 2;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => blob && offer(blob, new URL(url).pathname.split("/").pop() ?? "map.svg"), "image/png");
  } finally {
    URL.revokeObjectURL(drawing);
  }
}

function offer(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/\.svg$/, ".png");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
