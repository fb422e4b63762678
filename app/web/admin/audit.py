"""The audit trail on a page and as CSV: who changed what, when, from what to what."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Response, current_app, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.people import trail_reading
from app.people.rules import Change, differences
from app.people.trail_reading import TrailFilter
from app.values import csv_text
from app.values.errors import Refused
from app.web import work
from app.web.access import allow
from app.web.admin.audit_names import Names
from app.web.admin.blueprint import pages
from app.web.fields import row_id

ROWS_A_PAGE = 50
# Where a subject of the trail can be looked at.
PLACES = {
    "person": "/settings/people/{}",
    "department": "/settings/departments/{}",
    "reason": "/reasons/{}",
    "initiative": "/initiatives/{}",
    "import": "/imports/{}",
    "contact": "/contacts/{}",
    "meeting": "/meetings/{}",
}
HEADER = ("number", "at_utc", "by", "action", "subject", "fact", "before", "after")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they stand in the address; days are the installation's, the last one included."""

    who: str = ""
    subject: str = ""
    action: str = ""
    first: str = ""
    last: str = ""

    def wanted(self) -> TrailFilter:
        """The filters in the trail's own terms; raises Refused for a day that is none."""
        first, last = _day(self.first), _day(self.last)
        if first and last and last < first:
            raise Refused("The last day lies before the first. Choose a later one.")
        return TrailFilter(
            who=self.who,
            subject=self.subject,
            action=self.action,
            start=_midnight(first) if first else None,
            end=_midnight(last + timedelta(days=1)) if last else None,
        )

    def in_address(self) -> dict[str, str]:
        """What is asked for, as it stands in the address."""
        return {name: value for name, value in asdict(self).items() if value}


@pages.get("/audit")
@allow("admin")
def audit() -> ResponseReturnValue:
    """The newest changes, or those before an entry."""
    asked = _asked()
    try:
        wanted, sentence = asked.wanted(), ""
    except Refused as error:
        wanted, sentence = TrailFilter(), error.sentence
    before = request.args.get("before", type=row_id)
    session = work.reading()
    found = trail_reading.changes(session, wanted, before=before, limit=ROWS_A_PAGE + 1)
    shown = found[:ROWS_A_PAGE]
    return render_template(
        "admin/audit.html",
        asked=asked,
        sentence=sentence,
        changes=shown,
        older=shown[-1].number if len(found) > ROWS_A_PAGE else None,
        is_first_page=before is None,
        actions=trail_reading.actions_known(session),
        actors=trail_reading.actors_known(session),
        differences=differences,
        names=Names(session),
        place_of=place_of,
    ), 422 if sentence else 200


@pages.get("/audit.csv")
@allow("admin")
def audit_csv() -> ResponseReturnValue:
    """Every change that the filters of the page let through, a line a fact that changed."""
    wanted = _asked().wanted()
    body = stream_with_context(_lines(wanted))
    headers = {"Content-Disposition": "attachment; filename=audit.csv"}
    return Response(body, mimetype="text/csv", headers=headers)


def place_of(subject: str) -> str | None:
    """The address of a subject's page, where there is such a page."""
    kind, _, identity = subject.partition(":")
    if kind not in PLACES or not identity:
        return None
    address = PLACES[kind].format(identity)
    try:
        current_app.url_map.bind("").match(address)
    except RequestRedirect:
        return address
    except HTTPException:
        return None
    return address


def _lines(wanted: TrailFilter) -> Iterator[str]:
    yield csv_text.line(HEADER)
    for change in trail_reading.all_changes(work.reading(), wanted):
        yield from (csv_text.line(cells) for cells in _cells(change))


def _cells(change: Change) -> Iterator[tuple[Any, ...]]:
    who = (change.number, change.at.strftime("%Y-%m-%dT%H:%M:%SZ"), change.by.name, change.action, change.subject)
    facts = differences(change.before, change.after)
    if not facts:
        yield (*who, None, None, None)
    for one in facts:
        yield (*who, one.fact, one.before, one.after)


def _asked() -> Asked:
    given = {name: request.args.get(name, "").strip() for name in ("who", "subject", "action", "first", "last")}
    return Asked(**given)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"“{text}” is no day. Write it like 2026-09-14.") from error


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=work.settings().timezone)
