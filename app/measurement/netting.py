"""From the headline claim to what is left of it: every step with its inputs and its own line.

Clauses N1 - N9 of docs/methods.md. Money is exact minor units until it is shown; a line that takes away is negative,
and the lines add up to the net.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

HEADLINE, SHIFT, MINUTES, RATES = "headline", "shift", "minutes", "rates"
RELABELLED, REPEATS, OVERLAP = "relabelled", "repeats", "overlap"
DISBENEFITS, RUNNING, ONE_OFF, HOURS = "disbenefits", "running", "one_off", "hours"
STEP_NAMES: Mapping[str, str] = {
    HEADLINE: "Headline claim",
    SHIFT: "Channel shift",
    MINUTES: "Minutes of this reason",
    RATES: "Rates that changed",
    RELABELLED: "Re-labelled into other reasons",
    REPEATS: "Repeat contacts",
    OVERLAP: "Overlap with other initiatives",
    DISBENEFITS: "Dis-benefits",
    RUNNING: "Running cost",
    ONE_OFF: "One-off cost",
    HOURS: "The team's own hours",
}


@dataclass(frozen=True, slots=True)
class Input:
    """A figure that a step was made from, the channel that it is of, and where it can be looked up."""

    name: str
    figure: Fraction | int | None
    unit: str = ""
    source: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One step; `minor` is what it adds (or, below 0, takes away)."""

    step: str
    minor: Fraction
    inputs: tuple[Input, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """What the step is called."""
        return STEP_NAMES[self.step]


@dataclass(frozen=True, slots=True)
class Dated:
    """Contacts that were avoided from a day on, as long as a contact had one price, in exact minor units."""

    from_on: date
    price: Fraction
    avoided: Fraction


@dataclass(frozen=True, slots=True)
class PricedChannel:
    """Avoided contacts of a channel and what they are worth, in exact minor units.

    `flat` is the price of any contact of the channel when the plan was frozen, `own` that of one of these reasons with
    their own handle time, `at_dated_rates` the contacts day by day at the rates that held then, `dated` in its parts.
    """

    avoided: Fraction
    flat: Fraction
    own: Fraction
    at_dated_rates: Fraction
    dated: tuple[Dated, ...] = ()


@dataclass(frozen=True, slots=True)
class Returned:
    """Customers who came back under a reason outside the boundary, within the window; shares of known customers."""

    observed: int
    share_before: Fraction
    share_now: Fraction
    price: Fraction
    known: int

    @property
    def minor(self) -> Fraction:
        """What more of them came back than before, at what a contact costs; never a gain (N5)."""
        return -max(Fraction(0), self.share_now - self.share_before) * self.observed * self.price


@dataclass(frozen=True, slots=True)
class Costs:
    """What the initiative cost so far, in exact minor units (N7, N8)."""

    disbenefits: Fraction = Fraction(0)
    running: Fraction = Fraction(0)
    one_off: Fraction = Fraction(0)
    hours: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Claim:
    """All that the steps are made from (N3, N4, N6).

    `with_sinks` is the worth of the reasons together with those into which contacts may have been re-labelled, None
    where the plan names none; `share` is this initiative's part of what is left before its costs.
    """

    channels: Mapping[str, PricedChannel]
    with_sinks: Fraction | None
    returned: Returned | None
    share: Fraction
    share_note: str
    costs: Costs


@dataclass(frozen=True, slots=True)
class Netting:
    """The lines from the headline to the net, and the net with its low and high ends."""

    lines: tuple[Line, ...]
    low: Fraction
    high: Fraction

    @property
    def headline(self) -> Fraction:
        """What would be claimed without any netting (N1)."""
        return self.lines[0].minor

    @property
    def net(self) -> Fraction:
        """What is left."""
        return sum((line.minor for line in self.lines), Fraction(0))

    @property
    def whole_minors(self) -> tuple[int, ...]:
        """The lines in whole minor units: rounded sums' differences, so that they add up to the rounded net."""
        sums = [
            round(sum((line.minor for line in self.lines[:count]), Fraction(0))) for count in range(len(self.lines) + 1)
        ]
        return tuple(after - before for before, after in pairwise(sums))


def net(claim: Claim, below: Fraction, above: Fraction) -> Netting:
    """All steps of a claim; `below` and `above` are how far the low and the high end lie from the gross estimate.

    The range narrows with the initiative's share; costs are certain and move both ends alike (N9).
    """
    lines = tuple(_lines(claim))
    whole = sum((line.minor for line in lines), Fraction(0))
    return Netting(lines, whole - below * claim.share, whole + above * claim.share)


def _lines(claim: Claim) -> Iterator[Line]:
    channels = claim.channels.values()
    headline = sum((max(one.avoided, Fraction(0)) * one.flat for one in channels), Fraction(0))
    shift = sum((min(one.avoided, Fraction(0)) * one.flat for one in channels), Fraction(0))
    minutes = sum((one.avoided * (one.own - one.flat) for one in channels), Fraction(0))
    rates = sum((one.at_dated_rates - one.avoided * one.own for one in channels), Fraction(0))
    gross = headline + shift + minutes + rates
    relabelled = Fraction(0) if claim.with_sinks is None else min(Fraction(0), claim.with_sinks - gross)
    repeats = Fraction(0) if claim.returned is None else claim.returned.minor
    shared = gross + relabelled + repeats
    yield Line(HEADLINE, headline, tuple(_of_channels(claim.channels, lambda one: one.avoided > 0)))
    yield Line(SHIFT, shift, tuple(_of_channels(claim.channels, lambda one: one.avoided < 0)))
    yield Line(MINUTES, minutes, tuple(_prices(claim.channels)))
    yield Line(RATES, rates, tuple(_dated(claim.channels)))
    yield Line(RELABELLED, relabelled, tuple(_sinks(gross, claim.with_sinks)))
    yield Line(REPEATS, repeats, tuple(_returned(claim.returned)))
    yield Line(OVERLAP, shared * (claim.share - 1), (Input("share", claim.share, "share"),), claim.share_note)
    for step, minor in _costs(claim.costs):
        yield Line(step, -minor, (Input("so far", minor, "minor"),) if minor else ())


def _costs(costs: Costs) -> Sequence[tuple[str, Fraction]]:
    return (
        (DISBENEFITS, costs.disbenefits),
        (RUNNING, costs.running),
        (ONE_OFF, costs.one_off),
        (HOURS, costs.hours),
    )


def _of_channels(channels: Mapping[str, PricedChannel], is_meant: Callable[[PricedChannel], bool]) -> Iterator[Input]:
    for name, one in channels.items():
        if is_meant(one):
            yield Input(f"avoided by {name}", one.avoided, "contacts", channel=name)
            yield Input(f"a contact by {name}", one.flat, "minor", channel=name)


def _prices(channels: Mapping[str, PricedChannel]) -> Iterator[Input]:
    for name, one in channels.items():
        if one.own != one.flat:
            yield Input(f"avoided by {name}", one.avoided, "contacts", channel=name)
            yield Input(f"any contact by {name}", one.flat, "minor", channel=name)
            yield Input(f"a contact of these reasons by {name}", one.own, "minor", channel=name)


def _dated(channels: Mapping[str, PricedChannel]) -> Iterator[Input]:
    for name, one in channels.items():
        if any(part.price != one.own for part in one.dated):
            yield Input(f"a contact by {name} when the plan was frozen", one.own, "minor", channel=name)
            for part in one.dated:
                yield Input(f"avoided by {name} from {part.from_on}", part.avoided, "contacts", channel=name)
                yield Input(f"a contact by {name} from {part.from_on}", part.price, "minor", channel=name)


def _sinks(gross: Fraction, with_sinks: Fraction | None) -> Iterator[Input]:
    if with_sinks is not None:
        yield Input("these reasons alone", gross, "minor")
        yield Input("together with those that contacts may have moved to", with_sinks, "minor")


def _returned(returned: Returned | None) -> Iterator[Input]:
    if returned is not None:
        yield Input("came back under another reason before", returned.share_before, "share")
        yield Input("came back since", returned.share_now, "share")
        yield Input("contacts since", returned.observed, "contacts")
        yield Input("customers known", returned.known, "contacts")
        yield Input("a contact", returned.price, "minor")
