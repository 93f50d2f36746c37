"""Leaflet, from its wheel to the folder that Streamlit serves: no foreign host, no foreign code in here."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"
LEAFLET_URL = "../../app/static/leaflet/"
"""Seen from the map's own page (`/component/streamlit_folium.st_folium/`), so it survives a base path."""
_WANTED = ("leaflet.js", "leaflet.css", "images")


def install_leaflet(target: Path = STATIC / "leaflet") -> Path:
    """
    Copy Leaflet from the wheel `django-js-lib-leaflet` to `target`, unless it is there already.

    Raises
    ------
    ModuleNotFoundError
        If the wheel is not installed.
    """
    source = files("js_lib_leaflet") / "static" / "js_lib_leaflet"
    with as_file(source) as folder:
        for name in _WANTED:
            found, wanted = folder / name, target / name
            if wanted.exists():
                continue
            target.mkdir(parents=True, exist_ok=True)
            if found.is_dir():
                shutil.copytree(found, wanted, dirs_exist_ok=True)
            else:
                shutil.copyfile(found, wanted)
    return target
