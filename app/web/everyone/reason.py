"""One reason: its weeks, its bill, what is being done about it, its history, and changing it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from app.costing import queries as costing
from app.costing.queries import ChannelCost
from app.costing.rules import BASIS_NAMES
from app.counting import queries as counting
from app.initiatives import queries as initiatives
from app.initiatives.queries import Known
from app.initiatives.rules import STAGE_NAMES
from app.meetings.rules import direction, routine
from app.people import queries as people
from app.people.queries import DepartmentRow
from app.ranking import queries as ranking
from app.ranking.rules import Question, Ranking, usual_period
from app.reasons import actions, queries
from app.reasons.rules import LEVELS, Node, Tree
from app.values.errors import Refused, Stale
from app.values.money import Money
from app.values.periods import DAYS_A_YEAR, Period, week_name
from app.web import work
from app.web.access import EVERYBODY, SUPERVISORS, allow
from app.web.everyone import ranking_words, reason_words
from app.web.everyone.blueprint import pages
from app.web.everyone.reason_forms import ChangeForm, apply, typed
from app.web.everyone.reasons import CHANGERS
from app.web.fields import day_from_text

USUAL_WEEKS = 13
SHOWN_INITIATIVES = 20


@dataclass(frozen=True, slots=True)
class Weeks:
    """Handled contacts of the last weeks that hold data, and what the last one is against those before."""

    counts: list[tuple[str, int]]
    most: int
    finding: str


@dataclass(frozen=True, slots=True)
class Bill:
    """What one channel costs: in the period, and at that pace in a year."""

    of: ChannelCost
    cost: Money | None
    cost_year: Money | None


@pages.get("/reasons/<int:reason_id>")
@allow(*EVERYBODY)
def reason(reason_id: int) -> ResponseReturnValue:
    """One reason."""
    tree = queries.tree(work.reading())
    node = tree.node(reason_id)
    if node.merged_into_id is not None:
        into = tree.resolve(reason_id)
        flash(f"“{node.name}” was merged into “{tree.text(into)}”.")
        return redirect(url_for("everyone.reason", reason_id=into))
    return _page(tree, node, _opened(tree, node))


@pages.post("/reasons/<int:reason_id>")
@allow(*CHANGERS)
def reason_change(reason_id: int) -> ResponseReturnValue:
    """Change what is said of a reason, from a day on."""
    tree = queries.tree(work.reading())
    node = tree.node(reason_id)
    form = ChangeForm()
    form.offer(tree, people.all_departments(work.reading()), present=node)
    if form.validate_on_submit():
        try:
            work.write(lambda session: _change(session, reason_id, form))
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            flash("The change is kept. What was said before stands in the history.")
            return redirect(url_for("everyone.reason", reason_id=reason_id))
    return _page(tree, node, form)


def _opened(tree: Tree, node: Node) -> ChangeForm:
    db = work.reading()
    seen = max(one.fact.number for one in queries.history(db, node.id))
    form = ChangeForm(formdata=None, **typed(tree, node), valid_from=work.today(), seen=str(seen))
    form.offer(tree, people.all_departments(db), present=node)
    return form


def _change(session: Session, reason_id: int, form: ChangeForm) -> None:
    actions.hold(session)  # of two who save at once the second is told, instead of writing over the first
    newest = max(queries.history(session, reason_id), key=lambda one: one.fact.number)
    if form.seen.data != str(newest.fact.number):
        message = (
            f"{newest.by} changed this reason since you opened it. What you typed is still here: "
            "compare it with the history below, then save it again."
        )
        form.seen.data = str(newest.fact.number)
        form.seen.raw_data = None
        raise Stale(message)
    tree = queries.tree(session)
    apply(session, form, tree.node(reason_id), tree, by=work.me(), at=work.now())


def _page(tree: Tree, node: Node, form: ChangeForm) -> ResponseReturnValue:
    db = work.reading()
    departments = people.all_departments(db)
    days = counting.finished_days(db, work.today())
    period = None if days is None else _asked_period() or usual_period(*days, weeks=USUAL_WEEKS)
    below = tree.below(node.id)
    found = None if period is None else _below(tree, node, period)
    page = render_template(
        "everyone/reason.html",
        node=node,
        tree=tree,
        form=form,
        period=period,
        found=found,
        weeks=None if days is None else _weeks(usual_period(*days, weeks=USUAL_WEEKS + 1), below),
        bills=[] if period is None else _bills(period, below),
        basis_names=BASIS_NAMES,
        owner=_owner(tree, node, departments),
        initiatives=[one for one in initiatives.initiatives(db) if _is_about(one, tree, node.id)][:SHOWN_INITIATIVES],
        stage_names=STAGE_NAMES,
        raw_values=queries.raw_values_of(db, tree.reading_as(node.id)),
        merged=tree.merged_into(node.id),
        history=reason_words.history(queries.history(db, node.id), tree, {one.id: one.name for one in departments}),
        may_change=CHANGERS,
        may_see_initiatives=SUPERVISORS,
        may_go_deeper=tree.level(node.id) < LEVELS,
        length=ranking_words.length,
        change=ranking_words.change,
        contacts_link=_contacts_link(node, period),
    )
    return page, 422 if form.errors else 200


def _asked_period() -> Period | None:
    """The days that the address names, as the ranking's links do; none where they make no period."""
    try:
        return Period(day_from_text(request.args.get("from", "")), day_from_text(request.args.get("to", "")))
    except Refused:
        return None


def _below(tree: Tree, node: Node, period: Period) -> Ranking:
    """The reason's contacts, divided over the reasons directly below it."""
    level = min(tree.level(node.id) + 1, LEVELS)
    return ranking.ranking(work.reading(), Question(period, level=level, parent_id=node.id), tree)


def _weeks(period: Period, reason_ids: frozenset[int]) -> Weeks:
    db = work.reading()
    # A week in which nobody called at all is missing or the centre was closed: as a 0 it would widen what is routine.
    anybody = counting.weekly_handled(db, period)
    weekly = [
        (week_name(monday), count)
        for monday, count in counting.weekly_handled(db, period, reason_ids).items()
        if anybody[monday]
    ]
    shown = weekly[-USUAL_WEEKS:]
    return Weeks(shown[::-1], max((count for _, count in shown), default=0) or 1, _finding(weekly))


def _finding(weekly: list[tuple[str, int]]) -> str:
    """What the last week is against those before; nothing where these are too few."""
    usual = routine([count for _, count in weekly[:-1]])
    if usual is None:
        return ""
    last, count = weekly[-1]
    words = {
        "": f"{last} lies within routine variation.",
        "up": f"{last} lies above routine variation: something changed.",
        "down": f"{last} lies below routine variation: something changed.",
    }
    return words[direction(count, usual)]


def _bills(period: Period, reason_ids: frozenset[int]) -> list[Bill]:
    db = work.reading()
    book = costing.rates(db)
    bills = []
    for one in costing.by_channel(db, period, reason_ids):
        minor = one.cost.minor
        is_known = minor is not None and book.currency is not None
        cost = book.money(minor) if is_known and minor is not None else None
        year = book.money(minor * Fraction(DAYS_A_YEAR, period.days)) if is_known and minor is not None else None
        bills.append(Bill(one, cost, year))
    return bills


def _owner(tree: Tree, node: Node, departments: list[DepartmentRow]) -> str | None:
    owner = tree.owner(node.id)
    return next((one.name for one in departments if one.id == owner), None)


def _is_about(known: Known, tree: Tree, reason_id: int) -> bool:
    """Whether an initiative is about the reason, one above it or one below it."""
    return any(tree.are_on_one_line(reason_id, one) for one in known.plan.reason_ids)


def _contacts_link(node: Node, period: Period | None) -> str | None:
    """The handled contacts of the reason; none for those who may not see contacts."""
    if period is None or not current_user.may(*SUPERVISORS):
        return None
    days: dict[str, Any] = {"from": str(period.start), "to": str(period.end)}
    return url_for("lead.contacts", reason=node.id, kind="handled", **days)
