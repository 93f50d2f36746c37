"""Files that are really on the disk, and what it means when they cannot be."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

_PROBLEMS = {
    errno.ENOSPC: "store.full",
    errno.EDQUOT: "store.full",
    errno.EFBIG: "store.full",
    errno.EROFS: "store.read_only",
    errno.EACCES: "store.read_only",
    errno.EPERM: "store.read_only",
}


def disk_problem(error: OSError) -> str:
    """Which message tells a reader that a file could not be written: full, read only, or gone."""
    return _PROBLEMS.get(error.errno or 0, "store.gone")


def settle(path: Path) -> None:
    """Have the content of a file on the disk, not only in the memory of the system."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def settle_folder(folder: Path) -> None:
    """Have new names in a folder on the disk as well; Windows does it by itself and opens no folders."""
    with suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
