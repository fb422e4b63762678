"""What the pages say of a measurement plan, field by field and as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.contacts.rules import CHANNEL_NAMES
from app.initiatives.queries import Known
from app.measurement.plan_queries import PlanVersion
from app.measurement.plans import PHASED, SHAPES, PlanTerms
from app.reasons.rules import Tree
from app.values.figures import counted, day, local_day, share
from app.web.fields import share_text
from app.web.team.initiative_words import Finding
from app.web.team.plan_forms import METHODS

NOTHING = "nothing"
WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two plans differ."""

    label: str
    now: str
    typed: str


def told(terms: PlanTerms, tree: Tree) -> dict[str, str]:
    """A plan in words, a line each; dates that are not known are left out."""
    days = {"Announced": terms.announced_on, "Go-live": terms.go_live_on, "Live everywhere": terms.full_on}
    return {
        "Reasons": _listed(tree.text(one) for one in terms.boundary.reason_ids),
        "Might be re-labelled to": _listed(tree.text(one) for one in terms.boundary.sink_ids) or NOTHING,
        "Channels": _listed(CHANNEL_NAMES[one] for one in terms.boundary.channels) or "all",
        **{label: day(value) for label, value in days.items() if value},
        "How it comes": _shape(terms),
        "Method": f"{METHODS[terms.method]}, version {terms.method_version}; by {terms.grain}",
        **({"Driver": terms.driver} if terms.driver else {}),
        "Control reasons": _listed(tree.text(one) for one in terms.control_ids) or "none",
        "Counts": _counts(terms),
        **(
            {"Agreed share": f"{share_text(terms.agreed_share_bp)} %, where it cannot be told apart from others"}
            if terms.agreed_share_bp
            else {}
        ),
    }


def differences(now: PlanTerms, typed: PlanTerms, tree: Tree) -> list[Difference]:
    """The lines in which two plans differ."""
    here, there = told(now, tree), told(typed, tree)
    labels = dict.fromkeys((*here, *there))
    return [
        Difference(label, here.get(label, NOTHING), there.get(label, NOTHING))
        for label in labels
        if here.get(label) != there.get(label)
    ]


def finding(version: PlanVersion | None, versions: Iterable[PlanVersion], timezone: ZoneInfo) -> Finding:
    """The sentence that the page of a plan opens with."""
    if version is None:
        return Finding("Nothing says yet how it will be measured.", lede="A plan is written and frozen before go-live.")
    if version.frozen_at is None:
        return _found_draft(version, is_a_change=any(one.frozen_at for one in versions))
    late = lateness(version, timezone)
    return Finding(f"Version {version.number} is frozen, ", late or "before go-live", ".", seen_from(version))


def _found_draft(version: PlanVersion, *, is_a_change: bool) -> Finding:
    held = "Until then the frozen version holds." if is_a_change else "Nothing holds until it is frozen."
    if version.minimum_detectable is None:
        return Finding("The plan is a draft.", lede=held)
    stressed = f"below {share(version.minimum_detectable)}"
    return Finding("An effect ", stressed, " could not be seen.", f"The plan is a draft. {held}")


def seen_from(version: PlanVersion) -> str:
    """What could be seen with the plan, as far as it was worked out."""
    least = version.minimum_detectable
    return "" if least is None else f"An effect below {share(least)} could not be seen."


def lateness(version: PlanVersion, timezone: ZoneInfo, now: datetime | None = None) -> str:
    """How long after its go-live a version was frozen, or would be `now`, in words; nothing where it is in time."""
    at = version.frozen_at or now
    if at is None:
        return ""
    late = (local_day(at, timezone) - version.terms.go_live_on).days
    if late < 0:
        return ""
    how = "on the day of go-live" if late == 0 else f"{counted(late, 'day')} after go-live"
    return f"changed {how}" if version.number > 1 else how


def promise(known: Known, least: float | None) -> str:
    """What was promised beside what could be seen."""
    if known.promised is None or least is None:
        return ""
    likely = known.promised.terms.share_likely_bp
    noise = ", so the promised one would most likely read as noise" if likely < least * WHOLE_BP else ""
    return f"The projection promises {share_text(likely)} %; an effect below {share(least)} could not be seen{noise}."


def state(versions: list[PlanVersion], timezone: ZoneInfo) -> str:
    """How the plan of an initiative stands, in one line."""
    if not versions:
        return "No measurement plan yet"
    frozen = next((one for one in reversed(versions) if one.frozen_at), None)
    if frozen is None or frozen.frozen_at is None:
        return "The measurement plan is a draft"
    late = lateness(frozen, timezone)
    return f"Measurement plan frozen {day(local_day(frozen.frozen_at, timezone))}{f', {late}' if late else ''}"


def _listed(texts: Iterable[str]) -> str:
    return "; ".join(sorted(texts))


def _shape(terms: PlanTerms) -> str:
    words = SHAPES[terms.shape]
    if terms.shape != PHASED:
        return words
    parts = (f"{share_text(one.share_bp)} % from {day(one.from_on)}" for one in terms.phases)
    return f"in parts: {', '.join(parts)}"


def _counts(terms: PlanTerms) -> str:
    length = "in its first year only" if terms.first_year_only else f"for {counted(terms.crediting_months, 'month')}"
    return f"{length}, until {day(terms.expires_on)}"
