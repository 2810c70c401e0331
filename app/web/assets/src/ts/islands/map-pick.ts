// Picks the place of a problem by a click on the map. The fields that it
// fills can be filled without it: the address by hand, the district from its
// list.
//
//   <div data-island="map-pick" data-island-when="visible" class="otk-map"
//        data-boundaries="/territories.geojson" data-lat="lat" data-lon="lon"
//        data-territory="territory" data-status="place-status"
//        data-outside="Это место вне региона" data-tiles="" data-attribution=""
//        aria-label="Карта"></div>
//   <p id="place-status" aria-live="polite"></p>
//
// data-lat, data-lon, data-territory and data-status are ids. The territory's
// field gets the id of the territory in whose boundary the point lies. With
// data-readonly the map only shows the point.

import { Marker } from "maplibre-gl";
import { addLabels, areaAt, loadAreas, openMap } from "../map";

export async function start(root: HTMLElement): Promise<void> {
  const lat = field(root.dataset.lat);
  const lon = field(root.dataset.lon);
  if (!lat || !lon) return;
  const territory = field(root.dataset.territory);
  const status = document.getElementById(root.dataset.status ?? "");

  const areas = await loadAreas(root);
  const map = await openMap(root, areas);
  map.addLayer({
    id: "fill",
    type: "fill",
    source: "areas",
    paint: { "fill-color": "#fbfaf7", "fill-opacity": root.dataset.tiles ? 0 : 1 },
  });
  map.addLayer({ id: "line", type: "line", source: "areas", paint: { "line-color": "#6a8f94", "line-width": 1 } });
  addLabels(map, areas);
  const readonly = root.dataset.readonly !== undefined;
  if (!readonly) map.getCanvas().style.cursor = "crosshair";

  const pin = new Marker({ color: "#0b5c68", draggable: !readonly });
  const put = (at: { lng: number; lat: number }) => {
    const area = areaAt(areas, at.lng, at.lat);
    if (areas.features.length > 0 && !area) {
      say(root.dataset.outside ?? "");
      return false;
    }
    lat.value = at.lat.toFixed(6);
    lon.value = at.lng.toFixed(6);
    if (territory && area) territory.value = String(area.properties?.id ?? "");
    for (const changed of [lat, lon, territory]) changed?.dispatchEvent(new Event("change", { bubbles: true }));
    pin.setLngLat(at).addTo(map);
    say(area?.properties?.name ?? "");
    return true;
  };
  const say = (text: string) => {
    if (status) status.textContent = text;
  };

  if (!readonly) map.on("click", (event) => put(event.lngLat));
  let last = pin.getLngLat();
  pin.on("dragstart", () => {
    last = pin.getLngLat();
  });
  pin.on("dragend", () => {
    if (!put(pin.getLngLat())) pin.setLngLat(last);
  });
  if (lat.value && lon.value) {
    const at = { lat: Number(lat.value), lng: Number(lon.value) };
    if (Number.isFinite(at.lat) && Number.isFinite(at.lng) && put(at)) map.jumpTo({ center: at, zoom: 12 });
  }
}

function field(id: string | undefined): HTMLInputElement | HTMLSelectElement | null {
  return document.getElementById(id ?? "") as HTMLInputElement | HTMLSelectElement | null;
}
