"""What happened at Harbour & Vale, one transaction each, through the actions that everybody uses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.costing import actions as costing
from app.costing.rules import Rate
from app.counting import actions as counting
from app.demo import company, standing
from app.demo.company import AUGUSTA, BEA, DORA, NELL, PersonPlan, RatePlan
from app.demo.rules import Calendar
from app.demo.story import DIRECTORS, HOURS_A_WEEK, ActionPlan, InitiativePlan, MeetingPlan, planned_go_live
from app.initiatives import actions as initiatives
from app.initiatives import queries as initiatives_known
from app.initiatives.projection import Terms
from app.initiatives.rules import Plan
from app.ledger import actions as ledger
from app.ledger import promising
from app.meetings import actions as meetings
from app.meetings.rules import Owner, TakenOn
from app.people import actions as people
from app.people import departments, trail
from app.people.rules import Actor, Profile
from app.reasons import actions as reasons
from app.reporting import actions as reporting
from app.reporting import queries as asked
from app.reporting.rules import Director
from app.values.money import Money


@dataclass(frozen=True)
class World:
    """What the story needs to know while it is told: the days, the currency, and who and what has which number."""

    calendar: Calendar
    currency: str
    people: dict[str, Actor]
    departments: dict[str, int]
    reasons: dict[tuple[str, ...], int]
    initiatives: dict[str, int]

    def ids_of(self, names: tuple[str, ...]) -> frozenset[int]:
        """The numbers of people by name."""
        return frozenset(one.id for name in names if (one := self.people[name]).id is not None)


def found_company(session: Session, world: World, password_hash: str, *, at: datetime) -> None:
    """The administrator first, then departments, then everybody else; all with the same password."""
    admin = company.PEOPLE[0]
    first = people.make_first_administrator(
        session, admin.email, Profile(admin.name, frozenset(admin.roles)), password_hash=password_hash, at=at
    )
    nell = world.people[NELL] = Actor(first.id, first.name)
    trail.record(session, standing.BEGUN, "demo", by=nell, at=at, after={"as_of": str(world.calendar.as_of)})
    for name in company.DEPARTMENTS:
        world.departments[name] = departments.add_department(session, name, by=nell, at=at)
    people.change_person(session, first.id, _profile(admin, world.departments), seen=None, by=nell, at=at)
    for plan in company.PEOPLE[1:]:
        added = people.add_person(session, plan.email, _profile(plan, world.departments), by=nell, at=at)
        people.set_password(session, added.id, password_hash=password_hash, by=nell, at=at)
        world.people[plan.name] = Actor(added.id, added.name)


def open_centre(session: Session, world: World, *, at: datetime) -> None:
    """Opening days and holidays."""
    nell, period = world.people[NELL], world.calendar.period
    weekdays = {number for number in range(7) if number != company.CLOSED_WEEKDAY}
    counting.set_open_weekdays(session, weekdays, by=nell, at=at)
    for day, name in company.holidays(period.start, period.end + timedelta(days=365)).items():
        counting.close_day(session, day, name, by=nell, at=at)


def plant_reasons(session: Session, world: World, *, at: datetime) -> None:
    """The tree, and for each reason the department that can remove it."""
    bea, since = world.people[BEA], world.calendar.period.start
    for plan in company.REASONS:
        reason_id = reasons.ensure_path(session, plan.path, by=bea, at=at, valid_from=since)
        department_id = world.departments[plan.department]
        reasons.set_owner(session, reason_id, department_id, by=bea, at=at, valid_from=since)
        world.reasons[plan.path] = reason_id


def set_rate(session: Session, world: World, plan: RatePlan, valid_from: date, *, at: datetime) -> None:
    """What a contact costs on one channel from a day on."""
    rate = Rate(plan.channel, valid_from, "contact", Money(plan.amount_minor, world.currency), plan.stated_by)
    costing.set_rate(session, rate, by=world.people[DORA], at=at)


def set_goal(session: Session, world: World, *, at: datetime, today: date) -> None:
    """The goal that the team was founded for."""
    each = Money(company.GOAL_COST_MINOR, world.currency)
    ledger.set_goal(session, today, company.GOAL_CONTACTS, each, by=world.people[DORA], at=at)


def make_ask(session: Session, world: World, *, at: datetime, today: date) -> None:
    """The team asks for two hours a week of the directors who can remove the reasons."""
    bea = world.people[BEA]
    ask_id = reporting.make_ask(session, world.currency, by=bea, at=at, today=today)
    for name, department in DIRECTORS:
        director = Director(name, department, HOURS_A_WEEK)
        reporting.name_director(session, ask_id, director, by=bea, at=at)


def agree_to_ask(session: Session, world: World, *, at: datetime, today: date) -> None:
    """The sponsor's yes."""
    ask = asked.latest_ask(session)
    if ask is not None:
        reporting.agree(session, ask.id, by=world.people[AUGUSTA], at=at, today=today)


def start_initiative(session: Session, world: World, plan: InitiativePlan, *, at: datetime, today: date) -> None:
    """An idea with its people."""
    by = world.people[plan.owner or BEA]
    scope = frozenset({world.reasons[plan.reason]})
    wanted = Plan(
        name=plan.name,
        description=plan.description,
        touchpoint=plan.touchpoint,
        reason_ids=scope,
        owner_id=world.people[plan.owner].id if plan.owner else None,
        sponsor_id=world.people[AUGUSTA].id,
        member_ids=world.ids_of(plan.members),
        due_on=planned_go_live(plan, world.calendar),
    )
    world.initiatives[plan.name] = initiatives.start(session, wanted, by=by, at=at, today=today)


def move_initiative(
    session: Session, world: World, plan: InitiativePlan, stage: str, *, at: datetime, today: date
) -> None:
    """One step: sizing writes the projection down, the sponsor approves, the owner does the rest."""
    initiative_id = world.initiatives[plan.name]
    by = world.people[AUGUSTA if stage == "approved" else plan.owner or BEA]
    if stage == "sizing":
        terms = _terms(plan, world)
        initiatives.project(session, initiative_id, terms, by=by, at=at, today=today)
        return
    go_live_on = today if stage == "live" else None
    note = plan.note if stage == "dropped" else ""
    promising.move(session, initiative_id, stage, by=by, at=at, today=today, go_live_on=go_live_on, note=note)
    if stage == "live" and plan.ramp_days:
        known = initiatives_known.initiative(session, initiative_id)
        full = replace(known.plan, full_go_live_on=today + timedelta(days=plan.ramp_days))
        initiatives.change(session, initiative_id, full, seen=known.version, by=by, at=at, today=today)


def hold_meeting(session: Session, world: World, plan: MeetingPlan, *, at: datetime, today: date) -> None:
    """What a Tuesday decided, and who took what on."""
    bea = world.people[BEA]
    for number, words in enumerate(plan.decisions):
        meetings.add_decision(session, today, words, key=f"demo-{today}-{number}", by=bea, at=at)
    for number, action in enumerate(plan.actions):
        taken = TakenOn(action.words, _owner(world.people, action), today + timedelta(days=action.due_days))
        meetings.add_action(session, today, taken, key=f"demo-{today}-{number}", by=bea, at=at)


def tick_off(session: Session, world: World, words: str, *, at: datetime, today: date) -> None:
    """An action that was done."""
    action_id = standing.action_with_words(session, words)
    meetings.set_done(session, action_id, today, by=world.people[BEA], at=at)


def end_story(session: Session, world: World, *, at: datetime) -> None:
    """From now on the demo is there whole."""
    after = {"as_of": str(world.calendar.as_of)}
    trail.record(session, standing.LOADED, "demo", by=world.people[NELL], at=at, after=after)


def _profile(plan: PersonPlan, departments_known: Mapping[str, int]) -> Profile:
    return Profile(plan.name, frozenset(plan.roles), departments_known[plan.department])


def _terms(plan: InitiativePlan, world: World) -> Terms:
    low, likely, high = plan.shares or (0, 0, 0)
    starts_on = planned_go_live(plan, world.calendar) or world.calendar.as_of
    return Terms(
        share_low_bp=low * 100,
        share_likely_bp=likely * 100,
        share_high_bp=high * 100,
        starts_on=starts_on,
        ramp_days=plan.ramp_days,
        cost_to_do_minor=plan.cost_to_do * 100,
        running_cost_year_minor=plan.running_cost * 100,
        currency=world.currency,
    )


def _owner(people_known: Mapping[str, Actor], action: ActionPlan) -> Owner:
    return Owner(people_known[action.owner].id, action.owner)
