"""One initiative appraised up to a day: measured with and without the sinks, shared where others overlap, and netted.

Clauses N1 - N9 and O1 - O4 of docs/methods.md.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.costing import queries as costing
from app.costing.rules import average_seconds
from app.counting import queries as counting
from app.counting import repeats
from app.initiatives.queries import Known
from app.measurement import boundary, leaking, netting, pricing, relabelled, sharing
from app.measurement.boundary import Read
from app.measurement.interval import Range, range_of
from app.measurement.netting import Claim, Costs, Netting, Returned
from app.measurement.outcome import Beside, Outcome, measure
from app.measurement.plans import PlanTerms
from app.measurement.pricing import Prices
from app.measurement.sharing import Shared, Sharer
from app.measurement.tables import InitiativeCost
from app.reasons import queries as reasons
from app.reasons.rules import Tree
from app.values.periods import DAYS_A_YEAR, Period

NOT_SHARED = Fraction(1)


@dataclass(frozen=True)
class Planned:
    """An initiative with the plan that holds for it."""

    known: Known
    terms: PlanTerms


@dataclass(frozen=True)
class Appraisal:
    """What an initiative did up to a day.

    `credited` is the smaller of the target alone and with its sinks. `netting`, and `worth`, the range of what was
    credited with each contact at its price, are None where a rate is missing. `prices_minor` has that price by channel.
    """

    target: Outcome
    with_sinks: Outcome | None
    credited: Outcome
    shared: Shared | None
    share: Fraction
    netting: Netting | None
    worth: Range | None
    prices_minor: Mapping[str, float]
    currency: str


def appraise(session: Session, mine: Planned, others: Collection[Planned], until: date) -> Appraisal:
    """Measure and net one initiative; `others` are all that went live, of which those that overlap share with it.

    Raises Refused where there is nothing to measure yet.
    """
    tree = reasons.tree(session)
    group = [mine, *(one for one in others if one.known.id != mine.known.id and _overlap(tree, mine, one))]
    terms = together([one.terms for one in group])
    read = boundary.read(session, terms, until)
    beside = _beside(session, tree, terms, read, mine.terms.expires_on)
    target = measure(read.series, read.frame, beside)
    with_sinks = None
    if read.with_sinks is not None:
        with_sinks = measure(read.with_sinks, read.frame, beside, target.estimate.others)
    credited = min((one for one in (target, with_sinks) if one), key=lambda one: one.range.avoided)
    shared = _shared(session, tree, group, target) if len(group) > 1 else None
    share = NOT_SHARED if shared is None else _share_of(shared, mine.known.id)
    prices = _prices(session, tree, mine, Period(read.series.starts[0], read.frame.end))
    each = {name: float(prices.of_reason(name) or 0) for name in credited.estimate.channels}
    net, worth = _netted(session, mine, (target, with_sinks, credited), prices, (share, shared), each)
    currency = prices.dated.currency or (mine.known.promised.terms.currency if mine.known.promised else "")
    return Appraisal(target, with_sinks, credited, shared, share, net, worth, each, currency)


def _beside(session: Session, tree: Tree, terms: PlanTerms, read: Read, expires_on: date) -> Beside:
    """What is known of a boundary beside its series."""
    named = terms.boundary.reason_ids | terms.boundary.sink_ids
    frame = replace(read.frame, end=min(read.frame.end, expires_on))
    return Beside(
        is_ranked=True,
        open_events=boundary.open_events(session, named, tree),
        expires_on=expires_on,
        relabellings=relabelled.unconfirmed(session, named, Period(read.series.starts[0], frame.end)),
        remarks=tuple(leaking.leaks(session, terms, frame)) if frame.end > frame.go_live_on else (),
    )


def together(plans: Sequence[PlanTerms]) -> PlanTerms:
    """One boundary for plans that overlap: all their reasons, from the first announcement and go-live on (O1)."""
    first = min(plans, key=lambda one: one.go_live_on)
    if len(plans) == 1:
        return first
    targets = frozenset[int]().union(*(one.boundary.reason_ids for one in plans))
    sinks = frozenset[int]().union(*(one.boundary.sink_ids for one in plans)) - targets
    channels = (
        frozenset[str]()
        if any(not one.boundary.channels for one in plans)
        else frozenset[str]().union(*(one.boundary.channels for one in plans))
    )
    return replace(
        first,
        boundary=replace(first.boundary, reason_ids=targets, sink_ids=sinks, channels=channels),
        announced_on=min(one.announced_on or one.go_live_on for one in plans),
    )


def _overlap(tree: Tree, one: Planned, other: Planned) -> bool:
    mine, theirs = one.terms.boundary, other.terms.boundary
    channels_meet = not mine.channels or not theirs.channels or not mine.channels.isdisjoint(theirs.channels)
    return channels_meet and not _members(tree, mine.reason_ids).isdisjoint(_members(tree, theirs.reason_ids))


def _members(tree: Tree, reason_ids: Collection[int]) -> frozenset[int]:
    return frozenset[int]().union(*(tree.below(one) for one in reason_ids))


def _shared(session: Session, tree: Tree, group: Sequence[Planned], whole: Outcome) -> Shared:
    """The group's total divided by what each initiative covers day by day (O2, O3)."""
    weight = boundary.volumes(session, whole.estimate.span)
    everything = sum(weight[one] for one in _members(tree, _targets(group))) or 1
    sharers = {}
    for one in group:
        part = sum(weight[member] for member in _members(tree, one.terms.boundary.reason_ids)) / everything
        covers = [one.terms.covered(day) * part for day in whole.estimate.starts]
        sharers[one.known.id] = Sharer(covers, _agreed(one, group))
    channels = whole.estimate.channels.values()
    observed = [sum(figures) for figures in zip(*(one.observed for one in channels), strict=True)]
    expected = [sum(figures) for figures in zip(*(one.expected for one in channels), strict=True)]
    return sharing.share(observed, expected, sharers)


def _agreed(one: Planned, group: Sequence[Planned]) -> float:
    """The weight that stands in for a measured effect: the agreed shares where all have one, else what was planned."""
    if one.terms.agreed_share_bp is not None and all(other.terms.agreed_share_bp is not None for other in group):
        return one.terms.agreed_share_bp
    promised = one.known.promised
    return max(promised.figures.likely.contacts_year, 1) if promised else 1


def _targets(group: Sequence[Planned]) -> frozenset[int]:
    return frozenset[int]().union(*(one.terms.boundary.reason_ids for one in group))


def _share_of(shared: Shared, initiative_id: int) -> Fraction:
    whole = sum((sum(days) for days in shared.avoided.values()), 0.0)
    return Fraction(sum(shared.avoided[initiative_id]) / whole).limit_denominator(10**9) if whole else NOT_SHARED


def _prices(session: Session, tree: Tree, mine: Planned, period: Period) -> Prices:
    members = _members(tree, mine.terms.boundary.reason_ids)
    totals = [*counting.by_reason_and_channel(session, period), *counting.by_whole_period(session, period)]
    return Prices(
        frozen=pricing.book_of(mine.terms.rates),
        dated=costing.rates(session),
        frozen_on=mine.terms.go_live_on,
        usual=average_seconds(totals),
        own=average_seconds(total for total in totals if total.reason_id in members),
    )


def _netted(
    session: Session,
    mine: Planned,
    outcomes: tuple[Outcome, Outcome | None, Outcome],
    prices: Prices,
    part: tuple[Fraction, Shared | None],
    each: Mapping[str, float],
) -> tuple[Netting, Range] | tuple[None, None]:
    target, with_sinks, credited = outcomes
    channels = pricing.priced(target.estimate, prices)
    wider = None if with_sinks is None else pricing.priced(with_sinks.estimate, prices)
    if channels is None or (with_sinks is not None and wider is None):
        return None, None
    whole = range_of(credited.estimate, credited.frame.confidence, each)
    share, shared = part
    claim = Claim(
        channels=channels,
        with_sinks=None if wider is None else sum((one.at_dated_rates for one in wider.values()), Fraction(0)),
        returned=_returned(session, mine, credited, prices),
        share=share,
        share_note=_share_note(shared),
        costs=_costs(session, mine, credited.reporting),
    )
    return netting.net(claim, Fraction(whole.avoided - whole.low), Fraction(whole.high - whole.avoided)), whole


def _returned(session: Session, mine: Planned, credited: Outcome, prices: Prices) -> Returned | None:
    """Who came back under another reason, since go-live and in as many days before the baseline's end (N5).

    None where there are no contacts with customers to tell it from, as with totals.
    """
    boundary_ids = mine.terms.boundary.reason_ids | mine.terms.boundary.sink_ids
    members = _members(reasons.tree(session), boundary_ids)
    now = repeats.returned(session, credited.reporting, members)
    before = repeats.returned(session, _before(credited), members)
    if now.share is None or before.share is None:
        return None
    channels = credited.estimate.channels
    each = {name: prices.of_reason(name) or Fraction(0) for name in channels}
    came = {name: Fraction(sum(fitted.observed)) for name, fitted in channels.items()}
    contacts = sum(came.values(), Fraction(0)) or Fraction(1)
    return Returned(
        observed=round(contacts),
        share_before=Fraction(before.returned, before.known),
        share_now=Fraction(now.returned, now.known),
        price=sum((each[name] * came[name] for name in channels), Fraction(0)) / contacts,
        known=now.known,
    )


def _before(credited: Outcome) -> Period:
    """As many days before the baseline's end as are reported, or the whole baseline where that is shorter."""
    span = credited.estimate.span
    return Period(max(span.start, span.end - timedelta(days=credited.reporting.days)), span.end)


def _share_note(shared: Shared | None) -> str:
    if shared is None:
        return ""
    return "measured" if shared.is_measured else f"allocated, not measured: {shared.why_agreed}"


def _costs(session: Session, mine: Planned, reporting: Period) -> Costs:
    """What was entered, by kind; where nothing was, one-off and running cost are those that were projected."""
    found: dict[str, Fraction] = {}
    query = select(InitiativeCost).where(InitiativeCost.initiative_id == mine.known.id)
    for row in session.scalars(query):
        found[row.kind] = found.get(row.kind, Fraction(0)) + row.amount_minor * _elapsed(row, reporting.end)
    promised = mine.known.frozen
    if promised is not None:
        found.setdefault("one_off", Fraction(promised.terms.cost_to_do_minor))
        running = Fraction(promised.terms.running_cost_year_minor * reporting.days, DAYS_A_YEAR)
        found.setdefault("running", running)
    return Costs(*(found.get(kind, Fraction(0)) for kind in ("disbenefit", "running", "one_off", "hours")))


def _elapsed(row: InitiativeCost, until: date) -> Fraction:
    """The part of a cost's days that lies before a day."""
    days = (row.end - row.start) // timedelta(days=1)
    return Fraction(min(max((until - row.start).days, 0), days), days)
