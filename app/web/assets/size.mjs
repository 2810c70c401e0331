// Prints what each kind of page loads at first, gzipped, and fails when it is
// more than its limit (docs: "Figures to reach"). Run after the build.

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const dist = join(dirname(fileURLToPath(import.meta.url)), "dist");
const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));
const page = 10_000; // bytes of gzipped HTML that a page is given
const fonts = ["golos-cyrillic.woff2", "golos-latin.woff2"];

const pages = [
  {
    name: "citizen form",
    files: [
      "portal.css",
      "portal.js",
      "suggest.js",
      "near.js",
      "draft-keep.js",
      "submit-once.js",
      "photo-shrink.js",
      "favicon.svg",
      ...fonts,
    ],
    limit: 100_000,
    requests: 15,
  },
  {
    name: "console page",
    files: ["console.css", "console.js", "shortcuts.js", "favicon.svg", ...fonts],
    limit: 200_000,
  },
  { name: "widget loader", files: ["widget.js"], html: 0, limit: 4_096 },
];

/** The file and every chunk that it imports at once. */
function withImports(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!/\.m?js$/.test(file)) return seen;
  const text = readFileSync(join(dist, file), "utf8");
  for (const [, chunk] of text.matchAll(/(?:from|import)\s*"(?:\.\/|\/assets\/)([\w.-]+\.js)"/g))
    withImports(chunk, seen);
  return seen;
}

function gzipped(file) {
  const packed = join(dist, `${file}.gz`);
  return statSync(existsSync(packed) ? packed : join(dist, file)).size;
}

let failed = false;
for (const { name, files, limit, requests, html = page } of pages) {
  const loaded = new Set(files.flatMap((file) => [...withImports(manifest[file])]));
  const total = [...loaded].reduce((sum, file) => sum + gzipped(file), html);
  const count = loaded.size + (html ? 1 : 0);
  const over = total > limit || (requests && count > requests);
  failed ||= over;
  console.log(`${over ? "OVER" : "ok  "} ${name}: ${kb(total)} of ${kb(limit)} in ${count} requests`);
  for (const file of loaded) console.log(`       ${kb(gzipped(file)).padStart(9)}  ${file}`);
}
for (const later of ["chart.js", "map-pick.js", "maplibre-gl-worker.mjs", "maplibre-gl.css"]) {
  const total = [...withImports(manifest[later])].reduce((sum, file) => sum + gzipped(file), 0);
  console.log(`     later, ${later}: ${kb(total)}`);
}
process.exitCode = failed ? 1 : 0;

function kb(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
