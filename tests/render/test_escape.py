"""Texts from data stay texts, whatever they are written into."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.render.escape import map_text, markdown_text, plotly_text, script_json
from tests.render.nasty import NASTY


@pytest.mark.parametrize("text", NASTY)
def test_map_text_reads_back_and_holds_nothing_that_acts(text: str) -> None:
    escaped = map_text(text)
    assert html.unescape(escaped) == text
    assert not set(escaped) & set("<>\"'`${}\\")


@pytest.mark.parametrize("text", NASTY)
def test_plotly_text_reads_back_without_tags(text: str) -> None:
    assert html.unescape(plotly_text(text)) == text
    assert "<" not in plotly_text(text)


@given(st.text())
def test_script_json_is_the_same_value_without_anything_that_acts(text: str) -> None:
    literal = script_json({"name": [text, 1.5, None]})
    assert json.loads(literal) == {"name": [text, 1.5, None]}
    inside = "".join(re.findall(r'"(?:[^"\\]|\\.)*"', literal))
    assert not set(inside) & set("<>&'`$_{}%#/")
    assert literal.isascii()


@pytest.mark.parametrize(
    "text",
    [
        *NASTY, "# x", "*x*", "**x**", "[x](https://a.b)", "![x](https://a.b)", ":red[x]", "$x$",
        ":material/home:", "> x", "- x", "1. x", "| a |", "~~x~~", "    x",
    ],
)
def test_markdown_text_holds_no_sign_of_markdown(text: str) -> None:
    escaped = markdown_text(text)
    assert not re.search(r"[*_`\[\]()<>{}$:~|\\]", escaped.replace("&#", "").replace("#", ""))
    if "//" not in text:
        assert html.unescape(escaped) == text


def test_markdown_text_keeps_to_one_line() -> None:
    assert "\n" not in markdown_text("a\n\n# b")


@pytest.mark.parametrize(
    "text", ["https://a.vn", "www.a.vn", "a@b.vn", "->", "<-", "--", ">=", ":streamlit:"]
)
def test_what_streamlit_rewrites_after_parsing_is_joined_apart(text: str) -> None:
    shown = html.unescape(markdown_text(text))
    assert shown != text
    assert shown.replace("\u2060", "") == text
