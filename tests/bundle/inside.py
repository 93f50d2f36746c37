"""
Run inside a network namespace of its own: nothing is reachable, the bundle is installed, served and asked.

`python inside.py FOLDER PORT` prints one JSON object. Standard library only: this Python is the one that a
bare machine has, not the project's.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_OUTSIDE = ("192.0.2.1", 443)
"""An address kept for documents (RFC 5737): nobody is there, even if a packet got out."""
_START_SECONDS = 60


def raise_loopback() -> None:
    """A new namespace has a loopback that is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        asked = struct.pack("16sH14s", b"lo", 0, b"")
        flags = struct.unpack("16sH14s", fcntl.ioctl(probe, _SIOCGIFFLAGS, asked))[1]
        fcntl.ioctl(probe, _SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", flags | _IFF_UP, b""))


def interfaces() -> list[str]:
    """Names of all network interfaces there are."""
    return [line.split(":")[0].strip() for line in Path("/proc/net/dev").read_text().splitlines()[2:]]


def way_out() -> str:
    """Why a connection outside fails; "" if it does not."""
    with socket.socket() as probe:
        probe.settimeout(5)
        try:
            probe.connect(_OUTSIDE)
        except OSError as error:
            return errno.errorcode.get(error.errno or 0, str(error))
    return ""


def ask(url: str) -> dict[str, object]:
    """Status and the beginning of what the server says."""
    request = urllib.request.Request(url, headers={"Accept": "text/html"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return {"status": answer.status, "text": answer.read(2000).decode("utf-8", "replace")}


def serve_and_ask(folder: Path, port: int) -> dict[str, object]:
    """Start the delivered script, ask what a browser asks first, and end it as the service manager would."""
    url = f"http://127.0.0.1:{port}"
    log = folder / "served.log"
    with log.open("wb") as sink:
        command = ["sh", str(folder / "start.sh"), "--server.port", str(port)]
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                ask(f"{url}/_stcore/health")
                break
            except OSError:
                time.sleep(0.2)
        pages = {path: ask(url + path) for path in ("/", "/_stcore/health", "/app/static/leaflet/leaflet.js")}
    except OSError as error:
        pages = {"error": {"status": 0, "text": str(error)}}
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return {"pages": pages, "log": log.read_text("utf-8", "replace")[-4000:]}


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    found: dict[str, object] = {"interfaces": interfaces()}
    if found["interfaces"] != ["lo"]:
        print(json.dumps(found))
        return
    raise_loopback()
    found["way_out"] = way_out()
    installed = subprocess.run(
        ["sh", str(folder / "start.sh"), "--install-only"], capture_output=True, text=True, check=False
    )
    found["installed"] = {"code": installed.returncode, "text": installed.stdout + installed.stderr}
    if installed.returncode == 0:
        found |= serve_and_ask(folder, port)
        python = str(folder / ".venv" / "bin" / "python")
        command = [python, "-m", "lib.cli", "verify", "--lang", "en"]
        verified = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        found["verified"] = {"code": verified.returncode, "text": verified.stdout + verified.stderr}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
