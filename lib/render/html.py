"""Small pieces of HTML for the pages; what they are given as cells is already safe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def paragraph(text: str, cls: str = "") -> str:
    """A paragraph of plain text, escaped."""
    return f'<p class="{cls}">{escape(text)}</p>' if cls else f"<p>{escape(text)}</p>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, classes: Sequence[str] = ()) -> str:
    """
    A real table, for reading and for print. `heads` are plain text, cells are safe HTML.

    `classes` gives each column its class ("num" for figures, "soft" for what is secondary).
    """
    marks = [f' class="{cls}"' if cls else "" for cls in classes] or [""] * 20
    top = "".join(f"<th scope='col'>{escape(head)}</th>" for head in heads)
    body = "".join(
        "<tr>" + "".join(f"<td{mark}>{cell}</td>" for cell, mark in zip(row, marks, strict=False)) + "</tr>"
        for row in rows
    )
    head = f"<thead><tr>{top}</tr></thead>" if heads else ""
    return f'<table class="ccn-table">{head}<tbody>{body}</tbody></table>'
