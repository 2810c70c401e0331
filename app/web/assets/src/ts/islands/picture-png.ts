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
    const name = named(response) ?? new URL(url).pathname.split("/").pop() ?? "map.svg";
    canvas.toBlob((blob) => blob && offer(blob, name), "image/png");
  } finally {
    URL.revokeObjectURL(drawing);
  }
}

// named is the name that the file bears when it is downloaded.
function named(response: Response): string | undefined {
  const head = response.headers.get("Content-Disposition") ?? "";
  const coded = head.match(/filename\*=UTF-8''([^;]+)/i)?.[1];
  return coded ? decodeURIComponent(coded) : head.match(/filename="([^"]+)"/)?.[1];
}

function offer(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/\.svg$/, ".png");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
