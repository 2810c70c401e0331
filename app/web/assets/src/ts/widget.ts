// The loader of the widget, put by an agency into its own page:
//
//   <script src="https://otklik.example/widget.js" data-agency="roads" async></script>
//
// data-lang     ru or en
// data-mode     inline: the form stands where the script stands (default)
//               button: a button opens it
// data-text     words on the button
// data-campaign number of a vote or poll: its card stands there instead of the form;
//               «all» for those of the agency that are open
// data-target   id of the element to put it into, instead of after the script
// data-show     map: the heat map for everybody instead of the form
//
// It makes one iframe, gives it its height and changes nothing else of the
// page. It listens to that iframe and its origin alone.

const silentFor = 5_000; // ms after the frame was loaded

(() => {
  const script = (document.currentScript ??
    document.querySelector("script[data-agency][src*='/widget']")) as HTMLScriptElement | null;
  const agency = script?.dataset.agency;
  if (!script || !agency) return;
  const home = new URL(script.src).origin;
  const english = script.dataset.lang === "en";
  const map = script.dataset.show === "map";
  const campaign = script.dataset.campaign;
  const forms = ["Report a problem", "Сообщить о проблеме"];
  const titles = campaign ? ["Vote", "Голосование"] : map ? ["Map of appeals", "Карта обращений"] : forms;
  const title = titles[english ? 0 : 1] ?? "";

  let path = `/embed/${encodeURIComponent(agency)}`;
  if (campaign) path += campaign === "all" ? "/campaigns" : `/campaigns/${encodeURIComponent(campaign)}`;
  else if (map) path += "/map";
  const address = new URL(path, home);
  address.searchParams.set("origin", location.origin);
  if (script.dataset.lang) address.searchParams.set("lang", script.dataset.lang);

  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = title;
  frame.loading = "lazy";
  frame.referrerPolicy = "strict-origin";
  frame.allow = "geolocation";
  Object.assign(frame.style, {
    display: "block",
    width: "100%",
    maxWidth: map ? "none" : "720px",
    height: campaign ? "320px" : "640px",
    border: "0",
  });

  // A frame that we may not stand in is shown empty, and no page is told why. Ours
  // speaks within moments; where it stays silent the way to the portal is offered.
  let heard = false;
  const door = document.createElement("p");
  frame.addEventListener("load", () => {
    setTimeout(() => {
      if (heard || !frame.isConnected) return;
      console.warn(
        `Otklik: nothing came from the frame. Does the agency "${agency}" list ${location.origin} in widget_origins?`,
      );
      frame.after(door);
    }, silentFor);
  });
  const way = document.createElement("a");
  way.href = new URL(
    campaign ? (campaign === "all" ? "/campaigns" : `/campaigns/${encodeURIComponent(campaign)}`) : "/",
    home,
  ).href;
  way.textContent = english ? "Nothing here? Open it on the portal" : "Здесь пусто? Откройте на портале";
  door.append(way);

  addEventListener("message", (event) => {
    if (event.origin !== home || event.source !== frame.contentWindow) return;
    heard = true;
    door.remove();
    const { type, height, number } = (event.data ?? {}) as { type?: string; height?: number; number?: string };
    if (type === "otklik:height" && typeof height === "number" && height > 0) {
      frame.style.height = `${Math.min(height, 20_000)}px`;
    }
    if (type === "otklik:submitted") {
      frame.dispatchEvent(new CustomEvent("otklik:submitted", { bubbles: true, detail: { number } }));
      frame.scrollIntoView({ block: "nearest" });
    }
  });

  const place = (element: HTMLElement) => {
    const target = script.dataset.target && document.getElementById(script.dataset.target);
    if (target) target.append(element);
    // A script in the head stands nowhere on the page.
    else if (document.head.contains(script)) document.body.append(element);
    else script.after(element);
  };

  const button = () => {
    const opener = document.createElement("button");
    opener.type = "button";
    opener.textContent = script.dataset.text || title;
    opener.setAttribute("aria-expanded", "false");
    Object.assign(opener.style, {
      padding: "12px 20px",
      border: "0",
      borderRadius: "6px",
      background: "#0b5c68",
      color: "#fff",
      font: "600 16px/1.3 system-ui, sans-serif",
      cursor: "pointer",
    });
    opener.addEventListener("click", () => {
      if (!frame.isConnected) opener.after(frame);
      else frame.hidden = !frame.hidden;
      frame.style.display = frame.hidden ? "none" : "block";
      opener.setAttribute("aria-expanded", String(!frame.hidden));
      if (!frame.hidden) frame.focus();
    });
    return opener;
  };

  const begin = () => place(script.dataset.mode === "button" ? button() : frame);
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();
