"""Stages of an initiative, who may move it to which, and what each stage needs."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from app.contacts.rules import CHANNELS
from app.values.figures import day

STAGE_NAMES: Mapping[str, str] = {
    "idea": "Idea",
    "sizing": "Sizing",
    "approved": "Approved",
    "progress": "In progress",
    "live": "Live and measuring",
    "validated": "Validated",
    "closed": "Closed",
    "dropped": "Dropped",
}
STAGES = tuple(STAGE_NAMES)
RAIL = STAGES[:-1]
PROMISED = frozenset({"approved", "progress", "live", "validated", "closed"})
GONE_LIVE = frozenset({"live", "validated", "closed"})
SETTLED = frozenset({"validated", "closed"})
OPEN = frozenset({"idea", "sizing", "approved", "progress", "live"})
STALE_AFTER_DAYS = 14
LONGEST_NAME = 200
TOUCHPOINTS = ("call script", "IVR", "web copy", "packaging", "bill", "policy", "product", "other")

# From each stage the stages that may follow, and for each stage the roles that may move an initiative there.
NEXT: Mapping[str, tuple[str, ...]] = {
    "idea": ("sizing", "dropped"),
    "sizing": ("approved", "dropped"),
    "approved": ("progress", "dropped"),
    "progress": ("live", "dropped"),
    "live": ("validated", "closed", "dropped"),
    "validated": ("closed", "dropped"),
    "closed": ("dropped",),
    "dropped": ("idea",),
}
MOVED_BY: Mapping[str, frozenset[str]] = {
    "idea": frozenset({"team"}),
    "sizing": frozenset({"team"}),
    "approved": frozenset({"sponsor"}),
    "progress": frozenset({"team"}),
    "live": frozenset({"team"}),
    "validated": frozenset({"finance"}),
    "closed": frozenset({"team", "sponsor"}),
    "dropped": frozenset({"team", "sponsor"}),
}
VERBS: Mapping[str, str] = {
    "idea": "Reopen it as an idea",
    "sizing": "Begin sizing",
    "approved": "Approve the projection",
    "progress": "Begin the work",
    "live": "Go live",
    "validated": "Validate",
    "closed": "Close it",
    "dropped": "Drop it",
}
ROLE_WORDS = {"team": "the SWAT team", "sponsor": "a sponsor", "finance": "finance"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What an initiative has so far, as far as its stages ask."""

    stage: str
    owner_id: int | None
    sponsor_id: int | None
    reason_count: int
    has_projection: bool
    has_frozen_projection: bool
    go_live_on: date | None
    has_signed_month: bool = False
    sponsor_name: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What people say about an initiative; no channels means all of them."""

    name: str
    description: str = ""
    touchpoint: str = "other"
    reason_ids: frozenset[int] = frozenset()
    channels: frozenset[str] = frozenset()
    owner_id: int | None = None
    sponsor_id: int | None = None
    member_ids: frozenset[int] = frozenset()
    due_on: date | None = None
    announced_on: date | None = None
    go_live_on: date | None = None
    full_go_live_on: date | None = None

    @property
    def scope(self) -> tuple[frozenset[int], frozenset[str]]:
        """The reasons and channels that it is about."""
        return self.reason_ids, self.channels


@dataclass(frozen=True, slots=True)
class Mover:
    """Who wants to move it, and on which day."""

    id: int | None
    roles: frozenset[str]
    today: date


@dataclass(frozen=True, slots=True)
class Move:
    """A stage that may follow, what its button says, and what is still missing for it."""

    to: str
    verb: str
    missing: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether it can be done now."""
        return not self.missing


def moves(standing: Standing, mover: Mover) -> tuple[Move, ...]:
    """Every stage that may follow the present one, for this person on this day."""
    return tuple(Move(to, VERBS[to], missing(standing, to, mover)) for to in NEXT[standing.stage])


def missing(standing: Standing, to: str, mover: Mover) -> tuple[str, ...]:
    """A sentence for each thing that keeps the initiative from this stage; none: it may go there."""
    if to not in NEXT[standing.stage]:
        here, there = STAGE_NAMES[standing.stage].lower(), STAGE_NAMES.get(to, to).lower()
        return (f"From “{here}” no way leads to “{there}”.",)
    return (*_needed(standing, to, mover.today), *_not_allowed(standing, to, mover))


def _needed(standing: Standing, to: str, today: date) -> tuple[str, ...]:
    needs: dict[str, tuple[tuple[bool, str], ...]] = {
        "sizing": ((standing.reason_count > 0, "Put at least one reason in scope."),),
        "approved": (
            (standing.reason_count > 0, "Put at least one reason in scope."),
            (standing.owner_id is not None, "Name an owner."),
            (standing.sponsor_id is not None, "Name a sponsor."),
            (standing.has_projection, "Write down a projection."),
        ),
        "live": (
            (standing.has_frozen_projection, "A sponsor approves a projection first."),
            (standing.go_live_on is not None, "Enter the day on which it went live."),
            (
                standing.go_live_on is None or standing.go_live_on <= today,
                f"Its go-live is {day(standing.go_live_on or today)}, which is still to come.",
            ),
        ),
        "validated": (
            (
                standing.has_signed_month,
                "Finance validates by signing measured months in its queue: the first one that is signed does it.",
            ),
        ),
    }
    return tuple(sentence for is_there, sentence in needs.get(to, ()) if not is_there)


def _not_allowed(standing: Standing, to: str, mover: Mover) -> tuple[str, ...]:
    if mover.roles.isdisjoint(MOVED_BY[to]):
        words = " or ".join(ROLE_WORDS[role] for role in sorted(MOVED_BY[to], reverse=True))
        named = f": {standing.sponsor_name} is named here" if to == "approved" and standing.sponsor_name else ""
        return (f"This step is for {words}{named}.",)
    if to == "approved" and mover.id is not None and mover.id == standing.owner_id:
        return ("The owner cannot approve an initiative of their own: another sponsor does.",)
    return ()


def faults(plan: Plan, stage: str, today: date) -> dict[str, str]:
    """What is wrong with a plan in a stage, a sentence a field."""
    found = _date_faults(plan)
    if not plan.name.strip():
        found["name"] = "Give it a name that says what changes, like “Return label in every parcel”."
    if len(plan.name) > LONGEST_NAME:
        found["name"] = f"The name has {len(plan.name)} letters; {LONGEST_NAME} is the most."
    if plan.touchpoint not in TOUCHPOINTS:
        found["touchpoint"] = "Choose where the fix is made."
    if unknown := plan.channels - set(CHANNELS):
        found["channels"] = f"“{min(unknown)}” is no channel."
    if stage in GONE_LIVE and plan.go_live_on is None:
        found["go_live_on"] = "It is live: the day of its go-live cannot be left out."
    if stage in GONE_LIVE and plan.go_live_on and plan.go_live_on > today:
        found["go_live_on"] = f"It is live, and {day(plan.go_live_on)} is still to come."
    return found


def _date_faults(plan: Plan) -> dict[str, str]:
    live, full, announced = plan.go_live_on, plan.full_go_live_on, plan.announced_on
    found: dict[str, str] = {}
    if full and not live:
        found["full_go_live_on"] = "Enter the first go-live before the full one."
    if full and live and full < live:
        found["full_go_live_on"] = f"The full go-live, {day(full)}, lies before {day(live)}, the first."
    if announced and live and announced > live:
        found["announced_on"] = f"It was announced on {day(announced)}, after it went live on {day(live)}."
    return found


def without_signed_month(stage: str) -> str:
    """The stage of an initiative of which finance has signed nothing any more.

    A closed one stays closed: it was closed by people who may do so without a signature.
    """
    return "live" if stage == "validated" else stage


def scope_is_open(stage: str) -> bool:
    """Whether reasons and channels may still change; from approval on they are what was promised."""
    return stage in {"idea", "sizing"}


def changed_fields(before: Plan, after: Plan) -> tuple[str, ...]:
    """The fields in which two plans differ, in the order of the form."""
    return tuple(field.name for field in fields(Plan) if getattr(before, field.name) != getattr(after, field.name))


def is_overdue(stage: str, due_on: date | None, today: date) -> bool:
    """Whether the day on which it was to be live has passed."""
    return due_on is not None and due_on < today and stage in OPEN - {"live"}


def is_stale(stage: str, moved_on: date, today: date) -> bool:
    """Whether nothing was done with an initiative that is not live yet for longer than two weeks."""
    return stage in OPEN - {"live"} and (today - moved_on).days > STALE_AFTER_DAYS


def code(initiative_id: int) -> str:
    """How an initiative is called in a meeting: INI-07."""
    return f"INI-{initiative_id:02d}"
