"""The description of the programs' door: OpenAPI 3.1, made from the models that check and answer.

So the two cannot differ; a library that writes such documents would have to be there before the first request is.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Response, current_app
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.values.figures import size
from app.web.programs import answers, problems, told
from app.web.programs.asked import Asked, AskedContacts, AskedLedger, AskedNothing, AskedRanking, Sending
from app.web.programs.bearer import LARGEST_BODY_BYTES, PUBLIC, REQUESTS_A_MINUTE, scopes_of
from app.web.programs.blueprint import pages
from app.web.programs.contact_sent import MOST_ITEMS, Contact

VERSION = "1"
REFERENCE = "#/components/schemas/{model}"
ABOUT = (
    "Send contacts and read figures. A token goes into the header `Authorization: Bearer TOKEN`; an administrator "
    "makes it under Settings, or with `flask tokens add`. "
    f"A token may ask {REQUESTS_A_MINUTE:,} times a minute, and a request holds {size(LARGEST_BODY_BYTES)} at most. "
    "Times are RFC 3339, days are the installation's, ranges are half-open, "
    "money is whole minor units. What is read has an ETag. Errors are problem details (RFC 9457)."
)


@dataclass(frozen=True, slots=True)
class Operation:
    """What one route takes and gives."""

    summary: str
    query: type[Asked]
    answer: type[BaseModel]
    is_list_sent: bool = False
    has_id: bool = False


OPERATIONS: Mapping[str, Operation] = {
    "contacts_send": Operation(
        f"Send one contact, or a list of up to {MOST_ITEMS:,}.", Sending, told.Received, is_list_sent=True
    ),
    "contacts": Operation("Contacts, newest first.", AskedContacts, told.Contacts),
    "reasons": Operation("The tree of reasons.", AskedNothing, told.Reasons),
    "ranking": Operation("Which reasons bring the contacts of a period.", AskedRanking, told.Ranking),
    "initiatives": Operation("All initiatives, those with the most money first.", AskedNothing, told.Initiatives),
    "measurements": Operation("What was measured of an initiative.", AskedNothing, told.Measurements, has_id=True),
    "ledger": Operation("Entries of the ledger, newest first.", AskedLedger, told.Ledger),
    "scorecard": Operation("Everything against the goal.", AskedNothing, told.Scorecard),
}
FAILURES = {
    "400": "The request was not understood.",
    "401": "No token, or one that is not valid.",
    "403": "The token has not the scope.",
    "413": "The request is too large.",
    "422": "What is asked for, or sent, cannot be.",
    "429": "The token asks too often.",
    "503": "The database is busy.",
}
OF_WRITING = {
    "411": "It does not say how long it is.",
    "409": "An import of the source is being undone.",
    "415": "It is no JSON.",
}


def answer() -> Response:
    """The document."""
    return answers.read(_document())


@cache
def _document() -> str:
    return json.dumps(document(), ensure_ascii=False)


def document() -> dict[str, Any]:
    """The document as it is sent."""
    models: list[type[BaseModel]] = [told.Problem, Contact, *(one.answer for one in OPERATIONS.values())]
    _, definitions = models_json_schema([(model, _mode(model)) for model in models], ref_template=REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for path, method, name in _routes():
        paths.setdefault(path, {})[method] = _operation(name)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Call-reason tracker", "version": VERSION, "description": ABOUT},
        "servers": [{"url": pages.url_prefix}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _mode(model: type[BaseModel]) -> Any:  # noqa: ANN401  (one of two words)
    return "validation" if model is Contact else "serialization"


def _routes() -> Iterator[tuple[str, str, str]]:
    """Path, method and name of each route that has something to say about itself."""
    prefix = pages.url_prefix or ""
    for rule in current_app.url_map.iter_rules():
        blueprint, _, name = rule.endpoint.rpartition(".")
        if blueprint == pages.name and name in OPERATIONS:
            path = rule.rule.removeprefix(prefix).replace("<int:initiative_id>", "{id}")
            for method in (rule.methods or set()) & {"GET", "POST"}:
                yield path, method.lower(), name


def _operation(name: str) -> dict[str, Any]:
    operation = OPERATIONS[name]
    scopes = sorted(scopes_of(f"{pages.name}.{name}"))
    told_of = {"description": "The answer.", "content": _json(operation.answer)}
    found: dict[str, Any] = {
        "operationId": name,
        "summary": operation.summary,
        "description": f"Scope: {' or '.join(scopes)}.",
        "security": [] if PUBLIC in scopes else [{"token": []}],
        "parameters": list(_parameters(operation)),
        "responses": {"200": told_of, **_failures(operation)},
    }
    if operation.is_list_sent:
        found["responses"]["201"] = {**told_of, "description": "The answer, where something of it is new."}
        found["requestBody"] = {"required": True, "content": {answers.MIMETYPE: {"schema": _one_or_many()}}}
    else:
        found["responses"]["200"] = {**told_of, "headers": {"ETag": {"schema": {"type": "string"}}}}
        found["responses"]["304"] = {"description": "As the tag says that it is known."}
    return found


def _one_or_many() -> dict[str, Any]:
    one = {"$ref": REFERENCE.format(model="Contact")}
    return {"oneOf": [one, {"type": "array", "items": one, "maxItems": MOST_ITEMS}]}


def _failures(operation: Operation) -> dict[str, Any]:
    listed = {**FAILURES, **(OF_WRITING if operation.is_list_sent else {})}
    if operation.has_id:
        listed["404"] = "There is no such initiative."
    content = {problems.MIMETYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    return {status: {"description": words, "content": content} for status, words in sorted(listed.items())}


def _parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.has_id:
        yield {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    schema = operation.query.model_json_schema()
    for name, of_name in schema.get("properties", {}).items():
        is_needed = name in schema.get("required", ())
        yield {"name": name, "in": "query", "required": is_needed, "schema": _without_null(of_name)}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """In an address a value is there or not; none of them is null."""
    plain = {key: value for key, value in schema.items() if key not in {"anyOf", "default", "title"}}
    if "anyOf" in schema:
        plain |= next(one for one in schema["anyOf"] if one.get("type") != "null")
    if schema.get("default") is not None:
        plain["default"] = schema["default"]
    return plain


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {answers.MIMETYPE: {"schema": {"$ref": REFERENCE.format(model=model.__name__)}}}
