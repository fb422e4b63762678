"""For machines that watch: does the process answer, and can it work."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from app import schema
from app.ledger import checking as ledger_checking
from app.web import work
from app.web.access import allow
from app.web.everyone.blueprint import pages


@pages.get("/healthz")
@allow("public")
def healthz() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@pages.get("/readyz")
@allow("public")
def readyz() -> ResponseReturnValue:
    """The database answers and fits this program and its settings."""
    trouble = schema.trouble(work.database())
    trouble = trouble or next(ledger_checking.differences(work.reading(), work.settings().currency), None)
    return jsonify(status=trouble or "ok"), 503 if trouble else 200
