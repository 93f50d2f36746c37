"""Text from data, made harmless for each place it is written to: one function each."""

from __future__ import annotations

import html
import json
import re
import unicodedata

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@=\"'/])")
# What Streamlit replaces after parsing, where no escape reaches: addresses, arrows and signs, its own logo.
_REPLACED = re.compile(r"(?i)https?(?=://)|www(?=\.)|@(?=\S)|:(?=streamlit:)|[-<](?=[-=>])|[>~](?==)")
_JOINER = "\u2060"
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_JS_SPECIAL = re.compile(r"[<>&'`$_{}%#/]")


def map_text(text: object) -> str:
    """Text for the HTML of a map: inert as HTML, in a JavaScript template literal and in a Jinja template."""
    escaped = html.escape(str(text), quote=True).replace("\\", "&#92;").replace("`", "&#96;")
    return escaped.replace("$", "&#36;").replace("{", "&#123;").replace("}", "&#125;")


def markdown_text(text: object) -> str:
    """
    Text for Streamlit's Markdown: shown as typed, never a link, heading, colour, icon, formula or list.

    Line breaks and control characters become spaces, so that a text cannot start a block of its own. Within
    an address or an arrow an invisible word joiner keeps Streamlit from rewriting it; other texts read back
    as they are.
    """
    flat = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in str(text))
    flat = _REPLACED.sub(lambda found: found.group() + _JOINER, flat)
    return _MARKDOWN.sub(lambda found: f"&#{ord(found.group())};", flat)


def plotly_text(text: object) -> str:
    """Text for a chart: plotly reads a small HTML in titles, labels and categories."""
    return html.escape(str(text), quote=True)


def script_json(value: object) -> str:
    """
    A JavaScript literal of `value` for a map's script.

    Strings come out as the same text, but without any character that HTML, Jinja or the renaming of
    streamlit-folium would act upon.
    """
    dumped = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return _STRING.sub(
        lambda found: _JS_SPECIAL.sub(lambda c: f"\\u{ord(c.group()):04x}", found.group()), dumped
    )
