"""What can be set here, each with how it stands."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from app.contacts.privacy import queries as privacy
from app.contacts.rules import CHANNEL_NAMES
from app.costing import queries as costing
from app.counting import queries as counting
from app.counting.rules import WEEKDAY_NAMES
from app.ledger import queries as ledger
from app.people import queries, tokens
from app.people.tokens import VALID
from app.values.figures import counted, number
from app.values.money import money_text
from app.web import work
from app.web.access import allow, roles_of
from app.web.admin.blueprint import pages
from app.web.admin.opening_days import in_words, open_weekdays


@dataclass(frozen=True, slots=True)
class Room:
    """One page of settings: what it is for, and a sentence on how it stands."""

    endpoint: str
    name: str
    purpose: str
    how_it_stands: Callable[[Session], str] | None = None


def _people(session: Session) -> str:
    found = queries.people(session)
    waiting = sum(not one.has_password for one in found)
    rest = f" {counted(waiting, 'has', 'have')} never signed in." if waiting else ""
    return f"{counted(len(found), 'person', 'people')} may sign in.{rest}"


def _departments(session: Session) -> str:
    names = [one.name for one in queries.departments(session)]
    return f"{', '.join(names)}." if names else "None yet: reasons and people belong to departments."


def _rates(session: Session) -> str:
    book = costing.rates(session)
    held = [(name, book.rate(channel, work.today())) for channel, name in CHANNEL_NAMES.items()]
    told = [f"{name} {money_text(rate.amount, cents=True)} a {rate.basis}" for name, rate in held if rate]
    return f"{', '.join(told)}." if told else "Not set: no page can say what contacts cost."


def _opening(session: Session) -> str:
    opening = counting.opening(session)
    is_open = open_weekdays(opening)
    if not is_open:
        return "Closed on every day of the week."
    open_on = "every day" if len(is_open) == len(WEEKDAY_NAMES) else in_words(is_open)
    closed = counted(len(opening.closed_days), "single day") if opening.closed_days else "no single day"
    return f"Open {open_on}; {closed} closed."


def _privacy(session: Session) -> str:
    months = privacy.decided(session).kept_months
    return f"Contacts are kept for {counted(months, 'month')}." if months else "Contacts are kept for ever."


def _goal(session: Session) -> str:
    goal = ledger.goal(session, work.settings().currency, work.today())
    each, year = money_text(goal.cost_per_contact, cents=True), money_text(goal.money)
    rest = " This is a first proposal: nobody has set it yet." if goal.is_default else ""
    return f"{number(goal.contacts)} fewer contacts a year at {each}, {year} a year.{rest}"


def _tokens(session: Session) -> str:
    valid = sum(one.state(work.now()) == VALID for one in tokens.tokens(session))
    return f"{counted(valid, 'program')} may come in." if valid else "No program may come in yet."


ROOMS = (
    Room("admin.people", "People", "Who may sign in, with which roles.", _people),
    Room("admin.departments", "Departments", "Who owns reasons and lends people to initiatives.", _departments),
    Room("admin.rates", "Cost per contact", "What a contact costs, by channel and date, with its source.", _rates),
    Room("admin.opening_days", "Opening days", "On which days contacts can come in.", _opening),
    Room("admin.tokens", "Tokens", "Which programs may send contacts and read figures.", _tokens),
    Room("admin.privacy", "Privacy", "What is masked, how long contacts are kept, erasing a customer.", _privacy),
    Room("admin.goal", "Goal", "How many contacts, at what cost, shall stop coming.", _goal),
)


@pages.get("/settings")
@allow("admin", "finance")
def settings() -> ResponseReturnValue:
    """The index of what the person may set."""
    session = work.reading()
    rooms = [
        (room, url_for(room.endpoint), room.how_it_stands(session) if room.how_it_stands else "")
        for room in ROOMS
        if room.endpoint in current_app.view_functions and current_user.may(*roles_of(room.endpoint))
    ]
    return render_template("admin/settings.html", rooms=rooms, finding=_finding(session), settings=work.settings())


def _finding(session: Session) -> str:
    """What most needs somebody's hand."""
    if not costing.rates(session).rates:
        return "What a contact costs is not set yet, so no page can show money."
    if not queries.departments(session):
        return "There is no department yet that could own a reason."
    return "Everything that the figures rest on is set."
