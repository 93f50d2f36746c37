"""
One archive that installs on a machine without internet: `make bundle`, or `py tools\\bundle.py`.

It holds the wheels of `requirements.txt` for one platform, the code and data that git knows, Leaflet in
place, start scripts, and the checksum of each file. Equal commits and wheels give equal archives.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.setup_env import ROOT, USER, ensure_environment, say

NAME = "ccn-ha-tinh"
PYTHONS = ("3.11", "3.12", "3.13")
DELIVERY = ROOT / "tools" / "delivery"
NOT_DELIVERED = (
    ".ci/",
    ".gitignore",
    "Makefile",
    "benchmarks/",
    "docs/screenshots/",
    "requirements-dev.txt",
    "settings.toml",
    "tests/",
    "tools/",
)
"""Beginnings of paths that only developers need; and this server's own settings, which hold secrets."""
_EXECUTABLE = (".sh",)
_COMPRESSED = (".whl", ".zip", ".gpkg", ".png", ".woff2")
"""Packing these once more takes time and gains nothing."""


@dataclass(frozen=True, slots=True)
class Platform:
    """
    A kind of machine to install on.

    `tags` are the platforms of wheels that run there, `markers` what the requirements ask about it.
    """

    tags: tuple[str, ...]
    markers: Mapping[str, str]


PLATFORMS = {
    # glibc 2.28: Debian 10, Ubuntu 20.04, RHEL 8 and newer
    "linux_x86_64": Platform(
        (
            *(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)),
            *("manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "linux_x86_64"),
        ),
        {
            "sys_platform": "linux",
            "platform_system": "Linux",
            "os_name": "posix",
            "platform_machine": "x86_64",
        },
    ),
    "win_amd64": Platform(
        ("win_amd64",),
        {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
    ),
}


def this_platform() -> str:
    """The name in `PLATFORMS` that fits this machine, or the machine's own name when none does."""
    return sysconfig.get_platform().replace("-", "_")


def version() -> str:
    """The version in `pyproject.toml`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def delivered_files(*, with_new: bool = False) -> list[Path]:
    """
    Code, data and documents, relative to the root and sorted.

    Only what git knows: a stray file of the work tree is never handed out. `with_new` also takes files that
    are not yet added to git, for a trial before a commit.
    """
    known = _git("ls-files", "-z", *(("--cached", "--others", "--exclude-standard") if with_new else ()))
    names = (name for name in known.split("\0") if name and not name.startswith(NOT_DELIVERED))
    return sorted({Path(name) for name in names if (ROOT / name).is_file()}, key=Path.as_posix)


def wanted_packages(platform: str, python: str) -> list[str]:
    """Lines of `requirements.txt` that hold for the platform and the version of Python, markers decided."""
    from packaging.markers import default_environment
    from packaging.requirements import Requirement

    environment = {
        **{key: str(value) for key, value in default_environment().items()},
        **PLATFORMS[platform].markers,
        "python_version": python,
        "python_full_version": f"{python}.0",
    }
    found = []
    for line in USER.read_text("utf-8").splitlines():
        words = line.split(" #")[0].strip()
        if not words or words.startswith("#"):
            continue
        requirement = Requirement(words)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
            found.append(f"{requirement.name}{extras}{requirement.specifier}")
    return found


def fetch_wheels(target: Path, platform: str, pythons: Sequence[str]) -> list[Path]:
    """
    Download the wheels for each version of Python into `target`; those that fit several come once.

    Leaves with pip's message when a package has no wheel for the platform: nothing is built from source.
    """
    target.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    tags = [word for tag in PLATFORMS[platform].tags for word in ("--platform", tag)]
    for python in pythons:
        # All packages are pinned by name, so none needs to be looked for behind another.
        how = ["--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", python]
        command = [*pip, *how, *tags, "--dest", str(target), *wanted_packages(platform, python)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"Wheels for {platform}, Python {python}:\n{done.stderr.strip()}")
    return sorted(target.glob("*.whl"))


def _filled(template: Path, words: Mapping[str, str]) -> bytes:
    text = template.read_text("utf-8")
    for key, value in words.items():
        text = text.replace(f"@{key}@", value)
    # Command files and Notepad of Windows want carriage returns; a shell of Linux stumbles over them.
    ending = "\r\n" if template.suffix in (".bat", ".txt") else "\n"
    return text.replace("\n", ending).encode("utf-8")


def top_files(platform: str, pythons: Sequence[str]) -> dict[str, bytes]:
    """Start scripts, instructions and the archive's own record, by name."""
    words = {
        "VERSION": version(),
        "PLATFORM": platform,
        "PYTHONS": ", ".join(pythons),
        "PYTHONS_SPACED": " ".join(pythons),
        "NAMES": " ".join(f"python{one}" for one in pythons),
    }
    found = {
        path.name: _filled(path, words)
        for path in sorted(DELIVERY.iterdir())
        if path.is_file() and path.name != "__init__.py"
    }
    changed = bool(_git("status", "--porcelain").strip())
    record = {
        "version": version(),
        "commit": _git("rev-parse", "HEAD").strip() + (" with changes" if changed else ""),
        "platform": platform,
        "pythons": list(pythons),
    }
    found["BUNDLE.json"] = (json.dumps(record, indent=1) + "\n").encode()
    return found


def _leaflet(folder: Path) -> dict[str, Path]:
    """Leaflet as the server serves it, so that nothing is copied at the first start."""
    from lib.render.assets import install_leaflet

    target = install_leaflet(folder / "leaflet")
    files = (path for path in target.rglob("*") if path.is_file())
    return {f"static/leaflet/{path.relative_to(target).as_posix()}": path for path in files}


def write_archive(
    target: Path, contents: Mapping[str, Path | bytes], *, top: str, at: time.struct_time
) -> None:
    """Write `contents` and their checksums below the folder `top`, sorted, with one time for all files."""
    sums = []
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(".part")
    with zipfile.ZipFile(half, "w") as archive:

        def add(name: str, content: bytes) -> None:
            entry = zipfile.ZipInfo(
                f"{top}/{name}", (at.tm_year, at.tm_mon, at.tm_mday, at.tm_hour, at.tm_min, 0)
            )
            entry.create_system = 3
            entry.external_attr = (0o100755 if name.endswith(_EXECUTABLE) else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(_COMPRESSED) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)

        for name in sorted(contents):
            source = contents[name]
            content = source if isinstance(source, bytes) else source.read_bytes()
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
            add(name, content)
        add("SHA256SUMS", "".join(sums).encode("utf-8"))
    half.replace(target)


def build(platform: str, pythons: Sequence[str], *, folder: Path, with_new: bool = False) -> Path:
    """Build the archive in `folder`; returns its path."""
    with tempfile.TemporaryDirectory(prefix="ccn-bundle-") as scratch:
        found = fetch_wheels(Path(scratch) / "wheels", platform, pythons)
        contents: dict[str, Path | bytes] = {
            path.as_posix(): ROOT / path for path in delivered_files(with_new=with_new)
        }
        contents |= _leaflet(Path(scratch))
        contents |= {f"wheels/{path.name}": path for path in found}
        contents |= top_files(platform, pythons)
        name = f"{NAME}-{version()}"
        target = folder / f"{name}-{platform}.zip"
        moment = int(os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct"))
        write_archive(target, contents, top=name, at=time.gmtime(moment))
    return target


def _arguments(given: Iterable[str] | None = None) -> argparse.Namespace:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--platform", choices=sorted(PLATFORMS), default=os.environ.get("PLATFORM") or None)
    parser.add_argument(
        "--python", action="append", choices=PYTHONS, help="may be repeated; without it all of them"
    )
    parser.add_argument("--folder", type=Path, default=ROOT / "dist", help="where the archive goes")
    parser.add_argument("--with-new", action="store_true", help="also files not yet added to git")
    return parser.parse_args(list(given) if given is not None else None)


def main() -> int:
    """Build one archive and say where it is."""
    given = _arguments()
    python = ensure_environment()
    if Path(sys.prefix).resolve() != python.parents[1].resolve():
        # The rest needs packages of the environment.
        return subprocess.run([str(python), __file__, *sys.argv[1:]], check=False).returncode
    platform = given.platform or this_platform()
    if platform not in PLATFORMS:
        sys.exit(f"No bundle for {platform}; choose with --platform: {', '.join(sorted(PLATFORMS))}")
    left_out = [line[3:] for line in _git("status", "--porcelain").splitlines() if line.startswith("??")]
    if left_out and not given.with_new:
        say(f"Left out, not known to git: {', '.join(left_out)}")
    pythons = tuple(one for one in PYTHONS if one in (given.python or PYTHONS))
    archive = build(platform, pythons, folder=given.folder, with_new=given.with_new)
    say(f"{archive}   {archive.stat().st_size / 2**20:.0f} MiB, {platform}, Python {', '.join(pythons)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
