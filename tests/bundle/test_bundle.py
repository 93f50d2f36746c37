"""The archive for machines without internet: what is in it, and that it installs and serves without one."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools import bundle

PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
PORT = 8674
"""Taken in a namespace of its own, so it never meets another server."""

pytestmark = pytest.mark.xdist_group("bundle")


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """How pip is called; skipped where no package index answers."""
    pip = [sys.executable, "-m", "pip", "--retries", "1", "--disable-pip-version-check"]
    target = str(tmp_path_factory.mktemp("probe"))
    probe = [*pip, "download", "--quiet", "--no-deps", "--timeout", "10", "--dest", target, "h11==0.16.0"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("NO PACKAGE INDEX ANSWERS: the bundle cannot be built, so it was not tried")
    return pip


@pytest.fixture(scope="session")
def archive(index: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The bundle for this machine and this Python, of the work tree as it is."""
    platform = bundle.this_platform()
    if platform not in bundle.PLATFORMS or PYTHON not in bundle.PYTHONS:
        pytest.skip(f"no bundle is made for {platform}, Python {PYTHON}")
    made = bundle.build(platform, [PYTHON], folder=tmp_path_factory.mktemp("dist"), with_new=True)
    yield made
    made.unlink()


def _names(archive: Path) -> list[str]:
    """Names below the one top folder."""
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
    assert {name.split("/")[0] for name in names} == {f"{bundle.NAME}-{bundle.version()}"}
    return [name.split("/", 1)[1] for name in names]


def _unpack(archive: Path, folder: Path) -> Path:
    """The top folder of the unpacked archive."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder / f"{bundle.NAME}-{bundle.version()}"


def test_the_archive_holds_what_a_user_needs_and_nothing_of_the_workshop(archive: Path) -> None:
    names = _names(archive)
    assert {
        "app.py", "start.sh", "start.bat", "install.py", "CAI-DAT.txt", "INSTALL.txt", "requirements.txt",
        "lib/serve.py", "data/tables/observations.csv", "static/leaflet/leaflet.js", "SHA256SUMS",
    } <= set(names)  # fmt: skip
    assert not [
        name for name in names if name.startswith(("tests/", "benchmarks/", ".ci/", "tools/", "var/"))
    ]
    assert ".streamlit/config.toml" in names
    assert "settings.toml" not in names


def test_every_file_has_its_checksum(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        top = opened.namelist()[0].split("/")[0]
        sums = dict(
            reversed(line.split("  ", 1)) for line in opened.read(f"{top}/SHA256SUMS").decode().splitlines()
        )
        assert set(sums) == set(_names(archive)) - {"SHA256SUMS"}
        for name, wanted in sums.items():
            assert hashlib.sha256(opened.read(f"{top}/{name}")).hexdigest() == wanted, name


def test_each_required_package_comes_as_one_wheel(archive: Path) -> None:
    from packaging.utils import canonicalize_name, parse_wheel_filename

    found = [
        parse_wheel_filename(name.removeprefix("wheels/"))
        for name in _names(archive)
        if name.startswith("wheels/")
    ]
    wanted = {
        canonicalize_name(line.split("[")[0].split("==")[0])
        for line in bundle.wanted_packages(bundle.this_platform(), PYTHON)
    }
    assert sorted(name for name, *_ in found) == sorted(wanted)


def test_the_same_files_give_the_same_archive(tmp_path: Path) -> None:
    contents: dict[str, Path | bytes] = {
        path.as_posix(): bundle.ROOT / path for path in bundle.delivered_files()
    }
    contents |= bundle.top_files("win_amd64", bundle.PYTHONS)
    made = [tmp_path / "first.zip", tmp_path / "second.zip"]
    for target, order in zip(made, (sorted(contents), sorted(contents, reverse=True)), strict=True):
        given = {name: contents[name] for name in order}
        bundle.write_archive(target, given, top="ccn", at=time.gmtime(1_764_000_000))
    assert made[0].read_bytes() == made[1].read_bytes()


def test_a_file_that_git_does_not_know_is_not_handed_out() -> None:
    stray = bundle.ROOT / "stray-secret.txt"
    stray.write_text("secret", "utf-8")
    try:
        assert Path(stray.name) not in bundle.delivered_files()
    finally:
        stray.unlink()


def test_markers_are_decided_for_the_other_platform_not_for_this_one() -> None:
    windows = bundle.wanted_packages("win_amd64", "3.12")
    linux = bundle.wanted_packages("linux_x86_64", "3.12")
    assert [line for line in windows if line not in linux] == ["colorama==0.4.6"]
    assert [line for line in linux if line not in windows] == []


@pytest.mark.parametrize("python", bundle.PYTHONS)
def test_windows_has_a_wheel_for_every_package(index: list[str], python: str) -> None:
    wanted = bundle.wanted_packages("win_amd64", python)
    tags = [word for tag in bundle.PLATFORMS["win_amd64"].tags for word in ("--platform", tag)]
    # Asks the index what it would take, without fetching 130 MB.
    how = ["--dry-run", "--no-deps", "--only-binary=:all:", "--implementation", "cp", "--target", "unused"]
    command = [
        *index,
        "install",
        "--quiet",
        *how,
        "--python-version",
        python,
        *tags,
        "--report",
        "-",
        *wanted,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = [item["download_info"]["url"] for item in json.loads(done.stdout)["install"]]
    assert len(found) == len(wanted)
    assert not [url for url in found if not url.endswith((f"{tags[1]}.whl", "any.whl"))]


def test_command_file_of_windows_is_plain_ascii_with_its_line_ends_and_quoted_paths() -> None:
    script = bundle.top_files("win_amd64", ["3.11", "3.12"])["start.bat"]
    text = script.decode("ascii")
    assert text.count("\n") == text.count("\r\n")
    assert "@" not in text.replace("@echo off", "", 1)
    for path in ("%~dp0", "%CCN_PYTHON%"):
        assert text.count(path) == text.count(f'"{path}"') > 0
    assert "in (3.11 3.12)" in text


def _namespace() -> list[str]:
    """The command that gives a program a network of its own; skipped where the system forbids it."""
    if not shutil.which("unshare"):
        pytest.skip("NO NETWORK NAMESPACE (unshare is missing): the bundle was not tried without a network")
    command = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-r", "-n"]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("NO NETWORK NAMESPACE PERMITTED HERE: the bundle was not tried without a network")
    return command


@pytest.fixture(scope="session")
def tried(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What happened when the archive was installed and served where no network is, from an awkward folder."""
    namespace = _namespace()
    folder = tmp_path_factory.mktemp("Cụm công nghiệp Hà Tĩnh (bản 1) & 'thử' $x")
    top = _unpack(archive, folder)
    home = folder / "home"
    home.mkdir()
    # Nothing of this machine helps: neither pip's settings nor its cache, nor the project's environment.
    base = Path(sys.base_prefix) / "bin" / f"python{PYTHON}"
    environment = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(home),
        "LANG": "C",
        "CCN_PYTHON": str(base),
    }
    command = [*namespace, str(base), str(Path(__file__).with_name("inside.py")), str(top), str(PORT)]
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    yield json.loads(done.stdout)
    shutil.rmtree(folder, ignore_errors=True)


def test_there_is_no_way_out_of_where_it_was_tried(tried: dict[str, Any]) -> None:
    assert tried["interfaces"] == ["lo"]
    assert tried["way_out"] == "ENETUNREACH"


def test_it_installs_without_a_network_into_a_folder_with_spaces_and_accents(tried: dict[str, Any]) -> None:
    assert tried["installed"]["code"] == 0, tried["installed"]["text"]


def test_it_serves_there(tried: dict[str, Any]) -> None:
    pages = tried["pages"]
    assert "error" not in pages, tried["log"]
    assert {path: page["status"] for path, page in pages.items()} == dict.fromkeys(pages, 200)
    assert "<!doctype html" in pages["/"]["text"].lower()
    assert pages["/_stcore/health"]["text"] == "ok"
    assert "Leaflet" in pages["/app/static/leaflet/leaflet.js"]["text"]


def test_the_first_start_says_how_to_make_the_first_account_and_fills_the_database(
    tried: dict[str, Any],
) -> None:
    assert f"http://127.0.0.1:{PORT}/" in tried["log"]
    assert "ma=" in tried["log"]
    assert tried["verified"]["code"] == 0, tried["verified"]["text"]


def test_a_damaged_wheel_is_not_installed(archive: Path, tmp_path: Path) -> None:
    top = _unpack(archive, tmp_path)
    wheel = next((top / "wheels").glob("h11-*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:-1])
    base = str(Path(sys.base_prefix) / "bin" / f"python{PYTHON}")
    command = [base, str(top / "install.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert wheel.name in done.stderr
    assert not (top / ".venv").exists()


def test_a_python_without_its_wheels_is_told_which_ones_fit(tmp_path: Path) -> None:
    for name, content in bundle.top_files("linux_x86_64", ["3.1"]).items():
        (tmp_path / name).write_bytes(content)
    environment = {**os.environ, "CCN_PYTHON": sys.executable}
    command = ["sh", str(tmp_path / "start.sh")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "A 64-bit Python 3.1 (with venv) is needed." in done.stdout


def test_the_shell_script_is_plain_posix() -> None:
    text = bundle.top_files("linux_x86_64", ["3.11"])["start.sh"].decode("utf-8")
    assert "\r" not in text
    done = subprocess.run(["sh", "-n"], input=text, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
