"""What the administrator set: the overlay folder, an optional tile source, and who gets in."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lib.domain.errors import DataError
from lib.gate.policy import ANONYMOUS, MODES, OIDC, Access

ROOT = Path(__file__).resolve().parents[2]
SETTINGS_VARIABLE = "CCN_SETTINGS"
_WEB = re.compile(r"https?://")
_OIDC_KEYS = ("oidc_issuer", "oidc_client", "oidc_redirect", "oidc_domain")
_KEYS = {
    "data": {"folder"},
    "tiles": {"url", "attribution"},
    "access": {"mode", "anonymous", "hosts", "proxy_header", "proxy_addresses", *_OIDC_KEYS},
}
_LISTS = {"access.hosts", "access.proxy_addresses"}
_CHOICES = {"access.mode": MODES, "access.anonymous": ("", *ANONYMOUS)}


@dataclass(frozen=True, slots=True)
class Settings:
    """
    `data_folder` is laid over the shipped data. `tile_url` is an XYZ template of an online or intranet tile
    source; empty means that the map asks nobody but this server. `access` says who gets in.
    """

    data_folder: Path | None = None
    tile_url: str = ""
    tile_attribution: str = ""
    access: Access = field(default_factory=Access)


def _file_settings(path: Path) -> dict[str, dict[str, Any]]:
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError("bad_toml", file=path.name, found=str(error)) from error
    for table, values in found.items():
        if table not in _KEYS:
            raise DataError("reports.bad_setting", file=path.name, field=table, found=values)
        if not isinstance(values, dict):
            raise DataError("reports.bad_setting", file=path.name, field=table, found=values)
        for key, value in values.items():
            name = f"{table}.{key}"
            is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
            is_right = is_list if name in _LISTS else isinstance(value, str)
            if key not in _KEYS[table] or not is_right or value not in _CHOICES.get(name, (value,)):
                raise DataError("reports.bad_setting", file=path.name, field=name, found=value)
    said = found.get("access", {})
    lacking = [key for key in _OIDC_KEYS if not said.get(key)] if said.get("mode") == OIDC else []
    if lacking:
        raise DataError("reports.bad_setting", file=path.name, field=f"access.{lacking[0]}", found="")
    url = found.get("tiles", {}).get("url", "")
    if url and not (_WEB.match(url) and all(part in url for part in ("{z}", "{x}", "{y}"))):
        raise DataError("reports.bad_setting", file=path.name, field="tiles.url", found=url)
    return found


@cache
def settings() -> Settings:
    """
    The settings of this server: `settings.toml` beside `app.py` (or the file `CCN_SETTINGS` names), with
    `--data FOLDER` on the command line above it.

    Raises
    ------
    DataError
        If the file is not TOML or holds an unknown key, or the folder does not exist.
    """
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--data", type=Path)
    given = parser.parse_known_args([word for word in sys.argv[1:] if word != "--"])[0].data
    path = Path(os.environ.get(SETTINGS_VARIABLE, ROOT / "settings.toml"))
    filed = _file_settings(path)
    folder = given or (Path(filed["data"]["folder"]) if filed.get("data", {}).get("folder") else None)
    if folder is not None and not folder.is_dir():
        raise DataError("no_folder", file=str(folder))
    tiles = filed.get("tiles", {})
    said: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in filed.get("access", {}).items()
    }
    return Settings(folder, tiles.get("url", ""), tiles.get("attribution", ""), Access(**said))
