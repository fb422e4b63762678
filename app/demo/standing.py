"""Whether the demo company is here, and who can sign in to it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.contacts import queries as contacts
from app.demo import company
from app.initiatives import queries as initiatives
from app.meetings import queries as meetings
from app.people import queries as people
from app.people import trail_reading
from app.people.trail_reading import TrailFilter
from app.reasons import queries as reasons

BEGUN, LOADED = "demo.begun", "demo.loaded"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody of the company who can sign in with the password that all share."""

    email: str
    roles: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """How much there is of everything."""

    as_of: str
    first_day: date
    last_day: date
    contacts: int
    untagged: int
    imports: int
    reasons: int
    people: int
    initiatives: int
    meetings: int
    decisions: int
    actions: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the demo got: begun, whole, or not here while something else is."""

    as_of: str | None
    is_begun: bool
    is_used_otherwise: bool


def standing(session: Session) -> Standing:
    """What the database holds."""
    loaded = trail_reading.changes(session, TrailFilter(action=LOADED), before=None, limit=1)
    begun = trail_reading.changes(session, TrailFilter(action=BEGUN), before=None, limit=1)
    return Standing(
        as_of=str((loaded[0].after or {})["as_of"]) if loaded else None,
        is_begun=bool(begun),
        is_used_otherwise=people.is_anybody_here(session) or bool(contacts.batches(session, limit=1)),
    )


def made(session: Session) -> Made:
    """What the company is made of, counted in the database."""
    batches = contacts.batches(session)
    weeks, tree = meetings.weeks(session), reasons.tree(session)
    return Made(
        as_of=str(standing(session).as_of),
        first_day=min(batch.first_day for batch in batches if batch.first_day),
        last_day=max(batch.last_day for batch in batches if batch.last_day),
        contacts=sum(batch.counts.new for batch in batches),
        untagged=sum(batch.counts.untagged for batch in batches),
        imports=len(batches),
        reasons=len(tree.in_use()),
        people=len(people.people(session)),
        initiatives=len(initiatives.initiatives(session)),
        meetings=len(weeks),
        decisions=sum(week.decisions for week in weeks),
        actions=sum(week.actions for week in weeks),
    )


def sign_ins(session: Session) -> list[SignIn]:
    """The company's people who are still here, in the order of the story."""
    known = {person.email: person for person in people.people(session)}
    return [
        SignIn(plan.email, tuple(sorted(known[plan.email].roles)), known[plan.email].name)
        for plan in company.PEOPLE
        if plan.email in known
    ]


def action_with_words(session: Session, words: str) -> int:
    """The number of the open action with these words."""
    return next(action.id for action in meetings.open_actions(session) if action.words == words)
