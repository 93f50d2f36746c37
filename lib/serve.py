"""
The server's entry: `python -m lib.serve [Streamlit options] [-- options of the app]`.

Starts the plain frame `app.py`. Two things have to happen before the first visitor comes: Streamlit must not
take the folder `pages/` for pages of its own (a first visitor by a deep link would read "Page not found"),
and what all pages import is loaded, so that nobody waits for it.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

from lib.render.assets import install_leaflet

ROOT = Path(__file__).resolve().parents[1]
_IMPORTED_BY_PAGES = (
    "lib.assess.profile",
    "lib.imports.boundaries",
    "lib.render.charts",
    "lib.render.maps",
    "lib.reports.layers",
    "lib.reports.request_sheet",
    "lib.store.rulebook",
)
"""Not `lib.ui`: a component that registers before the server runs is not found later."""


def main() -> None:
    """Serve until stopped; the command line is Streamlit's, without `run app.py`."""
    os.chdir(ROOT)
    install_leaflet()
    PagesManager.uses_pages_directory = False
    for name in _IMPORTED_BY_PAGES:
        importlib.import_module(name)
    sys.argv = ["streamlit", "run", str(ROOT / "app.py"), *sys.argv[1:]]
    cli.main()


if __name__ == "__main__":
    main()
