"""The gate: an ASGI middleware that stands before pages, websocket, files, media, upload and measures."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lib.domain.account import SERVER, Account, Role
from lib.domain.errors import Refusal, Unavailable
from lib.gate import forms, passport
from lib.gate.identity import COOKIE, Sessions, passport_of
from lib.gate.oidc import NOTE_COOKIE, NOTE_S, Provider
from lib.gate.passport import NONE, Passport
from lib.gate.policy import PROXY, SESSION_S, Access, Throttle, safe_next
from lib.store.health import State, check
from lib.text import t
from lib.text.errors import refusal_text

SIGN_IN, SIGN_OUT, FIRST, HEALTH = "/dang-nhap", "/dang-xuat", "/bat-dau", "/suc-khoe"
RETURN = f"{SIGN_IN}/ve"
"""Where an OpenID provider sends readers back to."""
OWN_PATHS = (SIGN_IN, SIGN_OUT, FIRST, HEALTH, RETURN)
OPEN_PATHS = ("/_stcore/health",)
STEWARD_PATHS = ("/_stcore/metrics",)
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_UNWELL = frozenset({State.GONE, State.FULL, State.READ_ONLY})

_SIGNS_OF_A_PROXY = (
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
)
_LONGEST_FORM = 10_000
"""Bytes of a form of the gate."""

_log = logging.getLogger("ccn.access")


class Gate:
    """
    Lets through what the visitor may reach, and tells the pages who it is.

    Parameters
    ----------
    base
        The path prefix the server answers under, such as `/ccn`; empty for none.
    first_code
        The one-time code of the first account; it works while there is no account.
    provider
        Who signs readers in, in the mode oidc.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        sessions: Sessions,
        access: Access,
        base: str = "",
        first_code: str = "",
        provider: Provider | None = None,
    ) -> None:
        self.app = app
        self.sessions = sessions
        self.access = access
        self.base = base.rstrip("/")
        self.first_code = first_code
        self.provider = provider
        self.throttle = Throttle()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        path = self._path(scope["path"])
        refused = self._refused_by_origin(asked, scope)
        if refused is not None:
            await self._answer(scope, receive, send, refused)
            return
        if path in OWN_PATHS and scope["type"] == "http":
            response = await self._own_page(path, Request(scope, receive))
            await response(scope, receive, send)
            return
        account = await run_in_threadpool(self._account, asked)
        level = self._visitor_level(asked)
        if path not in OPEN_PATHS:
            if path in STEWARD_PATHS and not (account and account.is_steward):
                await self._answer(scope, receive, send, PlainTextResponse("403", 403))
                return
            is_writing = scope["type"] == "http" and scope["method"] not in _SAFE_METHODS
            if account is None and (level == NONE or is_writing):
                await self._answer(scope, receive, send, self._ask_to_sign_in(asked, scope))
                return
        known = Passport(passport_of(account) if account else "", level)
        await self.app(_with_passport(scope, known), receive, send)

    def _path(self, path: str) -> str:
        is_below = self.base and path.startswith(f"{self.base}/")
        return path[len(self.base) :] if is_below else path

    def _refused_by_origin(self, asked: HTTPConnection, scope: Scope) -> Response | None:
        """A host that is not ours, or a page of another origin that writes or listens in a reader's name."""
        host = asked.headers.get("host", "")
        if not self.access.knows_host(_name(host)):
            _log.warning("refused host=%r from=%s", host[:80], self._from(asked))
            return HTMLResponse(forms.refusal(_lang(asked), "host"), 400)
        origin = asked.headers.get("origin")
        is_reading = scope["type"] == "http" and scope["method"] in _SAFE_METHODS
        if origin is None or is_reading or _netloc(origin) in (host, *self.access.hosts):
            return None
        _log.warning("refused origin=%r from=%s path=%r", origin[:80], self._from(asked), scope["path"][:80])
        return HTMLResponse(forms.refusal(_lang(asked), "origin"), 403)

    def _account(self, asked: HTTPConnection) -> Account | None:
        if self.access.mode == PROXY:
            names = asked.headers.getlist(self.access.proxy_header)
            # Two of them: one may be the client's own.
            is_sure = len(names) == 1 and self._is_proxy(asked)
            return self.sessions.active(names[0]) if is_sure else None
        cookie = asked.cookies.get(COOKIE)
        return self.sessions.account_of_cookie(cookie) if cookie else None

    def _is_proxy(self, asked: HTTPConnection) -> bool:
        return _peer(asked) in self.access.proxy_addresses

    def _from(self, asked: HTTPConnection) -> str:
        """The client's address: what a proxy that we trust says, else the other end of the connection."""
        said = asked.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        return said[:60] if said and self._is_proxy(asked) else _peer(asked)

    def _visitor_level(self, asked: HTTPConnection) -> str:
        is_forwarded = any(name in asked.headers for name in _SIGNS_OF_A_PROXY)
        host = _name(asked.headers.get("host", ""))
        return self.access.visitor_level(host, _peer(asked), is_forwarded=is_forwarded)

    def _ask_to_sign_in(self, asked: HTTPConnection, scope: Scope) -> Response:
        is_page = scope["type"] == "http" and "text/html" in asked.headers.get("accept", "")
        if not is_page or scope["method"] not in _SAFE_METHODS:
            return PlainTextResponse(t(_lang(asked), "gate.need_account"), 401)
        if self.access.mode == PROXY:
            return HTMLResponse(forms.refusal(_lang(asked), "proxy"), 403)
        query = scope["query_string"].decode("latin-1")
        wanted = scope["path"] + (f"?{query}" if query else "")
        asking = urlencode({"next": wanted, "ngon-ngu": _lang(asked)})
        return RedirectResponse(f"{self.base}{SIGN_IN}?{asking}", 303)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, response: Response) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4403})
        else:
            await response(scope, receive, send)

    async def _own_page(self, path: str, request: Request) -> Response:
        if path == HEALTH:
            health = await run_in_threadpool(check, self.sessions.accounts.database)
            return PlainTextResponse(health.state.value, 503 if health.state in _UNWELL else 200)
        if self.access.mode == PROXY:
            return HTMLResponse(forms.refusal(_lang(request), "proxy"), 404)
        pages = {SIGN_IN: self._sign_in, SIGN_OUT: self._sign_out, FIRST: self._first, RETURN: self._return}
        try:
            response = await pages[path](request)
        except (HTTPException, MultiPartException):
            response = HTMLResponse(forms.refusal(_lang(request), "form"), 400)
        except Refusal as error:
            lang = _lang(request)
            body = forms.problem(refusal_text(lang, error))
            status = 503 if isinstance(error, Unavailable) else 403
            response = HTMLResponse(forms.page(lang, t(lang, "gate.sign_in"), body), status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    async def _sign_in(self, request: Request) -> Response:
        lang = _lang(request)
        action = f"{self.base}{SIGN_IN}?ngon-ngu={lang}"
        if self.provider is not None:
            return await self._to_provider(request, self.provider)
        if request.method != "POST":
            target = safe_next(request.query_params.get("next", ""), self.base)
            return HTMLResponse(forms.sign_in(lang, action, target))
        given = await _fields(request)
        name, target = given.get("name", "").strip()[:60], safe_next(given.get("next", ""), self.base)
        wait_s = self.throttle.try_once(name, self._from(request))
        if wait_s:
            _log.warning("throttled name=%r from=%s", name, self._from(request))
            words = t(lang, "gate.wait", minutes=-(-wait_s // 60))
            return HTMLResponse(forms.sign_in(lang, action, target, name, words), 429)
        try:
            found = await run_in_threadpool(self.sessions.accounts.verify, name, given.get("password", ""))
        except Refusal as error:
            return HTMLResponse(forms.sign_in(lang, action, target, name, refusal_text(lang, error)), 503)
        if found is None:
            _log.warning("wrong password name=%r from=%s", name, self._from(request))
            return HTMLResponse(forms.sign_in(lang, action, target, name, t(lang, "gate.wrong")), 401)
        self.throttle.right(name, self._from(request))
        _log.info("signed in name=%s from=%s", found.name, self._from(request))
        return self._signed_in(request, found, target)

    async def _to_provider(self, request: Request, provider: Provider) -> Response:
        target = safe_next(request.query_params.get("next", ""), self.base)
        address, note = await run_in_threadpool(provider.begin, target)
        response = RedirectResponse(address, 303)
        response.set_cookie(
            NOTE_COOKIE, note, max_age=NOTE_S, path=f"{self.base}{RETURN}", httponly=True, samesite="lax",
            secure=self._is_secure(request),
        )
        return response

    async def _return(self, request: Request) -> Response:
        """The provider sends a reader back."""
        if self.provider is None:
            raise Refusal("gate.oidc")
        note = request.cookies.get(NOTE_COOKIE, "")
        name, target = await run_in_threadpool(self.provider.finish, note, dict(request.query_params))
        account = await run_in_threadpool(self.sessions.active, name)
        if account is None:
            _log.warning("no account for name=%r from=%s", name[:60], self._from(request))
            raise Refusal("gate.oidc")
        _log.info("signed in name=%s from=%s", account.name, self._from(request))
        response = self._signed_in(request, account, safe_next(target, self.base))
        response.delete_cookie(NOTE_COOKIE, path=f"{self.base}{RETURN}")
        return response

    def _is_secure(self, request: Request) -> bool:
        """Whether the reader came by TLS, ending here or at a proxy that we trust."""
        forwarded = request.headers.get("x-forwarded-proto") == "https" and self._is_proxy(request)
        return forwarded or request.url.scheme == "https" or self.access.oidc_redirect.startswith("https:")

    def _signed_in(self, request: Request, account: Account, target: str) -> Response:
        self.sessions.forget()
        response = RedirectResponse(target, 303)
        response.set_cookie(
            COOKIE,
            self.sessions.cookie(account),
            max_age=SESSION_S,
            path=f"{self.base}/",
            httponly=True,
            samesite="lax",
            secure=self._is_secure(request),
        )
        return response

    async def _sign_out(self, request: Request) -> Response:
        if request.method != "POST":
            return RedirectResponse(f"{self.base}/", 303)
        account = await run_in_threadpool(self._account, request)
        _log.info("signed out name=%s from=%s", account.name if account else "-", self._from(request))
        response = RedirectResponse(f"{self.base}/", 303)
        response.delete_cookie(COOKIE, path=f"{self.base}/")
        return response

    async def _first(self, request: Request) -> Response:
        lang = _lang(request)
        action = f"{self.base}{FIRST}?ngon-ngu={lang}"
        given = await _fields(request) if request.method == "POST" else dict(request.query_params)
        code = given.get("ma", "")
        is_right = bool(self.first_code) and secrets.compare_digest(code.encode(), self.first_code.encode())
        if not is_right or not await run_in_threadpool(self.sessions.accounts.is_empty):
            _log.warning("refused first account from=%s", self._from(request))
            return HTMLResponse(forms.refusal(lang, "first"), 404)
        if request.method != "POST":
            return HTMLResponse(forms.first_account(lang, action, code))
        name, full_name = given.get("name", "").strip(), given.get("full_name", "").strip()
        wrong = ""
        if given.get("password", "") != given.get("again", ""):
            wrong = t(lang, "gate.differ")
        else:
            try:
                account = Account(name, full_name, Role.STEWARD)
                await run_in_threadpool(
                    self.sessions.accounts.add, SERVER, account, given.get("password", ""), door="gate"
                )
            except Refusal as error:
                wrong = refusal_text(lang, error)
        if wrong:
            return HTMLResponse(forms.first_account(lang, action, code, name, full_name, wrong), 400)
        _log.info("first account name=%s from=%s", name, self._from(request))
        return self._signed_in(request, account, f"{self.base}/")


def _with_passport(scope: Scope, known: Passport) -> Scope:
    """The request with the gate's own headers in place of any that a client sent under their names."""
    kept = [(name, value) for name, value in scope["headers"] if not _is_ours(name)]
    return {**scope, "headers": kept + passport.headers(known)}


def _is_ours(name: bytes) -> bool:
    return name.lower().replace(b"_", b"-").startswith(passport.PREFIX.encode())


async def _fields(request: Request) -> Mapping[str, str]:
    """The texts of a form; files and what is too long are refused or left out."""
    size = request.headers.get("content-length", "")
    if not size.isdigit() or int(size) > _LONGEST_FORM:
        raise HTTPException(413)
    form = await request.form(max_files=0, max_fields=10)
    return {key: value for key, value in form.items() if isinstance(value, str) and len(value) <= 2_000}


def _peer(asked: HTTPConnection) -> str:
    return asked.client.host if asked.client else ""


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    if not host or any(sign in host for sign in "/\\@?# "):
        return ""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _netloc(origin: str) -> str:
    """Host and port of an origin; empty for what is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _lang(asked: HTTPConnection) -> str:
    return "en" if asked.query_params.get("ngon-ngu") == "en" else "vi"
