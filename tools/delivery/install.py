"""
Make `.venv` beside this file from the wheels in the archive, without asking any network.

`start.sh` and `start.bat` call it. Standard library only, and readable by any Python 3, so that a version
that does not fit gets a sentence instead of a syntax error. `--usable` only tells by the exit code whether
this Python fits.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
STAMP = VENV / "installed-bundle.txt"
SUMS = HERE / "SHA256SUMS"
NEEDED = ("wheels/", "requirements.txt")
"""Beginnings of the names without which nothing can be installed; a change elsewhere is only told."""


def say(vietnamese: str, english: str) -> None:
    """The same line in both languages, at once."""
    print(vietnamese + "\n" + english, flush=True)


def bundled_pythons() -> list[str]:
    """Versions of Python that the archive holds wheels for, such as `3.11`."""
    found = json.loads((HERE / "BUNDLE.json").read_text("utf-8"))["pythons"]
    return [str(version) for version in found]


def is_usable() -> bool:
    """Whether this Python is one of the bundled versions, in 64 bits, and can make environments."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return sys.maxsize > 2**32 and f"{sys.version_info[0]}.{sys.version_info[1]}" in bundled_pythons()


def venv_python() -> Path:
    """The interpreter inside `.venv`."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _sum(path: Path) -> str:
    sha = hashlib.sha256()
    with path.open("rb") as opened:
        for block in iter(lambda: opened.read(1 << 20), b""):
            sha.update(block)
    return sha.hexdigest()


def damaged_files() -> list[str]:
    """Names in `SHA256SUMS` that are missing here or hold something else."""
    found = []
    for line in SUMS.read_text("utf-8").splitlines():
        wanted, name = line.split("  ", 1)
        path = HERE / name
        if not path.is_file() or _sum(path) != wanted:
            found.append(name)
    return found


def _is_current(stamp: str) -> bool:
    """Whether `.venv` holds just these packages and still starts: after the folder moved it may not."""
    if not STAMP.is_file() or STAMP.read_text("utf-8") != stamp:
        return False
    try:
        return subprocess.run([str(venv_python()), "-c", ""], check=False).returncode == 0
    except OSError:
        return False


def install() -> None:
    """Check the archive, make the environment, install the wheels; leaves with a sentence when it cannot."""
    stamp = str(HERE) + "\n" + _sum(HERE / "requirements.txt")
    if _is_current(stamp):
        return
    changed = damaged_files()
    if any(name.startswith(NEEDED) for name in changed):
        say(
            "Gói cài đặt bị hỏng hoặc thiếu tệp; hãy giải nén lại:",
            "The archive is damaged; unpack it again:",
        )
        sys.exit("  " + "\n  ".join(changed))
    if changed:
        say("Các tệp đã khác với bản phát hành:", "Files that differ from the release:")
        print("  " + "\n  ".join(changed), flush=True)
    say("Đang cài đặt (một lần, không cần internet) …", "Installing (once, without internet) …")
    # No configuration of pip may lead to an index or to other versions.
    environment = {key: value for key, value in os.environ.items() if not key.upper().startswith("PIP_")}
    environment["PIP_CONFIG_FILE"] = os.devnull
    quiet = ["--isolated", "--quiet", "--no-input", "--disable-pip-version-check"]
    pip = [str(venv_python()), "-m", "pip", *quiet]
    wheels = ["install", "--no-index", "--no-deps", "--find-links", str(HERE / "wheels")]
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        [*pip, *wheels, "-r", str(HERE / "requirements.txt")],
        [*pip, "check"],
    ):
        if subprocess.run(command, env=environment, check=False).returncode:
            say("Không cài đặt được; xem thông báo phía trên.", "Not installed; see the message above.")
            sys.exit(1)
    STAMP.write_text(stamp, "utf-8")
    say("Đã cài đặt xong.", "Installed.")


def main() -> int:
    """Entry point; 0 when `.venv` is ready."""
    for stream in (sys.stdout, sys.stderr):
        # A console of Windows may lack Vietnamese letters; that must not end the installation.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    if "--usable" in sys.argv[1:]:
        return 0 if is_usable() else 1
    if not is_usable():
        versions = ", ".join(bundled_pythons())
        say(
            f"Cần Python 64 bit, phiên bản {versions} (có venv). Phiên bản này: {sys.version.split()[0]}.",
            f"A 64-bit Python {versions} (with venv) is needed. This is {sys.version.split()[0]}.",
        )
        return 1
    install()
    return 0


if __name__ == "__main__":
    sys.exit(main())
