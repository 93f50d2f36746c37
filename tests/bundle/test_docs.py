"""What the administrator's page names exists: commands, options, settings, variables, files."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lib import cli
from lib.ui import settings as settings_module
from tools.bundle import ROOT

PAGE = ROOT / "docs" / "administration.md"
DEPLOY = ROOT / "docs" / "deploy"
TEXT = PAGE.read_text("utf-8")
_COMMAND = re.compile(r"(?:ccn-cli|lib\.cli) ([a-z]+)(?: ([a-z]+))?([^\n`#]*)")
_SETTING = re.compile(r"`((?:access|data|tiles)\.[a-z_]+)`")
KNOWN_SETTINGS = {f"{table}.{key}" for table, keys in settings_module._KEYS.items() for key in keys}


def _help(*command: str) -> str:
    """What a command says of itself."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), pytest.raises(SystemExit) as ended:
        cli.main([*command, "--help"])
    assert ended.value.code == 0, command
    return said.getvalue()


def test_every_command_and_option_on_the_page_exists() -> None:
    known: dict[tuple[str, ...], str] = {}
    for name, action, rest in _COMMAND.findall(TEXT):
        command = (name, action) if name == "account" and action else (name,)
        known.setdefault(command, _help(*command))
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in known[command], f"{' '.join(command)} {option}"
    assert len(known) > 8


def test_every_command_of_the_program_is_on_the_page() -> None:
    words = re.search(r"\{([a-z,]+)\}", _help())
    assert words is not None
    said = {name for name, _, _ in _COMMAND.findall(TEXT)}
    assert set(words.group(1).split(",")) - said <= {"assess"}, (
        "a command that administrators need is missing"
    )


def test_settings_on_the_page_are_the_known_ones_and_all_of_them() -> None:
    assert set(_SETTING.findall(TEXT)) == KNOWN_SETTINGS


def test_variables_on_the_page_are_read_by_the_program_or_its_scripts() -> None:
    code = [*ROOT.glob("lib/**/*.py"), *ROOT.glob("tools/delivery/*")]
    program = "\n".join(path.read_text("utf-8") for path in code if path.is_file())
    named = set(re.findall(r"CCN_[A-Z_]+", TEXT + (DEPLOY / "environment").read_text("utf-8")))
    assert not {name for name in named if name not in program}


def test_files_on_the_page_exist() -> None:
    for name in re.findall(r"docs/deploy/([\w.-]+)", TEXT):
        assert (DEPLOY / name).is_file(), name
    for path in DEPLOY.iterdir():
        assert path.name in TEXT, f"{path.name} is told nowhere"


def test_links_within_the_page_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("#").strip().lower()).replace(" ", "-")
        for line in TEXT.splitlines()
        if line.startswith("#")
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) <= headings


def test_the_settings_file_for_the_service_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings_module.SETTINGS_VARIABLE, str(DEPLOY / "settings.toml"))
    monkeypatch.setattr(sys, "argv", ["serve"])
    read = settings_module.settings.__wrapped__()
    assert read.access.hosts == ("ccn.example.vn",)
    assert read.access.visitor_level("ccn.example.vn", "127.0.0.1", is_forwarded=True) == "none"


def test_the_prefix_is_the_same_in_the_service_and_in_both_proxies() -> None:
    service = (DEPLOY / "ccn.service").read_text("utf-8")
    prefix = re.search(r"--server\.baseUrlPath (\S+)", service)
    port = re.search(r"--server\.port (\d+)", service)
    assert prefix and port
    assert f"location /{prefix.group(1)}/ {{" in (DEPLOY / "nginx.conf").read_text("utf-8")
    assert f"handle /{prefix.group(1)}/*" in (DEPLOY / "Caddyfile").read_text("utf-8")
    for name in ("nginx.conf", "Caddyfile"):
        assert f"127.0.0.1:{port.group(1)}" in (DEPLOY / name).read_text("utf-8")


def test_the_wrapper_carries_the_settings_to_the_command_line(tmp_path: Path) -> None:
    """Tried with the folders of the wrapper moved to a place of the test."""
    environment = tmp_path / "environment"
    environment.write_text(
        f'CCN_DATABASE_URL="sqlite:///{tmp_path}/its own.sqlite"\nCCN_LOG_FOLDER="{tmp_path}"\n', "utf-8"
    )
    current = tmp_path / "current"
    (current / ".venv" / "bin").mkdir(parents=True)
    (current / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (current / "lib").symlink_to(ROOT / "lib")
    (current / "data").symlink_to(ROOT / "data")
    text = (DEPLOY / "ccn-cli").read_text("utf-8")
    text = text.replace("/etc/ccn/environment", str(environment)).replace("/opt/ccn/current", str(current))
    path = os.pathsep.join(one for one in sys.path if one)
    done = subprocess.run(
        ["sh", "-s", "init", "--lang", "en"],
        input=text, env={"PATH": os.environ["PATH"], "PYTHONPATH": path},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "its own.sqlite").is_file()
    assert "command=init" in (tmp_path / "operations.log").read_text("utf-8")
