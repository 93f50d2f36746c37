/* What the map does inside its frame: base map, controls, cluster symbols, labels that keep apart.
   `config` comes from lib/render/maps.py and is constant, so the frame is made once; what changes with a
   filter or a selection arrives through `ccn.draw`. Texts from data are set as text, never as HTML. */
(function (map, config) {
  "use strict";
  var words = config.words, box = map.getContainer(), clusters = null, ccn = (window.ccn = {});
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", words.map);
  document.documentElement.lang = config.lang;

  function element(tag, cls, text, parent) {
    var made = document.createElement(tag);
    made.className = cls || "";
    if (text) made.textContent = text;
    if (parent) parent.appendChild(made);
    return made;
  }
  function pane(name, z, reacts) {
    var made = map.createPane(name);
    made.style.zIndex = z;
    made.style.pointerEvents = reacts ? "auto" : "none";
    return name;
  }
  function figure(value, digits) {
    return value.toLocaleString(config.lang === "en" ? "en-GB" : "vi-VN",
      { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  /* The page's own typeface: a frame does not inherit it. */
  try {
    var faces = [];
    Array.prototype.forEach.call(parent.document.styleSheets, function (sheet) {
      Array.prototype.forEach.call(sheet.cssRules, function (rule) {
        if (rule instanceof parent.CSSFontFaceRule && /Source Sans"?;/.test(rule.cssText)) {
          faces.push(rule.cssText.replace(/url\("?([^")]+)"?\)/g, function (_, path) {
            return 'url("' + new URL(path, sheet.href || parent.document.baseURI).href + '")';
          }));
        }
      });
    });
    if (faces.length) element("style", "", faces.join("\n"), document.head);
  } catch (error) { /* another origin: the fallback faces of map_frame.css */ }

  /* ---- base map -------------------------------------------------------------------------------- */
  var ground = L.canvas({ pane: pane("ground", 150), padding: 0.3 });
  var lines = L.canvas({ pane: pane("lines", 250), padding: 0.3 });
  function unpack(runs) {
    return runs.map(function (run) {
      var x = 0, y = 0, points = [];
      for (var i = 0; i < run.length; i += 2) {
        x += run[i]; y += run[i + 1];
        points.push([y / config.scale, x / config.scale]);
      }
      return points;
    });
  }
  L.rectangle(config.frame, { interactive: false, renderer: ground, stroke: false, fillColor: config.sea, fillOpacity: 1 }).addTo(map);
  config.base.forEach(function (part) {
    var style = Object.assign({ interactive: false, renderer: part.above ? lines : ground }, part.style);
    if (part.closed) unpack(part.runs).forEach(function (ring) { L.polygon(ring, style).addTo(map); });
    else L.polyline(unpack(part.runs), style).addTo(map);
  });
  if (config.tiles) {
    var tiles = L.tileLayer(config.tiles.url, { attribution: config.tiles.attribution, maxZoom: 18 });
    var loaded = 0, failed = 0;
    tiles.on("tileload", function () { loaded += 1; });
    tiles.on("tileerror", function () {
      failed += 1;
      if (!loaded && failed >= 4) map.removeLayer(tiles);
    });
    tiles.addTo(map);
  }
  map.attributionControl.setPrefix(false);
  map.attributionControl.addAttribution(config.notice);
  var frame = L.latLngBounds(config.frame), home = L.latLngBounds(config.home), isMoved = false, isFitting = false;
  map.options.maxBoundsViscosity = 1;
  function fit() {
    if (!map.getSize().x) return;
    isFitting = true;
    map.setMinZoom(Math.max(config.minZoom, Math.min(map.getBoundsZoom(frame, true), map.getBoundsZoom(home))));
    map.setMaxBounds(frame);
    if (!isMoved) map.fitBounds(home, { padding: [6, 6], animate: false });
    isFitting = false;
  }
  map.on("movestart zoomstart", function () { if (!isFitting) isMoved = true; });
  fit();
  map.on("resize", fit);

  /* ---- controls -------------------------------------------------------------------------------- */
  L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  var icons = {
    home: "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
    measure: "M3 16 16 3l5 5L8 21zM8 11l2 2M11 8l3 3M14 5l2 2",
    full: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"
  };
  var bar = element("div", "leaflet-bar leaflet-control");
  var Tools = L.Control.extend({
    options: { position: "topright" },
    onAdd: function () { L.DomEvent.disableClickPropagation(bar); return bar; }
  });
  function button(name, label, act) {
    var link = element("a", "ccn-tool", "", bar);
    link.href = "#";
    link.title = label;
    link.setAttribute("role", "button");
    link.setAttribute("aria-label", label);
    link.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="' + icons[name] + '"/></svg>';
    L.DomEvent.on(link, "click", function (event) { L.DomEvent.preventDefault(event); act(link); });
  }
  button("home", words.home, function () { isMoved = false; map.fitBounds(home, { padding: [6, 6] }); });
  button("measure", words.measure, function (link) { measuring ? stopMeasuring() : startMeasuring(link); });
  if (document.fullscreenEnabled) {
    button("full", words.full, function () {
      if (document.fullscreenElement) document.exitFullscreen();
      else document.documentElement.requestFullscreen();
    });
    document.addEventListener("fullscreenchange", function () { setTimeout(function () { map.invalidateSize(); }, 60); });
  }
  new Tools().addTo(map);
  L.control.scale({ imperial: false, maxWidth: 110, position: "bottomright" }).addTo(map);

  /* One line under the map's lower edge: coordinates of the clicked point, or the measured length. */
  var Readout = L.Control.extend({
    options: { position: "bottomleft" },
    onAdd: function () {
      this.box = element("div", "ccn-readout");
      this.box.setAttribute("aria-live", "polite");
      this.box.hidden = true;
      L.DomEvent.disableClickPropagation(this.box);
      return this.box;
    },
    say: function (rows) {
      this.box.textContent = "";
      this.box.hidden = !rows.length;
      rows.forEach(function (row) {
        var line = element("div", "", "", this.box);
        if (row[0]) element("b", "", row[0] + " ", line);
        element("span", "", row[1], line);
      }, this);
      if (!rows.length) return;
      var close = element("button", "", "×", this.box);
      close.title = words.close;
      close.setAttribute("aria-label", words.close);
      close.onclick = function () { stopMeasuring(); forgetPoint(); };
    }
  });
  var readout = new Readout().addTo(map);
  var marks = L.layerGroup().addTo(map), drawn = L.canvas({ pane: pane("marks", 450), padding: 0.3 });

  /* VN-2000 by a polynomial that Python fitted to its own transformation over this frame. */
  ccn.metric = function (lat, lng) {
    var u = (lng - config.vn.lon) / config.vn.half, v = (lat - config.vn.lat) / config.vn.half, k = 0, out = [0, 0];
    for (var i = 0; i <= config.vn.degree; i += 1) {
      for (var j = 0; j <= config.vn.degree - i; j += 1, k += 1) {
        var term = Math.pow(u, i) * Math.pow(v, j);
        out[0] += config.vn.easting[k] * term;
        out[1] += config.vn.northing[k] * term;
      }
    }
    return out;
  };
  function forgetPoint() { marks.clearLayers(); readout.say([]); }
  function readPoint(latlng) {
    marks.clearLayers();
    L.circleMarker(latlng, { renderer: drawn, interactive: false, radius: 4, color: "#0B3C5D", weight: 2, fillColor: "#fff", fillOpacity: 1 }).addTo(marks);
    var metric = ccn.metric(latlng.lat, latlng.lng);
    readout.say([
      ["WGS 84", figure(latlng.lat, 6) + " " + words.north + "; " + figure(latlng.lng, 6) + " " + words.east],
      ["VN-2000", "X " + figure(metric[1], 1) + " m; Y " + figure(metric[0], 1) + " m (" + words.metric + ")"]
    ]);
  }
  var measuring = null;
  function startMeasuring(link) {
    forgetPoint();
    measuring = { points: [], link: link };
    link.classList.add("is-on");
    link.setAttribute("aria-pressed", "true");
    box.classList.add("is-measuring");
    symbols._container && (symbols._container.style.pointerEvents = "none");
    map.doubleClickZoom.disable();
    readout.say([["", words.measure_start]]);
  }
  function stopMeasuring() {
    if (!measuring) return;
    measuring.link.classList.remove("is-on");
    measuring.link.setAttribute("aria-pressed", "false");
    box.classList.remove("is-measuring");
    symbols._container && (symbols._container.style.pointerEvents = "");
    map.doubleClickZoom.enable();
    measuring = null;
    forgetPoint();
  }
  function length(metres) { return metres < 1000 ? figure(metres, 0) + " m" : figure(metres / 1000, 2) + " km"; }
  function addMeasured(latlng) {
    var points = measuring.points, last = points[points.length - 1];
    if (last && map.distance(last, latlng) < 0.5) return;
    points.push(latlng);
    marks.clearLayers();
    L.polyline(points, { renderer: drawn, interactive: false, color: "#0B3C5D", weight: 2.5, dashArray: "6 4" }).addTo(marks);
    points.forEach(function (point) {
      L.circleMarker(point, { renderer: drawn, interactive: false, radius: 3.5, color: "#0B3C5D", weight: 2, fillColor: "#fff", fillOpacity: 1 }).addTo(marks);
    });
    var total = 0;
    for (var i = 1; i < points.length; i += 1) total += map.distance(points[i - 1], points[i]);
    readout.say([[words.length, length(total)], ["", words.measure_next]]);
  }
  map.on("click", function (event) { measuring ? addMeasured(event.latlng) : readPoint(event.latlng); });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { stopMeasuring(); forgetPoint(); }
  });

  /* ---- communes -------------------------------------------------------------------------------- */
  var places = L.canvas({ pane: pane("places", 300), padding: 0.3 }), communes = L.layerGroup();
  config.communes.forEach(function (commune) {
    L.circleMarker([commune[1], commune[2]], { renderer: places, interactive: false, radius: 2, weight: 0, fillColor: "#8A939B", fillOpacity: 1 }).addTo(communes);
  });

  /* ---- clusters -------------------------------------------------------------------------------- */
  var symbols = L.canvas({ pane: pane("symbols", 420, true), padding: 0.3, tolerance: 5 });
  var tip = L.tooltip({ className: "ccn-tip", direction: "top", opacity: 1 });
  var clicks = 0;
  pane("labels", 460);

  /* streamlit-folium waits 250 ms before it reports a click. It has noted the click by now (its handlers ran
     first), so the same report is sent at once, and its own, being equal, is dropped. */
  function report() {
    var kept = window.__GLOBAL_DATA__, sender = window.Streamlit;
    if (!kept || !sender || !kept.returned_objects) return;
    if (kept.returned_objects.join() !== "last_active_drawing") return;
    var value = { last_active_drawing: kept.last_active_drawing };
    kept.previous_data = value;
    sender.setComponentValue(value);
  }
  function mark(item) {
    var wide = item.isWide && !Array.isArray(item.row[10]) ? pixels(item.row[11], item.at.lat) : 0;
    var radius = 5 + (wide < 40 ? Math.max(wide, item.dot.getRadius()) : item.dot.getRadius());
    clusters.ring.clearLayers();
    [["#fff", 6], ["#0B3C5D", 3]].forEach(function (pen) {
      L.circleMarker(item.at, { renderer: drawn, interactive: false, radius: radius, fill: false, color: pen[0], weight: pen[1] }).addTo(clusters.ring);
    });
  }
  function pixels(metres, lat) {
    return metres / (40075016.686 * Math.cos(lat * Math.PI / 180) / Math.pow(2, map.getZoom() + 8));
  }

  /* rows: [code, label, word, lat, lon, anchor lat, anchor lon, radius px, style, is area unknown,
     extent (metres of a schematic circle, or rings of a boundary), half-width in metres, least distance
     from the anchor in px] */
  ccn.draw = function (group, data) {
    clusters = { group: group, ring: L.layerGroup(), tags: L.layerGroup(), items: [] };
    var leaders = L.layerGroup();
    data.rows.forEach(function (row, index) {
      var style = data.styles[row[8]], at = L.latLng(row[3], row[4]), anchor = L.latLng(row[5], row[6]);
      var look = { renderer: symbols, bubblingMouseEvents: false, color: style[1], fillColor: style[0], fillOpacity: 1, weight: 1.6, dashArray: row[9] ? "2.5 2.5" : style[2] || null };
      var dot = L.circleMarker(at, Object.assign({ radius: row[7] }, look)), extent = null;
      var isDrawn = Array.isArray(row[10]);
      if (row[10]) {
        var wide = Object.assign({}, look, { fillOpacity: 0.22, weight: isDrawn ? 2 : 1.4, dashArray: isDrawn ? null : "5 4" });
        extent = isDrawn ? L.polygon(row[10], wide) : L.circle(at, Object.assign({ radius: row[10] }, wide));
      }
      var item = { row: row, at: at, place: at, anchor: anchor, dot: dot, extent: extent, rank: index, isWide: false };
      if (at.distanceTo(anchor) > 5) {
        item.leader = L.polyline([anchor, at], { renderer: places, interactive: false, color: "#6B757D", weight: 1 }).addTo(leaders);
      }
      [dot, extent].forEach(function (layer) {
        if (!layer) return;
        layer.feature = { type: "Feature", properties: { code: row[0], click: 0 } };
        layer.on("click", function () {
          layer.feature.properties.click = clicks += 1;
          data.picked = row[0];
          mark(item);
          place();
          setTimeout(report, 0);
        });
        layer.on("mouseover", function () {
          var text = element("div");
          element("b", "", row[1], text);
          element("span", "", row[2], text);
          if (row[10] && !isDrawn) element("i", "", words.schematic, text);
          tip.setLatLng(item.at).setContent(text).options.offset = L.point(0, -dot.getRadius());
          tip.addTo(map);
        });
        layer.on("mouseout", function () { map.removeLayer(tip); });
      });
      clusters.items.push(item);
    });
    clusters.data = data;
    group.addLayer(leaders);
    for (var i = clusters.items.length - 1; i >= 0; i -= 1) group.addLayer(clusters.items[i].dot);
    group.addLayer(clusters.ring);
    group.addLayer(clusters.tags);
    legend(data);
    group.once("remove", function () { map.removeLayer(tip); });
    resize();
    setTimeout(place, 0);
  };
  /* A map as small as a phone shows the province at zoom 8: smaller symbols keep apart there. */
  function scaled(radius) {
    return Math.max(3.5, radius * Math.min(1, Math.max(0.6, Math.pow(2, (map.getZoom() - 9.5) * 0.5))));
  }
  /* Clusters of one commune stand around its point, at least so far apart that their symbols do not touch.
     The place follows from the zoom alone, so no filter or selection moves it. */
  function settle(item) {
    var least = scaled(item.row[12]);
    if (!item.leader || !item.row[12]) return;
    var from = map.project(item.anchor), way = map.project(item.place).subtract(from);
    var far = Math.sqrt(way.x * way.x + way.y * way.y);
    item.at = far >= least ? item.place : map.unproject(from.add(way.multiplyBy(least / far)));
    item.dot.setLatLng(item.at);
    item.leader.setLatLngs([item.anchor, item.at]);
  }
  /* From the zoom where the extent is larger than the symbol, the extent is drawn and the symbol small. */
  function resize() {
    if (!clusters) return;
    clusters.items.forEach(function (item) {
      settle(item);
      var isWide = !!item.extent && pixels(item.row[11], item.at.lat) > item.row[7] + 2;
      item.dot.setRadius(isWide ? 4.5 : scaled(item.row[7]));
      if (isWide !== item.isWide) {
        item.isWide = isWide;
        if (isWide) { clusters.group.addLayer(item.extent); item.extent.bringToBack(); }
        else clusters.group.removeLayer(item.extent);
      }
      if (item.row[0] === clusters.data.picked) mark(item);
    });
  }

  /* ---- labels ---------------------------------------------------------------------------------- */
  var pen = document.createElement("canvas").getContext("2d"), widths = {}, names = L.layerGroup().addTo(map);
  function width(text, font) {
    var key = font + text;
    if (!(key in widths)) {
      pen.font = font;
      widths[key] = Math.min(pen.measureText(text.slice(0, 60)).width, 170);
    }
    return widths[key];
  }
  var face = "'Source Sans', 'Source Sans Pro', 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
  function place() {
    var size = map.getSize(), taken = [], shown = 0, wanted = [];
    if (clusters) {
      clusters.tags.clearLayers();
      clusters.items.forEach(function (item) {
        var at = map.latLngToContainerPoint(item.at), r = item.dot.getRadius();
        if (at.x < 0 || at.y < 0 || at.x > size.x || at.y > size.y) return;
        var isPicked = item.row[0] === clusters.data.picked;
        taken.push([at.x - r, at.y - r, at.x + r, at.y + r, item]);
        wanted.push({ item: item, at: at, r: r + (isPicked ? 7 : 2), rank: isPicked ? -1 : item.rank, isPicked: isPicked });
      });
    }
    var edge = box.getBoundingClientRect();
    box.querySelectorAll(".leaflet-control").forEach(function (control) {
      var own = control.getBoundingClientRect();
      if (own.width) taken.push([own.left - edge.left, own.top - edge.top, own.right - edge.left, own.bottom - edge.top, null]);
    });
    wanted.sort(function (a, b) { return a.rank - b.rank; });
    function isFree(area, own) {
      if (area[0] < 0 || area[1] < 0 || area[2] > size.x || area[3] > size.y) return false;
      return taken.every(function (other) {
        return (own && other[4] === own) || area[2] < other[0] || area[0] > other[2] || area[3] < other[1] || area[1] > other[3];
      });
    }
    function write(text, cls, at, gap, font, layer, own, mustShow) {
      var w = width(text, font) + 6, h = 17;
      var spots = [
        [at.x + gap, at.y - h / 2], [at.x - gap - w, at.y - h / 2], [at.x - w / 2, at.y - gap - h], [at.x - w / 2, at.y + gap]
      ];
      var spot = spots.find(function (s) { return isFree([s[0], s[1], s[0] + w, s[1] + h], own); });
      if (!spot && mustShow) spot = spots[at.x + gap + w > size.x ? 1 : 0];
      if (!spot) return false;
      taken.push([spot[0], spot[1], spot[0] + w, spot[1] + h, null]);
      var tag = element("div", "ccn-label " + cls, text);
      tag.style.width = Math.ceil(w) + "px";
      L.marker(map.containerPointToLatLng(spot), {
        pane: "labels", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "", html: tag, iconSize: null, iconAnchor: [0, 0] })
      }).addTo(layer);
      return true;
    }
    wanted.forEach(function (want) {
      if (shown >= 40 && !want.isPicked) return;
      shown += write(want.item.row[1], want.isPicked ? "is-picked" : "", want.at, want.r + 2, "600 13px " + face, clusters.tags, want.item, want.isPicked);
    });
    names.clearLayers();
    var isNear = map.getZoom() >= 10;
    if (isNear !== map.hasLayer(communes)) isNear ? communes.addTo(map) : map.removeLayer(communes);
    if (!isNear) return;
    shown = 0;
    config.communes.forEach(function (commune) {
      var at = map.latLngToContainerPoint([commune[1], commune[2]]);
      if (shown >= 60 || at.x < 0 || at.y < 0 || at.x > size.x || at.y > size.y) return;
      shown += write(commune[0], "is-commune", at, 5, "400 12px " + face, names, null, false);
    });
  }
  map.on("zoomend", resize);
  map.on("zoomend moveend", place);
  if (document.fonts) document.fonts.ready.then(function () { widths = {}; place(); });

  /* ---- legend, shown in full screen and in print, where the page's own is out of sight ----------- */
  var Legend = L.Control.extend({
    options: { position: "topleft" },
    onAdd: function () { this.box = element("div", "ccn-legend"); return this.box; }
  });
  var key = new Legend().addTo(map);
  function legend(data) {
    key.box.textContent = "";
    element("b", "", data.title, key.box);
    data.styles.forEach(function (style) {
      var line = element("div", "", "", key.box), dot = element("i", "", "", line);
      dot.style.background = style[0];
      dot.style.border = "1.5px " + (style[2] ? "dashed " : "solid ") + style[1];
      element("span", "", style[3], line);
    });
    element("small", "", words.schematic_key, key.box);
  }
  place();
})
