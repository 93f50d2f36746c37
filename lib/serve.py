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
from contextlib import suppress
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

from lib.domain.clock import today
from lib.domain.errors import DataError
from lib.render.assets import install_leaflet
from lib.ui import loaders

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
"""Not what registers a component (`lib.ui.cluster_map`): before the server runs that is lost."""


def _judge_today() -> None:
    """Today's findings, ready before the first visitor asks; wrong data is for the page to tell."""
    with suppress(DataError):
        loaders.view(today(), today())


def main() -> None:
    """Serve until stopped; the command line is Streamlit's, without `run app.py`."""
    os.chdir(ROOT)
    install_leaflet()
    PagesManager.uses_pages_directory = False
    for name in _IMPORTED_BY_PAGES:
        importlib.import_module(name)
    sys.argv = ["streamlit", "run", str(ROOT / "app.py"), *sys.argv[1:]]
    _judge_today()
    cli.main()


if __name__ == "__main__":
    main()
