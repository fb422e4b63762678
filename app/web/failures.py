"""What a person sees when something cannot be done: one sentence, what was kept, and the way out."""

import logging
from dataclasses import dataclass

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.db import is_busy
from app.values.errors import Missing, Refused, Stale
from app.values.figures import size
from app.web import work

log = logging.getLogger(__name__)
KEPT_FIELDS = 200


@dataclass(frozen=True)
class Said:
    """The words for one kind of failure."""

    heading: str
    sentence: str


SAID = {
    400: Said("That request was not understood.", "Nothing was changed. Go back and try again."),
    403: Said("This page is for other roles.", "Your roles do not include it. An administrator can add one."),
    404: Said("There is nothing at this address.", "It may have been moved or removed. The bar above leads on."),
    405: Said("This address cannot be used that way.", "Nothing was changed. Go back and use the page's own buttons."),
    500: Said(
        "Something went wrong on our side.", "Nothing of this request was saved. Try again; the log holds the details."
    ),
    503: Said("The database is busy.", "Nothing of this request was saved. Wait a few seconds and send it again."),
}


def install(app: Flask) -> None:
    """Answer every failure in words."""
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(401, _expired)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Missing, lambda error: _page(404, Said("There is nothing here.", str(error))))
    app.register_error_handler(Stale, lambda error: _page(409, Said("Somebody was faster.", str(error))))
    app.register_error_handler(Refused, lambda error: _page(422, Said("That cannot be done.", str(error))))
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _unexpected)


def _page(status: int, said: Said) -> ResponseReturnValue:
    work.close_reading()
    return render_template("failure.html", said=said, status=status), status


def _expired(_error: Exception) -> ResponseReturnValue:
    """The session ended while a form was open: what was typed is shown again, to be sent after signing in."""
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and "password" not in name and value
    ][:KEPT_FIELDS]
    work.close_reading()
    return render_template("expired.html", kept=kept, path=request.path), 401


def _too_large(_error: Exception) -> ResponseReturnValue:
    limit = size(current_app.config["MAX_CONTENT_LENGTH"])
    words = f"The limit of an upload is {limit}. Nothing was saved. Send a smaller file, or use flask contacts import."
    return _page(413, Said("That file is too large.", words))


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
    return _page(500, SAID[500])
