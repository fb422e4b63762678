"""Months in addresses and forms, and the page that shows how a month's amount was made."""

from datetime import date

from flask import current_app, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.ledger.entries import Recorded
from app.values.errors import Refused
from app.web.fields import day_from_text


def month_from_text(text: str) -> date | None:
    """The first day of a month like 2026-09; none for nothing. Raises Refused for what is no month."""
    if not text:
        return None
    try:
        return day_from_text(f"{text}-01")
    except Refused as error:
        raise Refused(f"“{text}” is no month. Write it like 2026-09.") from error


def made_from(entry: Recorded) -> str:
    """The address of the page that shows how the amount was made: its calculation, its act, else its initiative."""
    of = entry.facts
    if of.act_id is not None:
        return url_for("sponsor.cash", initiative_id=of.initiative_id)
    if of.kind == "projected":
        return url_for("team.initiative_projection", initiative_id=of.initiative_id)
    calculation = f"/savings/{of.initiative_id}/{of.month:%Y-%m}"
    return calculation if _is_there(calculation) else url_for("team.initiative", initiative_id=of.initiative_id)


def _is_there(address: str) -> bool:
    try:
        current_app.url_map.bind("").match(address)
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True
