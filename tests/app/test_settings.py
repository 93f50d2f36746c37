"""The settings file is read whole or refused by its entry."""

from pathlib import Path

import pytest

from lib.domain.errors import DataError
from lib.gate.policy import Access
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


def test_without_a_file_only_the_own_machine_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTINGS_VARIABLE, str(tmp_path / "none.toml"))
    access = settings().access
    assert (access.mode, access.anonymous, access.hosts, access.proxy_addresses) == ("accounts", "", (), ())


def test_who_gets_in_is_set_in_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        '[access]\nmode = "proxy"\nanonymous = "public"\nhosts = ["ccn.lan"]\n'
        'proxy_header = "Remote-User"\nproxy_addresses = ["10.0.0.2"]'
    )
    written(tmp_path, monkeypatch, text)
    assert settings().access == Access("proxy", "public", ("ccn.lan",), "Remote-User", ("10.0.0.2",))


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
        ("[access]\nmode = 'open'", "access.mode"),
        ("[access]\nanonymous = 'all'", "access.anonymous"),
        ("[access]\nhosts = 'ccn.lan'", "access.hosts"),
        ("[access]\nproxy_addresses = [1]", "access.proxy_addresses"),
        ("[access]\npassword = 'x'", "access.password"),
        ("[access]\nmode = 'oidc'", "access.oidc_issuer"),
        (
            "[access]\nmode = 'oidc'\noidc_issuer = 'https://x'\noidc_client = 'c'\noidc_redirect = 'https://y'",
            "access.oidc_domain",
        ),
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
