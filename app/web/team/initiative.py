"""One initiative: what was promised, what came of it, who does it; and its next stage."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import charts
from app.initiatives import queries as initiatives
from app.initiatives import rules
from app.initiatives.queries import Known, Step
from app.initiatives.rules import RAIL, STAGE_NAMES, Mover
from app.ledger import promising, queries
from app.measurement import plan_queries, register
from app.measurement import queries as measurement
from app.measurement.rules import ENOUGH_DAYS, LEVEL_DAYS
from app.people.queries import Person
from app.reasons import queries as reasons
from app.values.errors import Refused
from app.values.figures import counted
from app.values.money import money_text
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.fields import row_id
from app.web.team import initiative_charts, initiative_measured, initiative_words, plan_words
from app.web.team.blueprint import pages
from app.web.team.initiative_forms import MoveForm

EVERY = {"day": "Days", "week": "Weeks"}
DAYS_DRAWN = 92  # beyond a quarter single days run into each other


class Event(NamedTuple):
    """Something that happened: `kind` is a stage, or the number of a projection."""

    kind: str
    at: datetime
    by: str
    what: str
    note: str


@pages.get("/initiatives/<int:initiative_id>")
@allow(*SUPERVISORS)
def initiative(initiative_id: int) -> ResponseReturnValue:
    """One initiative."""
    return _page(initiative_id, MoveForm(formdata=None))


@pages.post("/initiatives/<int:initiative_id>/stage")
@allow("team", "sponsor", "finance")
def initiative_move(initiative_id: int) -> ResponseReturnValue:
    """Take it to another stage."""
    form = MoveForm()
    if not form.validate_on_submit() or form.to.data not in STAGE_NAMES:
        return _page(initiative_id, form), 422
    try:
        work.write(
            lambda session: promising.move(
                session,
                initiative_id,
                form.to.data,
                by=work.me(),
                at=work.now(),
                today=work.today(),
                seen_stage=form.seen.data or None,
                seen_projection=row_id(number) or 0 if (number := form.projection.data) else None,
                go_live_on=form.go_live_on.data,
                note=form.note.data or "",
            )
        )
    except Refused as error:
        form.form_errors.append(error.sentence)
        return _page(initiative_id, form), 422
    flash(f"{rules.code(initiative_id)} is {STAGE_NAMES[form.to.data].lower()} now.")
    return redirect(url_for("team.initiative", initiative_id=initiative_id))


def _page(initiative_id: int, form: MoveForm) -> str:
    db, today = work.reading(), work.today()
    timezone = work.settings().timezone
    line = queries.line(db, initiative_id, today)
    known, measured = line.known, line.measured
    steps = initiatives.history(db, initiative_id)
    plans = plan_queries.versions(db, initiative_id)
    held = next((one for one in reversed(plans) if one.frozen_at), None)
    ranges = initiative_charts.money_ranges(line)
    every = _every(measured.since.days if measured else 0)
    series = None
    shown = initiative_measured.shown(db, line, request.args.get("every", ""), timezone)
    if measured and shown is None:
        draw = initiative_charts.daily if every == "day" else initiative_charts.weekly
        series = draw(measured, known.plan.full_go_live_on)
    # The day of go-live is typed with the step itself, so that its absence does not close the step.
    standing = replace(known.standing, go_live_on=known.standing.go_live_on or today)
    moves = rules.moves(standing, Mover(current_user.id, current_user.roles, today))
    return render_template(
        "team/initiative.html",
        line=line,
        known=known,
        measured=measured,
        finding=shown.finding if shown else initiative_words.finding(line, steps, timezone),
        judgement=(shown and shown.judgement) or initiative_words.judge(line, today, timezone),
        shown=shown,
        booked=initiative_measured.booked(db, initiative_id, _months(known)),
        payback=initiative_words.payback,
        story=_story(steps, known),
        rail=_rail(steps, known),
        moves=[move for move in moves if move.to != "dropped"],
        may_drop=any(move.to == "dropped" and move.is_open for move in moves),
        form=form,
        today=today,
        tree=reasons.tree(db),
        stages=STAGE_NAMES,
        plan_state=plan_words.state(plans, timezone),
        plan_shows=plan_words.seen_from(held or plans[-1]) if plans else "",
        is_planned=held is not None,
        other_changes=register.touching(db, held.terms) if held else (),
        departments=_by_department(known),
        ranges=charts.ranges(ranges) if ranges else "",
        series=charts.observed_expected(series) if series else "",
        every=every,
        every_names=EVERY,
        overlaps=_overlaps(known) if measured else (),
        enough_days=ENOUGH_DAYS,
        level_days=LEVEL_DAYS,
    )


def _months(known: Known) -> list[date]:
    """The first days of the promised months."""
    return [month.period.start.replace(day=1) for month in known.promised.months] if known.promised else []


def _every(days: int) -> str:
    chosen = request.args.get("every", "")
    return chosen if chosen in EVERY else "day" if days <= DAYS_DRAWN else "week"


def _rail(steps: Sequence[Step], known: Known) -> list[tuple[str, Step | None, bool]]:
    """Each stage of the way with the last time that it was entered; `done` up to the present one."""
    entered = {step.stage: step for step in steps}
    reached = [stage for stage in RAIL if stage in entered]
    here = known.stage if known.stage in RAIL else (reached[-1] if reached else RAIL[0])
    return [
        (
            stage,
            entered.get(stage) if RAIL.index(stage) <= RAIL.index(here) else None,
            RAIL.index(stage) < RAIL.index(here),
        )
        for stage in RAIL
    ]


def _story(steps: Sequence[Step], known: Known) -> list[Event]:
    """Stages and projections in one line of time, the newest first."""
    events = [Event(step.stage, step.at, step.by, STAGE_NAMES[step.stage], step.note) for step in steps]
    for version in known.versions:
        likely = version.figures.likely
        money = f", {money_text(likely.saving_year)}" if likely.saving_year else ""
        note = f"{counted(likely.contacts_year, 'contact')}{money} a year"
        events.append(
            Event(str(version.number), version.made_at, version.made_by, f"Projection {version.number}", note)
        )
    return sorted(events, key=lambda event: event.at, reverse=True)


def _by_department(known: Known) -> dict[str, list[Person]]:
    """Owner and members by department; who has none stands last."""
    people = {person.id: person for person in (known.owner, *known.members) if person}
    found: dict[str, list[Person]] = {}
    for person in sorted(people.values(), key=lambda one: (one.department is None, one.department or "", one.name)):
        found.setdefault(person.department or "Without a department", []).append(person)
    return found


def _overlaps(known: Known) -> Sequence[Known]:
    db = work.reading()
    return measurement.overlaps(db, initiatives.initiatives(db)).get(known.id, ())
