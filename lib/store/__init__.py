"""The records: read, checked, and answered as of a day and as known on a day."""

from lib.store.base import Store
from lib.store.files import SHIPPED, FileStore, boundary_files, fingerprint, open_store
from lib.store.select import Choice, select

__all__ = ["SHIPPED", "Choice", "FileStore", "Store", "boundary_files", "fingerprint", "open_store", "select"]
