"""What a person sees when something cannot be done: one sentence, what was kept, and the way out."""

import logging
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app import schema
from app.db import is_busy
from app.values.errors import Missing, Refused, Stale
from app.values.figures import size
from app.web import work
from app.web.access import is_public, way_back
from app.web.kept import kept
from app.web.programs import problems

log = logging.getLogger(__name__)
CHUNK_BYTES = 1024 * 1024
MOST_DRAINED_BYTES = 2 * 1024 * CHUNK_BYTES


@dataclass(frozen=True)
class Said:
    """The words for one kind of failure."""

    heading: str
    sentence: str


SAID = {
    400: Said("That request was not understood.", "Nothing was changed. Go back and try again."),
    403: Said("This page is for other roles.", "Your roles do not include it. An administrator can add one."),
    404: Said("There is nothing at this address.", "It may have been moved or removed. Your home page leads on."),
    405: Said("This address cannot be used that way.", "Nothing was changed. Go back and use the page's own buttons."),
    500: Said(
        "Something went wrong on our side.", "Nothing of this request was saved. Try again; the log holds the details."
    ),
    503: Said("The database is busy.", "Nothing of this request was saved. Wait a few seconds and send it again."),
}
OUT_OF_RANGE = "A number or date in it is too large to be kept. Nothing was saved; correct it and send it again."
# After these the same form, corrected or not, may well go through.
WORTH_SENDING_AGAIN = frozenset({409, 422, 500, 503})


def install(app: Flask) -> None:
    """Answer every failure in words."""
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(401, _expired)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Missing, lambda error: _page(404, Said("There is nothing here.", str(error))))
    app.register_error_handler(Stale, lambda error: _page(409, Said("Somebody was faster.", str(error))))
    app.register_error_handler(Refused, lambda error: _page(422, Said("That cannot be done.", str(error))))
    app.register_error_handler(DataError, lambda _: _page(422, Said("That cannot be kept.", OUT_OF_RANGE)))
    app.register_error_handler(OverflowError, lambda _: _page(422, Said("That cannot be kept.", OUT_OF_RANGE)))
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _unexpected)


def _page(status: int, said: Said) -> ResponseReturnValue:
    if problems.are_wanted():
        return problems.of_failure(status, said.sentence if said is not SAID.get(status) else None)
    form = kept() if status in WORTH_SENDING_AGAIN else None
    return _render("failure.html", said=said, status=status, kept=form), status


def _render(template: str, **facts: Any) -> str:  # noqa: ANN401  (handed on to the template)
    """The page; where even that fails, because the database does, the same without the bar."""
    work.close_reading()
    try:
        return render_template(template, **facts)
    except SQLAlchemyError:
        log.exception("The frame of a failure page failed, the page is shown without it.")
        g.without_person = True
        return render_template(template, **facts)


def _expired(_error: Exception) -> ResponseReturnValue:
    """The session ended while a form was open: what was typed is shown again, to be sent after signing in.

    The token on that page belongs to the browser's session, which a sign-in in another tab keeps.
    """
    work.close_reading()
    is_open = is_public(request.endpoint) or current_user.is_authenticated
    form = kept()
    page = _render("expired.html", kept=form, is_open=is_open, onward=None if form else way_back())
    return page, 400 if is_open else 401


def _too_large(_error: Exception) -> ResponseReturnValue:
    limit = request.max_content_length or current_app.config["MAX_CONTENT_LENGTH"]
    if problems.are_wanted():
        _drain(request.content_length or 0)
        return problems.answer(413, f"A request holds {size(limit)} at most. Nothing was kept; send it in parts.")
    if (request.content_length or 0) <= limit:
        words = "The form holds more text than one form may. Nothing was saved. Go back and send it in parts."
        return _page(413, Said("That is too much for one form.", words))
    _drain(request.content_length or 0)
    words = (
        f"The limit of an upload is {size(limit)}. Nothing was saved. "
        "Send the file in parts, or have it imported on the server with flask contacts import."
    )
    return _page(413, Said("That file is too large.", words))


def _drain(announced_bytes: int) -> None:
    """Take the rest of the body: a browser that is cut off while it sends shows its own error, not this page."""
    left = min(announced_bytes, MOST_DRAINED_BYTES)
    body = request.environ["wsgi.input"]
    while left > 0 and (taken := body.read(min(CHUNK_BYTES, left))):
        left -= len(taken)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:  # noqa: PLR2004
        return error
    return _page(error.code, SAID.get(error.code, SAID[400]))


def _database(error: OperationalError) -> ResponseReturnValue:
    if is_busy(error):
        return _page(503, SAID[503])
    return _unexpected(error)


def _unexpected(error: Exception) -> ResponseReturnValue:
    if current_app.testing:
        raise error
    log.error("Failed: %s %s", request.method, request.path, exc_info=error)
    trouble = schema.trouble(work.database()) if isinstance(error, SQLAlchemyError) else None
    if trouble:
        return _page(503, Said("The tracker is not ready.", trouble))
    return _page(500, SAID[500])
