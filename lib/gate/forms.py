"""The gate's own pages: sign in, first account, refusal. Plain HTML, no script, nothing from elsewhere."""

from __future__ import annotations

from html import escape

from lib.text import t

_STYLE = """
body{margin:0;background:#FCFCFA;color:#1B2730;font:16px/1.5 "Source Sans 3","Source Sans Pro",sans-serif}
main{max-width:24rem;margin:12vh auto 2rem;padding:0 1rem}
h1{font-size:1.4rem;margin:0 0 .25rem;color:#0B3C5D} p{margin:.25rem 0 1rem;color:#44535E}
form{background:#fff;border:1px solid #DFE5E8;border-radius:6px;padding:1.25rem}
label{display:block;margin:0 0 .9rem;font-weight:600}
input{display:block;box-sizing:border-box;width:100%;margin-top:.25rem;padding:.55rem .6rem;font:inherit;
font-weight:400;border:1px solid #8A99A3;border-radius:6px;background:#fff;color:inherit}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid #1F6A8C;outline-offset:2px}
button{width:100%;padding:.65rem;font:inherit;font-weight:600;color:#fff;background:#0B3C5D;border:0;
border-radius:6px;cursor:pointer} a{color:#1F6A8C}
.bad{color:#8A1C1C;background:#FBECEC;border:1px solid #E5B9B9;border-radius:6px;padding:.6rem .8rem}
"""


def page(lang: str, title: str, body: str) -> str:
    """A whole page; `body` is safe HTML."""
    name = escape(t(lang, "common.app.name"))
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} · {name}</title><style>{_STYLE}</style>"
        f"<main><h1>{escape(title)}</h1><p>{name}</p>{body}</main></html>"
    )


def problem(text: str) -> str:
    """What went wrong, read out at once by a screen reader; empty for nothing."""
    return f'<p class="bad" role="alert">{escape(text)}</p>' if text else ""


def _field(lang: str, key: str, name: str, kind: str, complete: str, value: str = "") -> str:
    return (
        f"<label>{escape(t(lang, f'gate.{key}'))}"
        f'<input name="{name}" type="{kind}" autocomplete="{complete}" value="{escape(value)}" required>'
        "</label>"
    )


def sign_in(lang: str, action: str, target: str, name: str = "", wrong: str = "") -> str:
    """The form for name and password."""
    fields = _field(lang, "name", "name", "text", "username", name) + _field(
        lang, "password", "password", "password", "current-password"
    )
    body = (
        f'{problem(wrong)}<form method="post" action="{escape(action)}">{fields}'
        f'<input type="hidden" name="next" value="{escape(target)}">'
        f"<button>{escape(t(lang, 'gate.sign_in'))}</button></form>"
    )
    return page(lang, t(lang, "gate.sign_in"), body)


def first_account(
    lang: str, action: str, code: str, name: str = "", full_name: str = "", wrong: str = ""
) -> str:
    """The form for the first steward."""
    fields = (
        _field(lang, "full_name", "full_name", "text", "name", full_name)
        + _field(lang, "name", "name", "text", "username", name)
        + _field(lang, "new_password", "password", "password", "new-password")
        + _field(lang, "again", "again", "password", "new-password")
    )
    body = (
        f"<p>{escape(t(lang, 'gate.first_why'))}</p>{problem(wrong)}"
        f'<form method="post" action="{escape(action)}">{fields}'
        f'<input type="hidden" name="ma" value="{escape(code)}">'
        f"<button>{escape(t(lang, 'gate.first_button'))}</button></form>"
    )
    return page(lang, t(lang, "gate.first"), body)


def refusal(lang: str, key: str) -> str:
    """A page that only tells why not."""
    return page(
        lang, t(lang, f"gate.refused.{key}.title"), f"<p>{escape(t(lang, f'gate.refused.{key}.text'))}</p>"
    )
