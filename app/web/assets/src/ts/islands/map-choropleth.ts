// Shades territories by their values; a click opens a territory's cases. The
// table with the same numbers stands beside it and is what the keyboard and a
// screen reader use, so the map itself is hidden from them.
//
//   <div data-island="map-choropleth" class="otk-map" data-boundaries="…"
//        data-rows="heat-table" aria-hidden="true">
//     <script type="application/json">
//       {"areas": [{"id": 3, "level": 5, "text": "Левобережный: 120", "url": "/console/…", "current": true}]}
//     </script>
//   </div>
//
// level is the shade, 0 to 6, as in the heat table. data-rows is the id of a
// table whose rows bear data-area: the territory of the row that is pointed at
// or focused is outlined on the map. data-points is the address of the appeals
// themselves, shown together with their neighbours once one looks closer.

import type { FilterSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { addLabels, leaveOut, loadAreas, openMap } from "../map";
import { addPoints } from "../points";
import { type Shade, shades, shadesChanged } from "../shade";

export async function start(root: HTMLElement): Promise<void> {
  const data: { areas: Shade[] } = JSON.parse(root.querySelector("script")?.textContent ?? '{"areas":[]}');
  const byID = new Map(data.areas.map((area) => [String(area.id), area]));
  const areas = await loadAreas(root);
  if (areas.features.length === 0) return; // the tile grid stands in for the map
  const paint = () => {
    for (const feature of areas.features) {
      const level = byID.get(String(feature.properties?.id))?.level ?? 0;
      Object.assign(feature.properties ?? {}, { shade: shades[Math.min(Math.max(level, 0), 6)] });
    }
  };
  paint();
  const map = await openMap(root, areas);
  map.addLayer({
    id: "fill",
    type: "fill",
    source: "areas",
    paint: { "fill-color": ["get", "shade"], "fill-opacity": root.dataset.tiles ? 0.75 : 1 },
  });
  map.addLayer({ id: "line", type: "line", source: "areas", paint: { "line-color": "#51606a", "line-width": 0.8 } });
  addLabels(map, areas);
  leaveOut(root);
  outline(root, map, data.areas.find((area) => area.current)?.id);

  if (root.dataset.points) addPoints(root, map, root.dataset.points);
  document.addEventListener(shadesChanged, (event) => {
    for (const shade of (event as CustomEvent<Shade[]>).detail) {
      const known = byID.get(String(shade.id));
      if (known) Object.assign(known, { level: shade.level, text: `${known.text.split(":")[0]}: ${shade.text}` });
    }
    paint();
    map.getSource<GeoJSONSource>("areas")?.setData(areas);
  });

  const shadeAt = (id: unknown) => byID.get(String(id));
  map.on("mousemove", "fill", (event) => {
    const shade = shadeAt(event.features?.[0]?.properties.id);
    map.getCanvas().style.cursor = shade?.url ? "pointer" : "";
    root.title = shade?.text ?? "";
  });
  map.on("mouseleave", "fill", () => {
    map.getCanvas().style.cursor = "";
    root.title = "";
  });
  map.on("click", "fill", (event) => {
    // A point lies on the map, but a press of it opens its own words.
    if ((event.originalEvent.target as Element).closest(".otk-point, .maplibregl-popup")) return;
    const url = shadeAt(event.features?.[0]?.properties.id)?.url;
    if (url) location.assign(url);
  });
}

function outline(root: HTMLElement, map: MapLibre, chosen: number | string | undefined): void {
  const only = (id: unknown): FilterSpecification => ["==", ["to-string", ["get", "id"]], String(id ?? "")];
  map.addLayer({
    id: "outline",
    type: "line",
    source: "areas",
    filter: only(chosen),
    paint: { "line-color": "#1c2529", "line-width": 3 },
  });
  const table = document.getElementById(root.dataset.rows ?? "");
  const point = (event: Event) => {
    const row = (event.target as Element).closest<HTMLElement>("[data-area]");
    map.setFilter("outline", only(row?.dataset.area ?? chosen));
  };
  for (const kind of ["focusin", "mouseover", "focusout", "mouseleave"]) table?.addEventListener(kind, point);
}
