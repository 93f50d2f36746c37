"""Messages by key, from the files of `lib/text/vi` and `lib/text/en`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("vi", "en")
_HERE = Path(__file__).parent


def _flatten(prefix: str, table: dict[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        path = f"{prefix}.{key}"
        if isinstance(value, dict):
            found |= _flatten(path, value)
        else:
            found[path] = str(value)
    return found


@cache
def messages(lang: str) -> dict[str, str]:
    """All messages of a language by key: file name, then the path in it (`errors.missing_source.what`)."""
    found: dict[str, str] = {}
    for path in sorted((_HERE / lang).glob("*.toml")):
        found |= _flatten(path.stem, tomllib.loads(path.read_text("utf-8")))
    return found


def has(lang: str, key: str) -> bool:
    """Whether there is a message of this key."""
    return key in messages(lang)


def t(lang: str, key: str, **values: object) -> str:
    """
    The message of `key` in `lang`, its `{placeholders}` filled from `values`.

    Raises
    ------
    KeyError
        If the key or a placeholder's value is missing: a mistake of the program, not of the data.
    """
    return messages(lang)[key].format_map(values) if values else messages(lang)[key]
