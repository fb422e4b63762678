"""Cross-site protection, the headers that keep foreign code and frames out, and input that no database can hold."""

from collections.abc import Iterator
from datetime import timedelta

from flask import Flask, Response, abort, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from app.config import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_SHIFT = timedelta(hours=12)
LARGEST_ID = 2**31 - 1
csrf = CSRFProtect()


class Identity(IntegerConverter):
    """`<int:...>` in an address: a number that no row can have leads to nothing, not to the database."""

    def __init__(self, map: Map, *args: int, **rest: int) -> None:  # noqa: A002  (Werkzeug's name)
        super().__init__(map, *args, **{"max": LARGEST_ID, **rest})  # type: ignore[arg-type]


def install(app: Flask, settings: Settings) -> None:
    """Check every form's token, send the headers with every answer, and say what the session cookie is."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-tracker" if settings.secure_cookies else "tracker",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=A_SHIFT,
        SESSION_REFRESH_EACH_REQUEST=False,  # an answer that comes late must not bring an older session back
        WTF_CSRF_TIME_LIMIT=None,
    )
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.url_map.converters["int"] = Identity
    csrf.init_app(app)
    app.before_request(_refuse_nul)
    app.after_request(_protect)


def _refuse_nul() -> None:
    if any("\x00" in text for text in _texts()):
        abort(400)


def _texts() -> Iterator[str]:
    for values in (request.args, request.form):
        for name, value in values.items(multi=True):
            yield name
            yield value
    yield from (value for value in (request.view_args or {}).values() if isinstance(value, str))


def _protect(response: Response) -> Response:
    response.headers.update(HEADERS)
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
