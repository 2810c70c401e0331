// The appeals themselves on the map of shades, together with their neighbours:
// the server puts them together by the part of the map that one looks at. The
// same cases are behind the numbers of the table, so the marks are for the eye.

import { type Map as MapLibre, Marker, Popup } from "maplibre-gl";
import { leaveOut } from "./map";

type Point = {
  geometry: { coordinates: [number, number] };
  properties: { count: number; label: string; text: string; url: string; link: string };
};

const closer = 0.7; // how much closer than the whole region one must look

export function addPoints(root: HTMLElement, map: MapLibre, address: string): void {
  const whole = map.getZoom();
  let shown: Marker[] = [];
  let asked = 0;
  const clear = () => {
    for (const marker of shown) marker.remove();
    shown = [];
  };
  const draw = async () => {
    asked++;
    const mine = asked;
    if (map.getZoom() < whole + closer) return clear();
    const bounds = map.getBounds();
    const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((x) => x.toFixed(5));
    const url = new URL(address, location.href);
    url.searchParams.set("bbox", box.join(","));
    const response = await fetch(url, { headers: { Accept: "application/geo+json, application/json" } });
    if (!response.ok || mine !== asked) return;
    const found: { features: Point[] } = await response.json();
    if (mine !== asked) return;
    clear();
    shown = found.features.map((point) => mark(map, point));
    leaveOut(root);
  };
  map.on("moveend", () => void draw().catch(clear));
}

function mark(map: MapLibre, point: Point): Marker {
  const { label, text, url, link } = point.properties;
  const element = document.createElement("button");
  element.type = "button";
  element.className = "otk-point";
  element.textContent = label;
  element.title = text;
  const inside = document.createElement("p");
  inside.className = "otk-point__popup";
  const anchor = document.createElement("a");
  anchor.className = "govuk-link";
  anchor.href = url;
  anchor.textContent = link;
  inside.append(text, document.createElement("br"), anchor);
  return new Marker({ element })
    .setLngLat(point.geometry.coordinates)
    .setPopup(new Popup({ focusAfterOpen: false }).setDOMContent(inside))
    .addTo(map);
}
