"""The weekly meeting: figures of the last full week, the board, decisions, and who does what by when."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms import Field, HiddenField, StringField

from app.counting import queries as counting
from app.initiatives.queries import Known
from app.initiatives.rules import SETTLED, STAGE_NAMES
from app.ledger import decay
from app.ledger import queries as ledger
from app.measurement import plan_queries
from app.meetings import actions, figures, queries, rules
from app.meetings.figures import ONE_WEEK, FiguresOfWeek, ReasonOfWeek
from app.meetings.queries import ActionKept
from app.people import queries as people
from app.people.queries import Person
from app.ranking import queries as rankings
from app.values.errors import Refused
from app.values.periods import Period, week_name, week_named, week_of
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.forms import Form
from app.web.sponsor import savings_notes
from app.web.team import meeting_board, meeting_words
from app.web.team.blueprint import pages
from app.web.team.meeting_board import Card

Parsed = TypeVar("Parsed")
FIRST_YEAR = 1980
MOST_REASONS = 10
COST_WEEKS = 13
SCREENS = {"headline": "Headline", "reasons": "Reasons", "board": "Board", "actions": "Actions"}
WRITERS = ("team", "lead")


class ActionForm(Form):
    """One line: what, who, by when."""

    words = StringField("New action")
    owner = StringField("Who")
    due = StringField("By when")
    key = HiddenField(default=lambda: uuid.uuid4().hex)


class DecisionForm(Form):
    """One line: what was decided."""

    words = StringField("New decision")
    key = HiddenField(default=lambda: uuid.uuid4().hex)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """An action with how it stands today."""

    kept: ActionKept
    state: str
    overdue_days: int


@pages.get("/meetings")
@allow(*SUPERVISORS)
def meetings() -> ResponseReturnValue:
    """This week's meeting and the weeks that wrote something down."""
    session, today = work.reading(), work.today()
    this_week = week_of(today)
    return render_template(
        "team/meetings.html",
        this_week=this_week,
        waiting=_read_back(queries.open_actions(session), today),
        weeks=[kept for kept in queries.weeks(session) if kept.start < this_week.start],
    )


@pages.get("/meetings/<week>")
@allow(*SUPERVISORS)
def meeting(week: str) -> ResponseReturnValue:
    """One week's meeting."""
    return _meeting(_week(week), ActionForm(formdata=None), DecisionForm(formdata=None))


@pages.post("/meetings/<week>/actions")
@allow(*WRITERS)
def meeting_action_add(week: str) -> ResponseReturnValue:
    """Write an action down; a form that is sent twice makes one."""
    of_week, form = _week(week), ActionForm()
    everybody = {person.id: person.name for person in people.people(work.reading())}
    words = _parsed(form.words, lambda text: rules.worded(text, "The action"))
    owner = _parsed(form.owner, lambda text: rules.find_owner(text, everybody))
    due_on = _parsed(form.due, lambda text: rules.parse_due(text, work.today()))
    if words is None or owner is None or due_on is None:
        return _meeting(of_week, form, DecisionForm(formdata=None)), 422
    taken, key, by, at = rules.TakenOn(words, owner, due_on), _key(form), work.me(), work.now()
    work.write(lambda session: actions.add_action(session, of_week.start, taken, key=key, by=by, at=at))
    flash(f"{owner.name} has it until {due_on:%a} {due_on.day} {due_on:%b}: {words}")
    return _back(of_week)


@pages.post("/meetings/<week>/decisions")
@allow(*WRITERS)
def meeting_decision_add(week: str) -> ResponseReturnValue:
    """Write a decision down; a form that is sent twice makes one."""
    of_week, form = _week(week), DecisionForm()
    words = _parsed(form.words, lambda text: rules.worded(text, "The decision"))
    if words is None:
        return _meeting(of_week, ActionForm(formdata=None), form), 422
    key, by, at = _key(form), work.me(), work.now()
    work.write(lambda session: actions.add_decision(session, of_week.start, words, key=key, by=by, at=at))
    flash(f"Decided: {words}")
    return _back(of_week)


@pages.post("/meetings/<week>/actions/<int:action_id>")
@allow(*WRITERS)
def meeting_action_done(week: str, action_id: int) -> ResponseReturnValue:
    """Tick an action off, or open it again."""
    of_week = _week(week)
    done_on = work.today() if request.form.get("done") == "yes" else None
    by, at = work.me(), work.now()
    work.write(lambda session: actions.set_done(session, action_id, done_on, by=by, at=at))
    return _back(of_week)


def _meeting(week: Period, action_form: ActionForm, decision_form: DecisionForm) -> str:
    session, today = work.reading(), work.today()
    currency, timezone = work.settings().currency, work.settings().timezone
    week_before = week_of(week.start - timedelta(days=1))
    found = figures.of_week(session, week_before, today)
    cost_period = _last_weeks(session, week_before) if found else None
    lines = ledger.lines(session, today)
    known = sorted((line.known for line in lines), key=lambda one: one.id)
    board = meeting_board.board(lines, today, timezone)
    own = _read_back(queries.actions(session, week), today)
    carried = _read_back(queries.carried_into(session, week), today)
    return render_template(
        "team/meeting.html",
        week=week,
        week_before=week_before,
        this_week=week_of(today),
        screens=SCREENS,
        findings=_findings(week_before, found, board, [*own, *carried]),
        figures=found,
        reasons=_shown(found),
        cost_period=cost_period,
        costs=rankings.yearly_costs(session, cost_period) if cost_period else {},
        initiatives_of=meeting_board.by_reason(known),
        board=board,
        goal=ledger.goal(session, currency, today),
        realised=meeting_board.realised(lines, currency, plan_queries.measured_ids(session)),
        losing=_losing(session, known),
        not_drawn={stage: sum(one.stage == stage for one in known) for stage in ("closed", "dropped")},
        carried=carried,
        own=own,
        decisions=queries.decisions(session, week),
        people=_without_doubles(people.people(session)),
        action_form=action_form,
        decision_form=decision_form,
        may_write=current_user.may(*WRITERS),
        may_set_rates=current_user.may("finance", "admin"),
        stage_names=STAGE_NAMES,
        wrong=[sentence for form in (action_form, decision_form) for field in form for sentence in field.errors],
    )


def _losing(session: Session, known: list[Known]) -> list[tuple[str, str]]:
    """A sentence for each fix that wears off, and the calculation that says so."""
    if not any(one.stage in SETTLED for one in known):
        return []
    return savings_notes.losing_pages(
        decay.decays(session, known, plan_queries.latest(session), work.settings().timezone)
    )


def _findings(
    week: Period, found: FiguresOfWeek | None, board: dict[str, list[Card]], read_back: list[ReadBack]
) -> dict[str, str]:
    cards = [card for column in board.values() for card in column]
    overdue = sum(card.overdue_days > 0 for card in cards)
    stale = sum(card.stale_days > 0 and not card.overdue_days for card in cards)
    return {
        "headline": meeting_words.headline(week, found),
        "reasons": meeting_words.reasons(found),
        "board": meeting_words.board(len(cards), overdue, stale),
        "actions": meeting_words.actions([action.state for action in read_back]),
    }


def _week(name: str) -> Period:
    """The week of the address; one that has not begun is refused."""
    week = week_named(name)
    if week.start > work.today():
        raise Refused(f"{name} has not begun. The meeting of this week is {week_name(work.today())}.")
    if week.start.year < FIRST_YEAR:
        raise Refused(f"{name} lies before every meeting. The list of meetings shows those that there are.")
    return week


def _parsed(field: Field, parse: Callable[[str], Parsed]) -> Parsed | None:
    """What the field means; where it means nothing its sentence is kept with it."""
    try:
        return parse(field.data or "")
    except Refused as error:
        field.errors = (error.sentence,)
        return None


def _key(form: Form) -> str:
    """The same form with the same words has the same key; a form that was changed on the way back has another."""
    typed = "\n".join(f"{field.name}={field.data}" for field in form if field.name != "csrf_token")
    return hashlib.sha256(typed.encode()).hexdigest()


def _back(week: Period) -> ResponseReturnValue:
    screen = request.form.get("screen", "")
    return redirect(
        url_for("team.meeting", week=week_name(week.start), _anchor=screen if screen in SCREENS else "actions"), 303
    )


def _shown(found: FiguresOfWeek | None) -> list[ReasonOfWeek]:
    """The top reasons, and after them those that moved without being among them."""
    if found is None:
        return []
    top = list(found.reasons[:MOST_REASONS])
    return [*top, *(mover for mover in found.movers if mover not in top)]


def _last_weeks(session: Session, week: Period) -> Period:
    """The quarter that ends with a week, as far as there are contacts: a yearly cost from it does not jump."""
    counted = counting.first_and_last_day(session)
    start = week.end - COST_WEEKS * ONE_WEEK
    return Period(max(start, counted[0]) if counted else start, week.end)


def _read_back(kept: list[ActionKept], today: date) -> list[ReadBack]:
    found = []
    for action in kept:
        state = rules.due_state(action.due_on, action.done_on, today)
        found.append(ReadBack(action, state, (today - action.due_on).days if state == "overdue" else 0))
    return found


def _without_doubles(everybody: list[Person]) -> list[str]:
    return list(dict.fromkeys(person.name for person in everybody))
