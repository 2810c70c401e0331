// Builds dist: style sheets, scripts, fonts, their compressed forms and
// manifest.json (plain name → name with the hash of the contents).
//
//   npm run build            npm run watch

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const source = join(here, "src");
const dist = join(here, "dist");
const target = ["chrome109", "firefox115", "safari16"];
const fonts = join(root, "node_modules/@fontsource-variable/golos-text");

// While watching nothing is compressed: that is most of the time of a build.
const watching = process.argv.includes("--watch");

/** Everything from nothing. A failed build leaves the old files in place. */
async function build() {
  const out = new Map(); // file name → contents
  const manifest = {};
  const put = (name, contents) => {
    const hash = createHash("sha256").update(contents).digest("hex").slice(0, 10);
    const hashed = name.replace(/(\.\w+)$/, `-${hash}$1`);
    out.set(hashed, Buffer.from(contents));
    manifest[name] = hashed;
  };

  put("favicon.svg", readFileSync(join(source, "img/favicon.svg")));
  for (const subset of ["cyrillic", "latin"]) {
    put(`golos-${subset}.woff2`, readFileSync(join(fonts, `files/golos-text-${subset}-wght-normal.woff2`)));
  }
  for (const sheet of ["portal", "console"]) put(`${sheet}.css`, await style(sheet, manifest));
  for (const [name, contents] of await scripts(manifest)) out.set(name, contents);
  put("widget.js", await widget());

  for (const [name, contents] of watching ? [] : [...out]) {
    if (/\.(css|js|mjs|svg)$/.test(name)) {
      out.set(`${name}.gz`, gzipSync(contents, { level: 9 }));
      out.set(
        `${name}.br`,
        brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: contents.length } }),
      );
    }
  }
  const names = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  out.set("manifest.json", Buffer.from(`${JSON.stringify(names, null, 2)}\n`));
  write(out);
  return out.size;
}

/** A style sheet whose fonts carry their hashed names. */
async function style(name, manifest) {
  const { css } = sass.compile(join(source, `css/${name}.scss`), {
    loadPaths: [root],
    quietDeps: true,
    logger: { warn: (message, { deprecation }) => deprecation && console.warn(message) },
  });
  const linked = css.replace(/url\("(golos-\w+\.woff2)"\)/g, (_, font) => `url("/assets/${manifest[font]}")`);
  const { code } = await esbuild.transform(linked, { loader: "css", minify: true, target, legalComments: "none" });
  return code;
}

/** The entries and the chunks that they share or load later. */
async function scripts(manifest) {
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: ["portal", "console"].map((name) => join(source, `ts/${name}.ts`)),
    absWorkingDir: root,
    outdir: dist,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    publicPath: "/assets/",
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    target,
    legalComments: "none",
    metafile: true,
    write: false,
    plugins: [copied],
    logOverride: { "empty-import-meta": "silent" },
  });
  for (const [path, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
    if (entryPoint?.endsWith(".ts")) manifest[`${basename(entryPoint, ".ts")}.js`] = basename(path);
    const file = Object.keys(inputs)[0];
    if (file && isCopied.test(file)) manifest[basename(file)] = basename(path);
  }
  return outputFiles.map((file) => [relative(dist, file.path), Buffer.from(file.contents)]);
}

// MapLibre's worker and style sheet are files of their own: importing them
// gives their address.
const isCopied = /maplibre-gl\/dist\/maplibre-gl(-worker\.mjs|\.css)$/;
const copied = {
  name: "copied",
  setup(build) {
    build.onLoad({ filter: isCopied }, async ({ path }) => {
      const loader = extname(path) === ".css" ? "css" : "js";
      const { code } = await esbuild.transform(readFileSync(path, "utf8"), { loader, minify: true });
      return { contents: code, loader: "file" };
    });
  },
};

/** The loader that other sites carry: one old-fashioned script. */
async function widget() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(source, "ts/widget.ts")],
    bundle: true,
    format: "iife",
    minify: true,
    target: ["chrome87", "firefox84", "safari15"],
    write: false,
  });
  return outputFiles[0].contents;
}

function mkdir(path) {
  mkdirSync(path, { recursive: true });
  return path;
}

/** Puts the new files there and takes the old ones away. */
function write(files) {
  mkdir(dist);
  for (const [name, contents] of files) writeFileSync(join(dist, name), contents);
  for (const name of readdirSync(dist)) {
    if (!files.has(name) && name !== "placeholder.txt") rmSync(join(dist, name));
  }
}

async function run() {
  const began = performance.now();
  const count = await build();
  console.log(`app/web/assets/dist: ${count} files in ${Math.round(performance.now() - began)} ms`);
}

await run();
if (watching) {
  let timer;
  watch(source, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => run().catch((error) => console.error(error.message)), 150);
  });
}
