"""Plotly figures and small HTML charts: tables in, objects out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import plotly.graph_objects as go

from lib.domain.interval import Interval
from lib.domain.observation import Observation
from lib.render.palette import Style
from lib.text import interval_text, validity_text

ACCENT, SOFT, LINE = "#0B3C5D", "#55616B", "#DFE5E8"
_MARKS = ("circle", "square", "diamond", "triangle-up")
_COLOURS = (ACCENT, "#2A6F8A", "#8A5A00", SOFT)


def _layout(figure: go.Figure, lang: str, height: int) -> go.Figure:
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 13, "color": "#1B2730"},
        dragmode=False,
        separators=",." if lang == "vi" else ".,",
        hoverlabel={"align": "left"},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
    )
    figure.update_xaxes(gridcolor=LINE, linecolor=LINE, zeroline=False, automargin=True)
    figure.update_yaxes(gridcolor=LINE, linecolor=LINE, zeroline=False, automargin=True)
    return figure


def stacked_bar_html(counts: Sequence[tuple[Style, str, int]], alt: str) -> str:
    """A bar of classes with their words and counts below it; `counts` holds (style, word, count)."""
    shown = [(style, word, count) for style, word, count in counts if count]
    looks = [
        f"background:{one.fill};border:1.5px {'dashed' if one.dash else 'solid'} {one.outline}"
        for one, _, _ in shown
    ]
    parts = "".join(
        f'<i style="flex:{count};{look}"></i>' for look, (_, _, count) in zip(looks, shown, strict=True)
    )
    words = "".join(
        f'<span><span class="ccn-dot" style="{look}"></span>{escape(word)} <b>{count}</b></span>'
        for look, (_, word, count) in zip(looks, shown, strict=True)
    )
    return (
        f'<div class="ccn-bar" role="img" aria-label="{escape(alt)}">{parts}</div>'
        f'<div class="ccn-legend">{words}</div>'
    )


def _number_of(observation: Observation) -> Interval:
    assert isinstance(observation.value, Interval)
    return observation.value


def series(
    lang: str,
    lines: Mapping[str, Sequence[Observation]],
    legal_pct: Sequence[tuple[float, str]],
    height: int = 330,
) -> go.Figure:
    """
    Published percentages over time, one mark an observation.

    A mark stands at the last day it may describe; a thin bar shows the days it may describe, since most
    sources name no day. `lines` are observations by label, `legal_pct` horizontal lines (per cent, label).
    """
    figure = go.Figure()
    for place, (label, observations) in enumerate(lines.items()):
        ordered = sorted(observations, key=lambda one: one.valid_latest)
        colour = _COLOURS[place % len(_COLOURS)]
        figure.add_scatter(
            x=[one.valid_latest for one in ordered],
            y=[(_number_of(one).low + _number_of(one).high) / 2 for one in ordered],
            name=escape(label),
            mode="markers",
            marker={"size": 11, "symbol": _MARKS[place % len(_MARKS)], "color": colour},
            text=[
                f"{escape(label)}: {escape(interval_text(lang, _number_of(one)))} %"
                f"<br>{escape(validity_text(lang, one))}"
                for one in ordered
            ],
            hovertemplate="%{text}<extra></extra>",
        )
        for one in ordered:
            if one.valid_earliest and one.valid_earliest != one.valid_latest:
                middle = (_number_of(one).low + _number_of(one).high) / 2
                figure.add_scatter(
                    x=[one.valid_earliest, one.valid_latest],
                    y=[middle, middle],
                    mode="lines",
                    showlegend=False,
                    line={"color": colour, "width": 2, "dash": "dot"},
                    hoverinfo="skip",
                )
    for value, label in legal_pct:
        figure.add_hline(
            y=value,
            line={"color": SOFT, "width": 1, "dash": "dash"},
            annotation_text=escape(label),
            annotation_position="bottom left",
            annotation_font={"size": 11, "color": SOFT},
        )
    figure.update_yaxes(range=[0, 100], ticksuffix=" %")
    return _layout(figure, lang, height)


def occupancy_bars(
    lang: str, rows: Sequence[tuple[str, Interval, str]], height: int | None = None
) -> go.Figure:
    """Published occupancy of clusters: (name, per cent, when and by whom); the uncertain part is hollow."""
    ordered = sorted(rows, key=lambda row: row[1].low)
    names = [escape(name) for name, _, _ in ordered]
    words = [escape(f"{interval_text(lang, value)} %") for _, value, _ in ordered]
    figure = go.Figure(
        [
            go.Bar(
                x=[value.low for _, value, _ in ordered],
                y=names,
                orientation="h",
                marker={"color": "#D6E2E8", "line": {"color": ACCENT, "width": 1.2}},
                text=words,
                textposition="none",
                customdata=[escape(when) for _, _, when in ordered],
                hovertemplate="%{y}: %{text}<br>%{customdata}<extra></extra>",
            ),
            go.Bar(
                x=[value.high - value.low for _, value, _ in ordered],
                y=names,
                orientation="h",
                marker={"color": "#FFFFFF", "line": {"color": ACCENT, "width": 1.2}},
                hoverinfo="skip",
            ),
            go.Scatter(
                x=[value.high + 2 for _, value, _ in ordered],
                y=names,
                mode="text",
                text=words,
                textposition="middle right",
                hoverinfo="skip",
            ),
        ]
    )
    figure.update_layout(barmode="stack", showlegend=False)
    figure.update_xaxes(range=[0, 130], tickvals=[0, 25, 50, 75, 100], ticksuffix=" %")
    return _layout(figure, lang, height or 70 + 42 * max(len(ordered), 1))
