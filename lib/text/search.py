"""Search that forgives missing diacritics, as people type Vietnamese names in a hurry."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_PREFIXES = ("cum cong nghiep ", "ccn ")


def fold(text: str) -> str:
    """Lower case without diacritics and doubled spaces: "Cổng Khánh" → "cong khanh"."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def _bare(folded: str) -> str:
    for prefix in _PREFIXES:
        folded = folded.removeprefix(prefix)
    return folded


def matches(query: str, names: Iterable[str]) -> bool:
    """Whether every word of `query` begins a word of one of `names`; "CCN" in front does not count."""
    wanted = _bare(fold(query)).split()
    if not wanted or fold(query) in ("ccn", "cum cong nghiep"):
        return True
    return any(
        all(any(word.startswith(part) for word in _bare(fold(name)).split()) for part in wanted)
        for name in names
    )
