// Shows places on a map, each with a link. The list beside it says the same and is
// what the keyboard and a screen reader use, so the map is hidden from them.
//
//   <div data-island="map-points" class="otk-map" data-boundaries="/territories.geojson"
//        data-points='[{"lat": 51.7, "lon": 36.2, "title": "Сквер", "url": "/…"}]' aria-hidden="true"></div>

import { LngLatBounds, Marker, Popup } from "maplibre-gl";
import { leaveOut, loadAreas, openMap } from "../map";

type Place = { lat: number; lon: number; title: string; url: string };

export async function start(root: HTMLElement): Promise<void> {
  const places: Place[] = JSON.parse(root.dataset.points ?? "[]");
  const areas = await loadAreas(root);
  const map = await openMap(root, areas);
  map.addLayer({ id: "fill", type: "fill", source: "areas", paint: { "fill-color": "#fbfaf7" } });
  map.addLayer({ id: "line", type: "line", source: "areas", paint: { "line-color": "#51606a", "line-width": 0.8 } });
  const bounds = new LngLatBounds();
  for (const place of places) {
    bounds.extend([place.lon, place.lat]);
    const link = document.createElement("a");
    link.className = "govuk-link";
    link.href = place.url;
    link.textContent = place.title;
    new Marker()
      .setLngLat([place.lon, place.lat])
      .setPopup(new Popup({ focusAfterOpen: false }).setDOMContent(link))
      .addTo(map);
  }
  if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: 64, maxZoom: 10, animate: false });
  leaveOut(root);
}
