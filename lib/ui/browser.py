"""
The few things that need a script in the page: copying a link, printing, and a list one can pick from.

The scripts are constants; data reaches the page as data and is written with `textContent` only, so no text
from a file can become markup here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from lib.text import t

_TOOLS_JS = """
export default function({ data, parentElement }) {
  document.documentElement.lang = data.lang;
  const box = parentElement.querySelector('.ccn-tools');
  const make = (tag, cls, text) => { const e = document.createElement(tag); e.className = cls; e.textContent = text; return e };
  const address = () => {
    const query = new URLSearchParams(data.query);
    for (const frame of document.querySelectorAll('iframe')) {
      const map = frame.contentWindow && frame.contentWindow.map;
      if (data.with_view && map && map.getCenter) {
        const c = map.getCenter();
        query.set('xem', [c.lat.toFixed(5), c.lng.toFixed(5), map.getZoom().toFixed(0)].join(','));
      }
    }
    return location.origin + location.pathname + '?' + query.toString();
  };
  box.replaceChildren();
  const copy = make('button', 'ccn-tool', data.copy), print = make('button', 'ccn-tool', data.print);
  const panel = make('span', 'ccn-copied', ''), field = make('input', 'ccn-field', '');
  copy.type = print.type = 'button';
  field.readOnly = true; field.setAttribute('aria-label', data.field); field.title = data.hint;
  const status = make('span', 'ccn-status', ''); status.setAttribute('role', 'status');
  panel.append(field, status); panel.hidden = true;
  field.onfocus = () => field.select();
  copy.onclick = async () => {
    panel.hidden = false; field.value = address(); field.focus(); field.select();
    let done = false;
    try { await navigator.clipboard.writeText(field.value); done = true } catch { done = document.execCommand('copy') }
    status.textContent = done ? data.copied : data.hint;
  };
  print.onclick = () => window.print();
  box.append(copy, print, panel);
}
"""
_TOOLS_CSS = """
.ccn-tools { display:flex; flex-wrap:wrap; gap:.4rem; align-items:center; justify-content:flex-end }
.ccn-tool { font:inherit; font-size:.9rem; color:var(--st-text-color); background:#fff; border:1px solid #C3CCD2;
  border-radius:6px; padding:.35rem .7rem; min-height:40px; cursor:pointer }
.ccn-tool:hover, .ccn-tool:focus-visible { border-color:#0B3C5D; outline:2px solid #0B3C5D33 }
.ccn-copied { display:flex; gap:.4rem; align-items:center; flex:1 1 100% }
.ccn-copied[hidden] { display:none }
.ccn-field { font:inherit; font-size:.85rem; flex:1; min-width:0; padding:.35rem .5rem; border:1px solid #C3CCD2; border-radius:6px; min-height:40px }
.ccn-status { font-size:.85rem; color:#55616B }
"""
_LIST_JS = """
export default function({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector('.ccn-list');
  const make = (tag, cls, text) => { const e = document.createElement(tag); if (cls) e.className = cls;
    if (text !== undefined && text !== null) e.textContent = text; return e };
  const shape = JSON.stringify([data.columns, data.rows, data.more]);
  if (host.dataset.shape !== shape) {
    const table = make('table', 'ccn-table ccn-pick'), head = make('thead'), body = make('tbody'), top = make('tr');
    table.append(make('caption', 'ccn-caption', data.caption));
    for (const c of data.columns) { const th = make('th', c.cls || '', c.label); th.scope = 'col'; top.append(th) }
    head.append(top);
    for (const row of data.rows) {
      const tr = make('tr'); tr.dataset.code = row.code;
      row.cells.forEach((cell, i) => {
        const td = make('td', data.columns[i].cls || '');
        if (cell.pick) { const b = make('button', 'ccn-name', cell.text); b.type = 'button'; td.append(b) }
        else {
          if (cell.style) { const d = make('span', 'ccn-dot'); d.style.background = cell.style[0];
            d.style.border = '1.5px ' + cell.style[2] + ' ' + cell.style[1]; d.setAttribute('aria-hidden', 'true'); td.append(d) }
          td.append(cell.text ?? '');
        }
        if (cell.bar) { const bar = make('span', 'ccn-interval'), i = make('i'); i.style.left = cell.bar[0] + '%';
          i.style.width = Math.max(cell.bar[1] - cell.bar[0], 2) + '%'; i.style.background = cell.bar[2]; i.style.borderColor = cell.bar[3];
          bar.append(i); td.append(bar) }
        if (cell.sub) td.append(make('small', 'soft', cell.sub));
        tr.append(td);
      });
      body.append(tr);
    }
    table.append(head, body); host.replaceChildren(table); host.dataset.shape = shape;
  }
  host.onclick = event => { const tr = event.target.closest('tr[data-code]');
    if (tr) setTriggerValue('picked', tr.dataset.code) };
  for (const tr of host.querySelectorAll('tr[data-code]')) {
    const on = tr.dataset.code === data.picked;
    tr.classList.toggle('on', on);
    const b = tr.querySelector('button'); if (b) b.setAttribute('aria-pressed', on ? 'true' : 'false');
  }
}
"""
_LIST_CSS = """
.ccn-list { max-height:var(--ccn-list-height, none); overflow:auto }
.ccn-pick tbody tr { cursor:pointer }
.ccn-pick tbody tr:hover { background:#F3F6F7 }
.ccn-pick tbody tr.on { background:#E4EDF2; box-shadow:inset 3px 0 #0B3C5D }
.ccn-pick .ccn-name { font:inherit; font-weight:600; color:inherit; background:none; border:0; padding:0; text-align:left; cursor:pointer; min-height:24px }
.ccn-pick small { display:block }
.ccn-caption { position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%) }
.ccn-interval { display:block; position:relative; height:8px; background:#E7EAEC; border-radius:4px; min-width:90px; margin:.35rem 0 }
.ccn-interval i { position:absolute; top:-2px; height:12px; border:1px solid; border-radius:6px; box-sizing:border-box }
.ccn-pick thead th { position:sticky; top:0; background:#FCFCFA; z-index:1 }
@media print { .ccn-list { max-height:none !important; overflow:visible } }
"""


@st.cache_resource(show_spinner=False)
def _tools() -> Callable[..., Any]:
    renderer: Callable[..., Any] = st.components.v2.component(
        "ccn_page_tools", html='<div class="ccn-tools"></div>', js=_TOOLS_JS, css=_TOOLS_CSS, isolate_styles=False
    )
    return renderer


@st.cache_resource(show_spinner=False)
def _pick_list() -> Callable[..., Any]:
    renderer: Callable[..., Any] = st.components.v2.component(
        "ccn_pick_list", html='<div class="ccn-list"></div>', js=_LIST_JS, css=_LIST_CSS, isolate_styles=False
    )
    return renderer


def page_tools(lang: str, query: Mapping[str, str], *, with_view: bool = False) -> None:
    """
    "Sao chép liên kết" and "In trang". `query` restores the page; with `with_view` the map's view is read
    when the button is pressed, so panning never reruns the page. Also sets the language of the document.
    """
    with st.container(key="page-tools"):
        _tools()(
            key="ccn_tools",
            data={
                "lang": lang, "query": dict(query), "with_view": with_view, "copy": t(lang, "common.link.copy"),
                "print": t(lang, "common.link.print"), "field": t(lang, "common.link.field"),
                "hint": t(lang, "common.link.select_hint"), "copied": t(lang, "common.link.copied"),
            },
        )


def pick_list(
    columns: Sequence[Mapping[str, str]],
    rows: Sequence[Mapping[str, object]],
    *,
    key: str,
    caption: str,
    picked: str | None,
    on_pick: Callable[[str], None],
) -> None:
    """
    A real table whose rows can be chosen with mouse or keyboard; prints whole.

    `columns`: `label` and optional `cls` ("num", "ccn-hide-phone"). A row has `code` and `cells`: each a
    mapping with `text`, and optional `pick` (the name that is the button), `sub` (small line below), `style`
    (fill, outline, border style of a dot before the text) and `bar` (from %, to %, fill, outline).
    `on_pick` is called with the code before the page reruns.
    """

    def changed() -> None:
        code = getattr(st.session_state.get(key), "picked", None)
        if code:
            on_pick(str(code))

    _pick_list()(
        key=key,
        data={"columns": list(columns), "rows": list(rows), "picked": picked or "", "caption": caption},
        on_picked_change=changed,
    )
