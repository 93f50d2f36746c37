"""The import arrows, and what may lie where: what keeps every part small enough to change alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("store", "imports", "assess", "render", "reports")
OURS = ("lib", "geo", "pages", "app", "tools", "tests", "benchmarks")
IGNORED_FOLDERS = {
    ".git",
    ".venv",
    "static",
    "var",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    "node_modules",
}
BELOW = {
    "lib.domain": (),
    "lib.text": ("lib.domain",),
    "geo": ("lib.domain",),
    **{f"lib.{room}": ("geo", "lib.text", "lib.domain") for room in ROOMS},
    "lib.gate": ("lib.store", "lib.text", "lib.domain"),
    "lib.cli_commands": (*(f"lib.{room}" for room in ROOMS), "geo", "lib.text", "lib.domain"),
    "lib.ui": (*(f"lib.{room}" for room in ROOMS), "lib.gate", "geo", "lib.text", "lib.domain"),
}
"""What each part may import of this project, besides itself."""
STREAMLIT_ONLY_IN = ("app.py", "pages/", "lib/ui/", "lib/serve.py")
"""Where Streamlit, and the component that is written on it, may be imported."""


def _module(path: Path) -> str:
    """Dotted name of a file of the project."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def _imports(path: Path) -> tuple[tuple[int, str], ...]:
    """Line and dotted name of everything a file imports, inside functions and type checks as well."""
    found: list[tuple[int, str]] = []
    package = _module(path).split(".") if path.stem == "__init__" else _module(path).split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            found += [(node.lineno, f"{stem}.{alias.name}") for alias in node.names]
    return tuple(found)


def _python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        place = ROOT / folder
        yield from sorted([place] if place.is_file() else place.rglob("*.py"))


def _inside(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def _written_files() -> Iterator[Path]:
    """Every file of the repository that someone wrote."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not IGNORED_FOLDERS.intersection(parts):
            yield path


@pytest.mark.parametrize("part", BELOW)
def test_a_part_imports_only_what_lies_below_it(part: str) -> None:
    allowed = (part, *BELOW[part])
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in _python_files(part.replace(".", "/"))
        for line, name in _imports(path)
        if _inside(name, *OURS) and not _inside(name, *allowed)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_folder_of_lib_has_its_place_in_the_arrows() -> None:
    folders = {f"lib.{path.name}" for path in (ROOT / "lib").iterdir() if any(path.glob("*.py"))}
    assert folders <= set(BELOW)


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_do_not_know_one_another(room: str) -> None:
    others = [f"lib.{other}" for other in ROOMS if other != room]
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in _python_files(f"lib/{room}")
        for line, name in _imports(path)
        if _inside(name, *others)
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_imports_pages_tests_tools_or_benchmarks() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in _python_files("app.py", "pages", "lib", "geo")
        for line, name in _imports(path)
        if _inside(name, "app", "pages", "tests", "tools", "benchmarks")
    ]
    assert not wrong, "\n".join(wrong)


def test_streamlit_is_imported_in_the_screens_only() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in _python_files("app.py", "pages", "lib", "geo", "tools")
        for line, name in _imports(path)
        if _inside(name, "streamlit", "streamlit_folium")
        and not path.relative_to(ROOT).as_posix().startswith(STREAMLIT_ONLY_IN)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_command_line_runs_without_the_screens() -> None:
    names = [name for _, name in _imports(ROOT / "lib" / "cli.py")]
    assert not [name for name in names if _inside(name, "lib.ui", "streamlit", "pages")]


def test_data_holds_no_python() -> None:
    wrong = [path.relative_to(ROOT).as_posix() for path in (ROOT / "data").rglob("*.py*")]
    assert not wrong


def test_no_file_names_a_folder_of_somebody_s_machine() -> None:
    # Put together here, so that this file does not name one itself.
    folders = "|".join(["work", "home", "root", "farm", "Users", "opt/pypi"])
    pattern = re.compile(rf"(?<![\w.:/~-])(?:[A-Za-z]:)?[/\\](?:{folders})[/\\]\w")
    wrong = []
    for path in _written_files():
        try:
            lines = path.read_text("utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        wrong += [
            f"{path.relative_to(ROOT)}:{number}: {line[:120]}"
            for number, line in enumerate(lines, start=1)
            if pattern.search(line)
        ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("source", "imported"),
    [
        ("import lib.store.files", "lib.store.files"),
        ("from lib import store", "lib.store"),
        ("from lib.store import files", "lib.store.files"),
        ("def f():\n    from lib.store.files import SHIPPED", "lib.store.files.SHIPPED"),
    ],
)
def test_every_way_of_importing_is_seen(
    source: str, imported: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    file = tmp_path / "module.py"
    file.write_text(source, "utf-8")
    assert [name for _, name in _imports(file)] == [imported]
