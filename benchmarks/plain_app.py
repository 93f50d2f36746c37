"""
The bare page to compare with: Streamlit and the plain folium map, everything in the map, as in the manuals.

`streamlit run plain_app.py -- clusters.geojson`; the file is made by compare.py from the very data that the
dashboard shows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import folium
import streamlit as st
from streamlit_folium import st_folium

# Leaflet from this server, as the dashboard has it: otherwise the network would be measured.
folium.Map.default_js = [("leaflet", "/app/static/leaflet/leaflet.js")]
folium.Map.default_css = [("leaflet_css", "/app/static/leaflet/leaflet.css")]


@st.cache_data
def clusters() -> dict[str, Any]:
    """The clusters as GeoJSON."""
    found: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    return found


st.set_page_config(layout="wide")
st.title("Cụm công nghiệp")
features = clusters()["features"]
classes = sorted({feature["properties"]["class"] for feature in features})
chosen = st.pills("Lọc", classes, selection_mode="multi", key="filter")
shown = [feature for feature in features if not chosen or feature["properties"]["class"] in chosen]
left, right = st.columns([7, 4])
with left:
    made = folium.Map([18.35, 105.8], zoom_start=9, tiles=None, prefer_canvas=True)
    folium.GeoJson(
        {"type": "FeatureCollection", "features": shown},
        style_function=lambda feature: {"fillColor": feature["properties"]["colour"], "weight": 1},
        tooltip=folium.GeoJsonTooltip(["name"]),
    ).add_to(made)
    clicked = (st_folium(made, height=560, use_container_width=True) or {}).get("last_active_drawing")
with right:
    if clicked:
        facts = clicked["properties"]
        st.html(f'<div class="ccn-card" data-code="{facts["code"]}"><b>{facts["name"]}</b></div>')
        st.table({"Mục": list(facts), "Giá trị": [str(value) for value in facts.values()]})
