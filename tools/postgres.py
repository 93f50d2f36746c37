"""
A private PostgreSQL with PostGIS for the tests: found or installed, started on a free port, removed after.

Standard library only. Nothing of a server that already runs on the machine is touched: the cluster has its
own folder, port and socket, listens on 127.0.0.1 alone and trusts whoever connects from there.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.setup_env import apt_install, is_debian, say

POSTGRES_VARIABLE = "CCN_TEST_POSTGRES"
"""Environment variable with the address of the server on which tests may make and drop databases."""
ADMIN = "postgres"
_DEBIAN_FOLDER = Path("/usr/lib/postgresql")
_DEBIAN_PACKAGE = "postgresql-postgis"
"""Brings the PostgreSQL of the Debian release and the PostGIS that fits it."""
_PROCESSES = Path("/proc")
_START_S = 60
_UNPRIVILEGED = ("postgres", "nobody")
"""Who the server runs as when the tests run as root, which PostgreSQL refuses."""

FAST: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests that only ask what the database answers."""
SAFE: Mapping[str, str] = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""As people run it: for tests that ask what a crash leaves behind."""


def find_postgres() -> Path | None:
    """The folder with `initdb` and `pg_ctl` of the newest PostgreSQL that has PostGIS, or None."""
    folders = sorted(_DEBIAN_FOLDER.glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((folder for folder in folders if _is_complete(folder)), None)


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", folder.parent.name))


def _is_complete(folder: Path) -> bool:
    names = ("initdb", "pg_ctl", "postgres", "pg_config")
    programs = [shutil.which(name, path=str(folder)) for name in names]
    if not all(programs):
        return False
    asked = subprocess.run([str(programs[-1]), "--sharedir"], capture_output=True, text=True, check=False)
    return (Path(asked.stdout.strip()) / "extension" / "postgis.control").is_file()


def ensure_postgres() -> Path | None:
    """
    Find PostgreSQL with PostGIS, or install it on Debian; None, with a loud message, where neither works.

    Installing needs root or a sudo without password. The service that Debian sets up is not used.
    """
    found = find_postgres()
    if found is None and is_debian() and apt_install("PostgreSQL with PostGIS", _DEBIAN_PACKAGE):
        found = find_postgres()
    if found is None:
        line = "!" * 78
        say(
            f"{line}\nNo PostgreSQL with PostGIS was found and none could be installed: the tests on it\n"
            "cannot run. Install both (on Debian: apt install postgresql-postgis), or name a server\n"
            f"on which tests may make databases: {POSTGRES_VARIABLE}=postgresql://user@host:port/postgres\n{line}"
        )
    return found


def _children(process: int) -> list[int]:
    """The processes another one started, where the system lists them as Linux does."""
    listed = (int(folder.name) for folder in _PROCESSES.glob("[0-9]*"))
    return [number for number in listed if _status(number)[1:2] == [str(process)]]


def _status(process: int) -> list[str]:
    """What Linux says of a process after its name: state, parent …; nothing when there is none."""
    try:
        return (_PROCESSES / str(process) / "stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """
    One PostgreSQL server with its own data, on 127.0.0.1.

    Parameters
    ----------
    binaries
        Folder of `initdb` and `pg_ctl`.
    settings
        What goes into postgresql.conf besides the address: `FAST` or `SAFE`.
    """

    def __init__(self, binaries: Path, settings: Mapping[str, str] = FAST) -> None:
        self.binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="ccn-pg-"))
        self.data = self.folder / "data"
        self.port = _free_port()
        self.user = self._unprivileged_user()
        if self.user:
            shutil.chown(self.folder, self.user)
        self.settings = settings

    def _create(self) -> None:
        kind = ("-U", ADMIN, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self._run("initdb", "-D", str(self.data), *kind)
        sockets = "" if os.name == "nt" else self.folder.as_posix()
        lines = {
            "listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": sockets,
            "max_connections": "120", "shared_buffers": "64MB", "timezone": "UTC", **self.settings,
        }
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{key} = '{value}'\n" for key, value in lines.items())

    @staticmethod
    def _unprivileged_user() -> str | None:
        if not hasattr(os, "geteuid") or os.geteuid() != 0:
            return None
        import pwd

        names = {entry.pw_name for entry in pwd.getpwall()}
        return next((name for name in _UNPRIVILEGED if name in names), None)

    def url(self, database: str = ADMIN) -> str:
        """The address of one of its databases."""
        return f"postgresql://{ADMIN}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers; after a crash, also for what is left of it to go."""
        if not self.data.is_dir():
            self._create()
        arguments = ("-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-t", str(_START_S), "start")
        end = time.monotonic() + _START_S
        while True:
            try:
                return self._run("pg_ctl", *arguments)
            except subprocess.CalledProcessError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server in one of the three ways of `pg_ctl`: smart, fast or immediate."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def kill(self) -> None:
        """End all its processes at once, with no time to put anything in order."""
        server = self.process_id()
        processes = (server, *_children(server))
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if _PROCESSES.is_dir():
            while any(_status(process)[:1] not in (["Z"], []) for process in processes):
                time.sleep(0.005)
            # Where nobody collects the dead, PostgreSQL would take the one it finds noted here for alive.
            for note in (self.data / "postmaster.pid", *self.folder.glob(".s.PGSQL.*.lock")):
                note.unlink(missing_ok=True)

    def process_id(self) -> int:
        """The process of the server that starts all others."""
        return int((self.data / "postmaster.pid").read_text("utf-8").split()[0])

    def is_running(self) -> bool:
        return (self.data / "postmaster.pid").is_file()

    def remove(self) -> None:
        """Stop the server if it runs, and remove all of it."""
        if self.is_running():
            with suppress(subprocess.CalledProcessError):
                self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        """
        Run one of its programs as the user it belongs to.

        What it says goes to a file: the server keeps the output it was started with, a pipe would not end.
        """
        said = self.folder / f"{program}.txt"
        identity = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        with said.open("w", encoding="utf-8") as output:
            subprocess.run(
                [str(self.binaries / program), *arguments],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=True,
                env={**os.environ, "LC_ALL": "C"}, **identity,  # type: ignore[call-overload]
            )


@contextmanager
def running_cluster(binaries: Path, settings: Mapping[str, str] = FAST) -> Iterator[Cluster]:
    """A started cluster that is gone at the end, also after Ctrl+C or a polite kill."""
    before = signal.signal(signal.SIGTERM, _leave)
    cluster = Cluster(binaries, settings)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _leave(number: int, _: object) -> None:
    raise SystemExit(128 + number)
