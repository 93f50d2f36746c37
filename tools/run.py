"""Start the dashboard: `make run`, or `py tools\\run.py` on Windows."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.setup_env import ROOT, ensure_environment, say

HOST = "127.0.0.1"


def command(python: Path, port: int, data: Path | None) -> list[str]:
    """The command line that serves the dashboard."""
    made = [
        str(python),
        "-m",
        "lib.serve",
        "--server.address",
        HOST,
        "--server.port",
        str(port),
    ]
    return [*made, "--", "--data", str(data)] if data else made


def main() -> int:
    """Set up what is missing, print the address, serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8501))
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("DATA") or None, help="folder laid over data/"
    )
    given = parser.parse_args()
    data = Path(given.data).expanduser().resolve() if given.data else None
    if data is not None and not data.is_dir():
        sys.exit(f"DATA: there is no folder {data}")
    serve = command(ensure_environment(), given.port, data)
    say(f"The dashboard is at http://{HOST}:{given.port}   (stop with Ctrl+C)")
    os.chdir(ROOT)
    if os.name == "posix":
        # The server takes this process's place, so that a signal reaches it and no one else.
        os.execv(serve[0], serve)
    try:
        return subprocess.run(serve, check=False).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
