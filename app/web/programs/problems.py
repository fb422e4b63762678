"""What a program is told when something cannot be done: problem details as RFC 9457 has them."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Response, request

MIMETYPE = "application/problem+json"
# In place of what a page says, where that speaks of buttons and pages.
SAID = {
    400: "The request was not understood. Nothing was changed.",
    404: "There is nothing at this address. /api/v1/openapi.json lists all that there is.",
    405: "This address cannot be used with this method. /api/v1/openapi.json lists what can.",
    500: "Something went wrong on our side. Nothing of this request was kept; the log holds the details.",
    503: "The database is busy. Nothing of this request was kept. Send it again in a few seconds.",
}
SECONDS_UNTIL_AGAIN = "5"


class Fault(NamedTuple):
    """One thing that is wrong: the way to it, like `further_reasons/2`, and the sentence."""

    field: str
    sentence: str


class WrongAddress(Exception):  # noqa: N818  (it is answered as a problem)
    """An address asks for what there is not."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("The address asks for something that there is not.")
        self.faults = faults


def are_wanted() -> bool:
    """Whether the request comes from a program."""
    return request.path.startswith("/api/")


def answer(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, members: Mapping[str, Any] | None = None
) -> Response:
    """The problem; `members` are what it tells beside the five that every problem has."""
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    body = json.dumps({**problem, **(members or {})}, ensure_ascii=False)
    response = Response(body, status, headers=headers, mimetype=MIMETYPE)
    response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = SECONDS_UNTIL_AGAIN
    return response


def of_failure(status: int, sentence: str | None) -> Response:
    """What a failure page would say, for a program; without a sentence what is said of all such failures."""
    return answer(status, sentence or SAID.get(status, SAID[400]))
