"""The sign-off sheet: one page that says what is signed, what it stands on, who claimed it and who decides."""

from collections.abc import Iterator, Sequence
from datetime import date
from math import exp

from app import charts
from app.charts import Mark, ObservedExpected, Point, Words
from app.charts.paper import on_paper
from app.contacts.rules import CHANNEL_NAMES
from app.ledger.entries import Recorded
from app.ledger.rules import APPROVED, LOWERED, REJECTED
from app.measurement import plans
from app.measurement.netting import STEP_NAMES
from app.measurement.series import end_of
from app.reporting.dossier import Dossier
from app.reporting.excluded import stretches
from app.reporting.printing import Page
from app.values.figures import day, number, period, share
from app.values.money import Money, money_in_brackets
from app.values.periods import Period
from app.values.sealing import plain
from app.values.spelled import amount_in_words

REASONS_SHOWN = 3
CHART_WIDTH = 180
LONGEST_LEFT_OUT = 150  # the sheet is one page; the calculation names all of them
OUTCOMES = {APPROVED: "approved", LOWERED: "approved a lower figure", REJECTED: "rejected"}
PLACEBO_PROMISE = "90 % and 5 % are what the method promises"


def signoff(found: Dossier, organisation: str, paper: str = "a4") -> bytes:
    """The finished PDF; its only time is that of the measurement, so the same figures give the same bytes."""
    known = found.known
    title = f"Sign-off of realised savings: {known.code}, {found.month:%B %Y}"
    page = Page(title, organisation, found.look.measured_at, _foot(found), paper)
    page.text(organisation, 8, faint=True)
    page.text(title, 14, bold=True)
    page.text(known.plan.name, 10, lines=2)
    page.gap()
    page.text(_money(found, found.signed), 18, bold=True)
    page.text(f"{amount_in_words(found.signed)}: {_what(found)}", 8.5, lines=2)
    page.gap()
    _columns(page, found)
    page.gap()
    page.drawing(on_paper(charts.observed_expected(_chart(found))), _told(found), CHART_WIDTH)
    page.pairs(list(_kept(found)), 0, page.width, 34)
    page.gap(3)
    page.signatures(_signers(found))
    return page.bytes()


def _columns(page: Page, found: Dossier) -> None:
    """The steps on the left and the facts on the right, from one height."""
    top, half = page.y, page.width / 2
    page.amounts(list(_steps(found)), half - 4)
    left = page.y
    page.go_to(top)
    page.pairs(list(_facts(found)), half, half, 30)
    page.go_to(max(left, page.y))


def _what(found: Dossier) -> str:
    if found.validated is not None:
        return f"validated by finance for {found.month:%B %Y}, capacity"
    stands = "claimed and not yet validated" if found.claimed else "not claimed yet"
    return f"realised in {found.month:%B %Y}, capacity, {stands}"


def _steps(found: Dossier) -> Iterator[tuple[str, str, bool]]:
    netting = found.look.figures["netting"]
    if netting is None:
        yield "Money is unknown: a channel with contacts has no rate", "", False
    else:
        for line in netting["lines"]:
            yield STEP_NAMES.get(line["step"], line["step"]), _minor(found, line["minor"]), False
        yield "Net since go-live", _minor(found, netting["net_minor"]), True
        yield "Low end", _minor(found, netting["low_minor"]), False
        yield "High end", _minor(found, netting["high_minor"]), False
    yield "Booked since go-live", _minor(found, found.look.booked_minor), True
    yield f"Realised in {found.month:%B %Y}", _money(found, found.claimable), False
    if found.validated is not None:
        yield "Validated", _money(found, found.validated.facts.amount), True


def _facts(found: Dossier) -> Iterator[tuple[str, str]]:
    figures, terms = found.look.figures, found.plan.terms
    confidence = f"{figures['confidence'] * 100:g} %"
    yield "State", found.look.state
    yield "Reasons", _listed(found.targets)
    yield "Go-live", day(terms.go_live_on)
    yield "Measured", period(found.reporting.start, found.reporting.end)
    if found.excluded:
        yield "Left out", _shortened("; ".join(one.words for one in found.excluded))
    yield "Observed", f"{number(figures['observed'])} contacts"
    yield "Expected", f"{number(figures['counterfactual'] or 0)} contacts"
    yield "Avoided", f"{number(figures['avoided'] or 0)}, {_share(figures['relative'])} of what was expected"
    low, high = figures["avoided_low"], figures["avoided_high"]
    yield f"{confidence} range", f"{number(low or 0)} to {number(high or 0)} contacts"
    yield "Could be seen", f"{_share(figures['minimum_detectable'])} or more"
    yield "Last year's weeks", _share(figures["last_year"]["relative"])
    yield "Share", f"{_share(figures['share'])}{'' if figures['is_share_measured'] else ', allocated, not measured'}"
    yield "Method", f"{figures['method']}, version {found.look.method_version}"
    if found.reliability is not None and found.reliability.reliability.tests:
        one = found.reliability.reliability
        yield "Fake go-lives", f"{one.tests}: cover {_share(one.cover)}, false saving {_share(one.false_saving)}"
        yield "", f"half width {_share(one.typical_half_width)}; {PLACEBO_PROMISE}"


def _kept(found: Dossier) -> Iterator[tuple[str, str]]:
    plan, claim = found.plan, found.claimed
    yield f"Plan {plan.number}", f"SHA-256 {plan.hash or 'not frozen'}"
    frozen = f", frozen {day(plan.frozen_at.date())} by {plan.frozen_by}" if plan.frozen_at else ""
    yield "Rates", f"{_rates(found)}{frozen}"
    yield "Rates, SHA-256", plans.fingerprint({"rates": plain(plan.terms.rates)})
    if found.realised is not None:
        yield f"Ledger entry {found.realised.number}", found.realised_hash
    if found.validated is not None:
        yield f"Ledger entry {found.validated.number}", found.validated_hash
    if claim is not None:
        yield "Claimed", f"{day(claim.at.date())} by {claim.by}. {claim.note}"
    if claim is not None and claim.decided is not None:
        decided = claim.decided
        yield "Decided", f"{day(decided.at.date())} by {decided.by}: {OUTCOMES[decided.outcome]}. {decided.note}"


def _signers(found: Dossier) -> Sequence[tuple[str, str]]:
    decided = found.claimed.decided if found.claimed else None
    return (("Claimed by", found.claimed.by if found.claimed else ""), ("For finance", decided.by if decided else ""))


def _foot(found: Dossier) -> str:
    measured = found.look
    when = f"{measured.measured_at:%Y-%m-%d %H:%M} UTC"
    look = f"Measurement {measured.id}, look {measured.number} of {len(found.looks)}, {when}."
    signed = found.validated or found.realised
    if signed is None:
        return f"{look} Nothing is in the ledger yet."
    return f"{look} Entry {signed.number} of the ledger's chain: {_hash(found, signed)}"


def _hash(found: Dossier, entry: Recorded) -> str:
    return found.validated_hash if entry is found.validated else found.realised_hash


def _rates(found: Dossier) -> str:
    held = {}
    for rate in found.plan.terms.rates:
        if date.fromisoformat(rate["valid_from"]) <= found.plan.terms.go_live_on:
            held[rate["channel"]] = rate
    words = [
        f"{CHANNEL_NAMES.get(channel, channel)} {_minor(found, rate['amount_minor'])} a {rate['basis']}"
        for channel, rate in held.items()
    ]
    return ", ".join(words) or "none"


def _chart(found: Dossier) -> ObservedExpected:
    figures = found.look.figures
    series = figures["series"]
    below, above = exp(-figures["spread"] - figures["shortfall"]), exp(figures["spread"])
    points = tuple(
        Point(
            label=_label(date.fromisoformat(start)),
            observed=came,
            expected=should,
            low=None if should is None else should * below,
            high=None if should is None else should * above,
        )
        for start, came, should in zip(series["starts"], series["observed"], series["expected"], strict=True)
    )
    full = found.plan.terms.full_on
    starts = [date.fromisoformat(start) for start in series["starts"]]
    full_at = next((at for at, start in enumerate(starts) if full is not None and start >= full), None)
    return ObservedExpected(
        key="signoff",
        title="Observed and expected",
        description=_told(found),
        points=points,
        number_text=number,
        observed=Words("observed"),
        expected=Words("expected"),
        band=Words("range"),
        excluded=stretches(found.excluded, [_period(found, start) for start in starts]),
        full_from=None if full_at is None else Mark(full_at, Words("full")),
    )


def _period(found: Dossier, start: date) -> Period:
    return Period(start, end_of(found.look.figures["every"], start))


def _shortened(words: str) -> str:
    return words if len(words) <= LONGEST_LEFT_OUT else f"{words[:LONGEST_LEFT_OUT].rsplit(' ', 1)[0]} …"


def _label(start: date) -> str:
    return f"{start.day} {start:%b}"


def _told(found: Dossier) -> str:
    figures = found.look.figures
    came, should = number(figures["observed"]), number(figures["counterfactual"] or 0)
    return f"Contacts by {figures['every']} since go-live: {came} observed, {should} expected."


def _listed(names: Sequence[str]) -> str:
    more = len(names) - REASONS_SHOWN
    return "; ".join(names[:REASONS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _share(value: float | None) -> str:
    return "unknown" if value is None else share(value, 1)


def _minor(found: Dossier, minor: int) -> str:
    return _money(found, Money(minor, found.currency))


def _money(found: Dossier, money: Money) -> str:
    """Figures and currency code apart, for a symbol does not tell one dollar from another."""
    shown = money_in_brackets(money, cents=True)
    symbol = "".join(one for one in shown if not (one.isdigit() or one in "().,"))
    return f"{found.currency} {shown.replace(symbol, '')}" if symbol else shown
