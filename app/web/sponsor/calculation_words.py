"""What the calculation page says: its finding, its state, and each step from the claim to what may be booked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.charts.content import StepKind
from app.ledger.calculations import Calculation
from app.measurement.netting import (
    DISBENEFITS,
    HEADLINE,
    HOURS,
    MINUTES,
    ONE_OFF,
    OVERLAP,
    RATES,
    RELABELLED,
    REPEATS,
    RUNNING,
    SHIFT,
    STEP_NAMES,
)
from app.measurement.verdict import DISPUTED, EXPIRED, INCREASED, INSUFFICIENT, MEASURING, NOISE, VERIFIED
from app.values.figures import counted, number, period, share
from app.values.money import Money, money_text
from app.web.sponsor.sources import Link
from app.web.team.initiative_words import Finding

STATE_KINDS: Mapping[str, str] = {
    VERIFIED: "good",
    MEASURING: "none",
    NOISE: "care",
    EXPIRED: "none",
    DISPUTED: "bad",
    INCREASED: "bad",
    INSUFFICIENT: "care",
}
STATE_CLAUSES: Mapping[str, str] = {
    INSUFFICIENT: "S2",
    EXPIRED: "S3",
    DISPUTED: "S4",
    VERIFIED: "S5",
    INCREASED: "S6",
    NOISE: "S7",
    MEASURING: "S7",
}
STEP_CLAUSES: Mapping[str, str] = {
    HEADLINE: "N1",
    SHIFT: "N3",
    MINUTES: "N2",
    RATES: "N2",
    RELABELLED: "N4",
    REPEATS: "N5",
    OVERLAP: "N6",
    DISBENEFITS: "N7",
    RUNNING: "N7",
    ONE_OFF: "N7",
    HOURS: "N8",
}
NET, UNCERTAIN, BOOKED = "net", "uncertain", "booked"
WHY_NOT: Mapping[str, str] = {
    VERIFIED: "Not certain",
    MEASURING: "Not verified yet",
    NOISE: "Not distinguishable from noise",
    DISPUTED: "Disputed",
    INCREASED: "More contacts, not fewer",
    INSUFFICIENT: "The baseline does not suffice",
    EXPIRED: "Not counted: as it stood when it expired",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One step as table and waterfall show it: its inputs as name and text, and where they were made."""

    step: str
    name: str
    kind: StepKind
    amount: Money
    clause: str
    inputs: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    note: str = ""

    @property
    def href(self) -> str:
        """Where the bar of the step leads."""
        return self.links[0].href if self.links else f"#step-{self.step}"


def state_kind(state: str) -> str:
    """The mark beside the state's word."""
    return STATE_KINDS[state]


def finding(found: Calculation) -> Finding:
    """What was found, in one sentence, with the range and what follows for the money below it."""
    look = found.look
    avoided = counted(abs(look.avoided), "contact")
    least = share(look.figures["minimum_detectable"])
    more = "fewer" if look.avoided >= 0 else "more"
    told = {
        VERIFIED: ("", avoided, " no longer came, and that is verified."),
        NOISE: ("What changed ", "cannot be told from noise", f": an effect below {least} could not be seen."),
        INCREASED: ("", avoided, " more came than expected."),
        DISPUTED: ("What was found is ", "disputed", ", so nothing is booked."),
        EXPIRED: ("Its saving ", "no longer counts", ": what was booked stays."),
        INSUFFICIENT: ("There was ", "too little before go-live", " to measure against."),
        MEASURING: (f"{avoided} {more} so far: it is ", "too early", " to be sure."),
    }
    return Finding(*told[look.state], lede=f"{_range(found)} {_money(found)}")


def _range(found: Calculation) -> str:
    figures = found.look.figures
    low, high = (round(figures[name] * figures["share"]) for name in ("avoided_low", "avoided_high"))
    share_words = f"{share(figures['relative'])} of what would have come"
    return (
        f"Between {number(low)} and {number(high)} contacts fewer with {share(figures['confidence'])} confidence; "
        f"the estimate is {number(found.look.avoided)}, {share_words}."
    )


def _money(found: Calculation) -> str:
    look = found.look
    if look.net_minor is None or look.low_minor is None or look.high_minor is None:
        return "What they are worth is not known: a channel has no rate."
    net, low, high = (money_text(found.money(minor)) for minor in (look.net_minor, look.low_minor, look.high_minor))
    if look.booked_minor:
        booked = money_text(found.may_be_booked)
        return f"They are worth {net} net ({low} to {high}), of which {booked} may be booked since go-live."
    return f"They would be worth {net} net ({low} to {high}); nothing of it may be booked."


def rows(found: Calculation, links: Mapping[str, Sequence[Link]]) -> list[Row]:
    """Every step from the headline to what may be booked, cumulative since go-live; none where a rate is missing."""
    netting = found.look.figures["netting"]
    return [] if netting is None else list(_rows(found, netting, links))


def _rows(found: Calculation, netting: Mapping[str, Any], links: Mapping[str, Sequence[Link]]) -> Iterator[Row]:
    for line in netting["lines"]:
        step = line["step"]
        yield Row(
            step=step,
            name=STEP_NAMES[step],
            kind="start" if step == HEADLINE else "change",
            amount=found.money(line["minor"]),
            clause=STEP_CLAUSES[step],
            inputs=tuple((one["name"], _figure(found, one["figure"], one["unit"])) for one in line["inputs"]),
            links=tuple(links.get(step, ())),
            note=line["note"],
        )
    net, booked = netting["net_minor"], found.look.booked_minor
    ends = (("low end", netting["low_minor"]), ("high end", netting["high_minor"]))
    shown = tuple((name, money_text(found.money(minor), cents=True)) for name, minor in ends)
    yield Row(NET, "Net, the estimate", "subtotal", found.money(net), "N9", shown)
    yield Row(
        UNCERTAIN, WHY_NOT[found.look.state], "change", found.money(booked - net), STATE_CLAUSES[found.look.state]
    )
    yield Row(BOOKED, "May be booked", "total", found.money(booked), "R3", links=tuple(links.get(BOOKED, ())))


def _figure(found: Calculation, figure: float | None, unit: str) -> str:
    if figure is None:
        return "not known"
    if unit == "minor":
        return money_text(found.money(round(figure)), cents=True)
    if unit == "share":
        return share(figure, 1)
    return number(figure, 0 if float(figure).is_integer() else 1)


def baseline(figures: Mapping[str, Any]) -> str:
    """The days before go-live that the figures were fitted on; nothing where there were none."""
    kept = figures["baseline"]
    return period(*(date.fromisoformat(kept[name]) for name in ("start", "end"))) if kept["start"] else ""


def month_name(month: date) -> str:
    """Like October 2026."""
    return f"{month:%B %Y}"
