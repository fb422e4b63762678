"""The routes of this folder; importing it hangs them on the blueprint.

Each is a line or two: what answers is imported with the first request, since it brings pydantic.
"""

from flask.typing import ResponseReturnValue

from app.people.tokens import FIGURES, READ, SCOPES, SEND
from app.web.programs.bearer import PUBLIC, allow_programs
from app.web.programs.blueprint import pages

__all__ = ["pages"]


@pages.get("/openapi.json")
@allow_programs(PUBLIC)
def document() -> ResponseReturnValue:
    """The description of all this, as OpenAPI 3.1 has it."""
    from app.web.programs import describing

    return describing.answer()


@pages.post("/contacts")
@allow_programs(SEND)
def contacts_send() -> ResponseReturnValue:
    """Take in one contact, or a list."""
    from app.web.programs import receiving

    return receiving.answer()


@pages.get("/contacts")
@allow_programs(READ)
def contacts() -> ResponseReturnValue:
    """Contacts, newest first."""
    from app.web.programs import contacts as room

    return room.answer()


@pages.get("/reasons")
@allow_programs(*SCOPES)
def reasons() -> ResponseReturnValue:
    """The tree of reasons."""
    from app.web.programs import reasons as room

    return room.answer()


@pages.get("/ranking")
@allow_programs(FIGURES)
def ranking() -> ResponseReturnValue:
    """The ranking of a period."""
    from app.web.programs import ranking as room

    return room.answer()


@pages.get("/initiatives")
@allow_programs(FIGURES)
def initiatives() -> ResponseReturnValue:
    """All initiatives."""
    from app.web.programs import initiatives as room

    return room.answer()


@pages.get("/initiatives/<int:initiative_id>/measurements")
@allow_programs(FIGURES)
def measurements(initiative_id: int) -> ResponseReturnValue:
    """What was measured of one initiative."""
    from app.web.programs import measurements as room

    return room.answer(initiative_id)


@pages.get("/ledger")
@allow_programs(FIGURES)
def ledger() -> ResponseReturnValue:
    """Entries of the ledger, newest first."""
    from app.web.programs import ledger as room

    return room.answer()


@pages.get("/scorecard")
@allow_programs(FIGURES)
def scorecard() -> ResponseReturnValue:
    """Everything against the goal."""
    from app.web.programs import scorecard as room

    return room.answer()
