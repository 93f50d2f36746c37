"""
The project's own environment: `.venv`, its packages, Leaflet, and Chromium for the browser tests.

Used by `run.py` and `test.py`. Standard library only, and readable by any Python 3, so that a version that is
too old gets a sentence instead of a syntax error.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)
USER, DEV = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
CHROMIUM_VARIABLE = "CCN_CHROMIUM"
"""Environment variable that names the browser of the tests."""
_CHROMIUM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)


def say(text: str) -> None:
    """Write one line at once, also when the output goes to a file."""
    print(text, flush=True)


def venv_python() -> Path:
    """The interpreter inside `.venv`."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def check_python() -> None:
    """Leave with a sentence when this Python is too old or lacks what a virtual environment needs."""
    wanted = ".".join(str(part) for part in OLDEST_PYTHON)
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(
            f"Python {wanted} or newer is needed; this is {sys.version.split()[0]} ({sys.executable}).\n"
            f"Install a newer one and name it: make run PYTHON=python3.12   (Windows: py -3.12 tools\\run.py)"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        sys.exit(
            "This Python cannot make virtual environments. On Debian or Ubuntu: "
            f"sudo apt install python3-venv   (or python{version}-venv)"
        )


def _works(python: Path) -> bool:
    """Whether the interpreter starts, has pip and is new enough: a moved or half-made `.venv` does not."""
    test = f"import pip, sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        return subprocess.run([str(python), "-c", test], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _fingerprint(*files: Path) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def ensure_environment(*, dev: bool = False) -> Path:
    """
    Make `.venv` when absent, install the pinned packages when their list changed, put Leaflet in place.

    A stamp in `.venv` remembers the list that was installed last. Returns the environment's interpreter.
    """
    check_python()
    python = venv_python()
    if not _works(python):
        say(f"Making the virtual environment {VENV.name} …")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    lists = (USER, DEV) if dev else (USER,)
    stamp = VENV / f"installed-{lists[-1].stem}.txt"
    wanted = _fingerprint(*lists)
    if not stamp.is_file() or stamp.read_text("utf-8") != wanted:
        say(f"Installing the packages of {lists[-1].name} (once; needs a package index) …")
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        done = subprocess.run([*pip, "-r", str(lists[-1])], check=False)
        if done.returncode:
            sys.exit("The packages could not be installed; see pip's message above.")
        stamp.write_text(wanted, "utf-8")
        if dev:
            (VENV / f"installed-{USER.stem}.txt").write_text(_fingerprint(USER), "utf-8")
    install = "from lib.render.assets import install_leaflet; install_leaflet()"
    subprocess.run([str(python), "-c", install], cwd=ROOT, check=True)
    return python


def find_chromium() -> str | None:
    """
    A Chromium that the browser tests can drive, or None.

    Looked for in this order: the environment variable `CCN_CHROMIUM`, the usual names on the path, the one
    that Playwright keeps for itself (only seen from inside `.venv`).
    """
    named = os.environ.get(CHROMIUM_VARIABLE)
    if named:
        return named if Path(named).exists() else None
    for name in _CHROMIUM_NAMES:
        found = shutil.which(name)
        if found:
            return found
    return _playwright_chromium()


def _playwright_chromium() -> str | None:
    script = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    done = subprocess.run([str(venv_python()), "-c", script], capture_output=True, text=True, check=False)
    path = done.stdout.strip()
    return path if path and Path(path).exists() else None


def _root_prefix() -> list[str] | None:
    """What to put before a command that needs root: nothing for root, `sudo -n` where it asks no password."""
    if not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if (
        shutil.which("sudo")
        and subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0
    ):
        return sudo
    return None


def is_debian() -> bool:
    """Whether Debian's own packages can be taken."""
    release = Path("/etc/os-release")
    return release.is_file() and "\nID=debian" in "\n" + release.read_text("utf-8")


def apt_install(what: str, *packages: str) -> bool:
    """Install packages quietly with apt-get; False where that needs a right this user has not."""
    prefix = _root_prefix()
    if prefix is None or not shutil.which("apt-get"):
        return False
    say(f"Installing {what} with apt-get …")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    codes = [
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
        for command in ([*apt, "update"], install)
    ]
    return codes[-1] == 0


def ensure_chromium() -> str | None:
    """
    Find or install the browser of the tests; None, with a loud message, where neither works.

    On Debian its package is taken (with root or a sudo without password); elsewhere Playwright's download.
    """
    found = find_chromium()
    if found:
        return found
    if is_debian() and apt_install("Chromium", "chromium"):
        found = find_chromium()
        if found:
            return found
    say("Installing Chromium with Playwright …")
    command = [str(venv_python()), "-m", "playwright", "install", "chromium"]
    subprocess.run(command + (["--with-deps"] if _root_prefix() is not None else []), check=False)
    found = find_chromium()
    if found is None:
        line = "!" * 78
        say(
            f"{line}\nNo Chromium was found and none could be installed: the browser tests cannot run.\n"
            f"Install Chromium or Chrome, or name one with {CHROMIUM_VARIABLE}=/path/to/chrome\n{line}"
        )
    return found
