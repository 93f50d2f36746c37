"""The settings file is read whole or refused by its entry."""

from pathlib import Path

import pytest

from lib.domain.errors import DataError
from lib.text.errors import error_text
from lib.ui.settings import SETTINGS_VARIABLE, settings


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    settings.cache_clear()
    monkeypatch.setattr("sys.argv", ["app.py"])


def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, "utf-8")
    monkeypatch.setenv(SETTINGS_VARIABLE, str(path))


def test_without_a_file_the_map_asks_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTINGS_VARIABLE, str(tmp_path / "none.toml"))
    assert settings().tile_url == ""


def test_a_tile_source_and_a_folder_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiles = '[tiles]\nurl = "http://tiles.lan/{z}/{x}/{y}.png"'
    text = f'[data]\nfolder = "{tmp_path}"\n{tiles}'
    written(tmp_path, monkeypatch, text)
    assert settings().data_folder == tmp_path
    assert settings().tile_url.startswith("http://tiles.lan/")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("data = 1", "data"),
        ('data = "x"', "data"),
        ("[data]\nfolder = 3", "data.folder"),
        ("[dat]\nfolder = 'x'", "dat"),
        ("[tiles]\nurl = 'ftp://x/{z}/{x}/{y}'", "tiles.url"),
        ("[tiles]\nurl = 'https://x/1.png'", "tiles.url"),
        ("[tiles]\nadress = 'https://x'", "tiles.adress"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_entry(
    text: str, field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, monkeypatch, text)
    with pytest.raises(DataError) as caught:
        settings()
    assert caught.value.place["field"] == field
    assert field in error_text("vi", caught.value) and "settings.toml" in error_text("vi", caught.value)
