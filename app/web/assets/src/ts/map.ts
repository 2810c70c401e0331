// What both maps share: MapLibre with nothing fetched from other hosts. The
// base is a plain ground and the boundaries of the region; names are HTML. A
// deployment that has a tile server gives its template in data-tiles.

import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from "geojson";
import {
  LngLatBounds,
  Map as MapLibre,
  Marker,
  NavigationControl,
  type StyleSpecification,
  setWorkerUrl,
} from "maplibre-gl";
import sheet from "maplibre-gl/dist/maplibre-gl.css";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs";

export type Area = Feature<Polygon | MultiPolygon, { id?: number | string; code?: string; name?: string }>;
export type Areas = FeatureCollection<Polygon | MultiPolygon, Area["properties"]>;

// What MapLibre says by itself, in Russian.
const russian = {
  "AttributionControl.ToggleAttribution": "Показать или скрыть, чьи это карты",
  "Map.Title": "Карта",
  "Marker.Title": "Метка на карте",
  "NavigationControl.ZoomIn": "Приблизить",
  "NavigationControl.ZoomOut": "Отдалить",
};

/** Boundaries of data-boundaries: GeoJSON with id, code and name of each territory. */
export async function loadAreas(root: HTMLElement): Promise<Areas> {
  const url = root.dataset.boundaries;
  if (!url) return { type: "FeatureCollection", features: [] };
  const response = await fetch(url, { headers: { Accept: "application/geo+json, application/json" } });
  if (!response.ok) throw new Error(`boundaries: ${response.status}`);
  return response.json();
}

/** Makes the map in its element and waits until it is drawn. */
export async function openMap(root: HTMLElement, areas: Areas): Promise<MapLibre> {
  await loadSheet();
  root.classList.add("otk-map--ready");
  setWorkerUrl(worker);
  const map = new MapLibre({
    container: root,
    style: style(root),
    bounds: boundsOf(areas) ?? undefined,
    fitBoundsOptions: { padding: 24 },
    attributionControl: root.dataset.attribution ? { customAttribution: root.dataset.attribution } : false,
    cooperativeGestures: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 18,
    locale: document.documentElement.lang === "ru" ? russian : undefined,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }));
  leaveOut(root);
  await map.once("load");
  map.addSource("areas", { type: "geojson", data: areas });
  return map;
}

/** Nothing in a map that is hidden from screen readers may take the focus. */
export function leaveOut(root: HTMLElement): void {
  if (root.getAttribute("aria-hidden") !== "true") return;
  for (const one of root.querySelectorAll<HTMLElement>("button, a, canvas, summary, [tabindex]")) one.tabIndex = -1;
}

/** Names of territories as HTML, hidden where there is no room for them. */
export function addLabels(map: MapLibre, areas: Areas): void {
  const labels = areas.features
    .map((area) => ({ area, box: boundsOf({ type: "FeatureCollection", features: [area] }) }))
    .filter((label) => label.box && label.area.properties?.name)
    .map(({ area, box }) => {
      const element = document.createElement("div");
      element.className = "otk-map__label";
      element.textContent = area.properties?.name ?? "";
      element.setAttribute("aria-hidden", "true");
      const marker = new Marker({ element, anchor: "center" }).setLngLat(middleOf(area)).addTo(map);
      return { element, box: box as LngLatBounds, marker };
    });
  const fit = () => {
    const taken: DOMRect[] = [];
    for (const { element, box } of labels) {
      const west = map.project(box.getSouthWest());
      const east = map.project(box.getNorthEast());
      element.hidden = east.x - west.x < 44;
      if (element.hidden) continue;
      const rect = element.getBoundingClientRect();
      element.hidden = taken.some((other) => overlap(rect, other));
      if (!element.hidden) taken.push(rect);
    }
  };
  map.on("moveend", fit);
  map.once("idle", fit);
}

export function boundsOf(areas: Areas): LngLatBounds | null {
  const bounds = new LngLatBounds();
  for (const area of areas.features) {
    for (const ring of rings(area)) for (const [lon, lat] of ring) bounds.extend([lon ?? 0, lat ?? 0]);
  }
  return bounds.isEmpty() ? null : bounds;
}

/** The territory around a point, by the even-odd rule; null outside of all. */
export function areaAt(areas: Areas, lon: number, lat: number): Area | null {
  return (
    areas.features.find((area) => rings(area).reduce((inside, ring) => inside !== crosses(ring, lon, lat), false)) ??
    null
  );
}

function crosses(ring: Position[], lon: number, lat: number): boolean {
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi = 0, yi = 0] = ring[i] ?? [];
    const [xj = 0, yj = 0] = ring[j] ?? [];
    if (yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

function rings(area: Area): Position[][] {
  return area.geometry.type === "Polygon" ? area.geometry.coordinates : area.geometry.coordinates.flat();
}

// middleOf is the centroid of the largest ring: good enough for a name.
function middleOf(area: Area): [number, number] {
  let best = { size: -1, at: [0, 0] as [number, number] };
  for (const ring of rings(area)) {
    let size = 0;
    let x = 0;
    let y = 0;
    for (let i = 0; i + 1 < ring.length; i++) {
      const [ax = 0, ay = 0] = ring[i] ?? [];
      const [bx = 0, by = 0] = ring[i + 1] ?? [];
      const cross = ax * by - bx * ay;
      size += cross;
      x += (ax + bx) * cross;
      y += (ay + by) * cross;
    }
    if (Math.abs(size) > best.size) best = { size: Math.abs(size), at: [x / (3 * size), y / (3 * size)] };
  }
  return best.at;
}

function overlap(a: DOMRect, b: DOMRect): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function style(root: HTMLElement): StyleSpecification {
  const base: StyleSpecification = {
    version: 8,
    sources: {},
    layers: [{ id: "ground", type: "background", paint: { "background-color": "#f1eee7" } }],
  };
  if (root.dataset.tiles) {
    base.sources.tiles = { type: "raster", tiles: [root.dataset.tiles], tileSize: 256, maxzoom: 19 };
    base.layers.push({ id: "tiles", type: "raster", source: "tiles" });
  }
  return base;
}

function loadSheet(): Promise<void> {
  if (document.querySelector(`link[href="${sheet}"]`)) return Promise.resolve();
  return new Promise((done) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = sheet;
    link.onload = () => done();
    link.onerror = () => done();
    document.head.append(link);
  });
}
