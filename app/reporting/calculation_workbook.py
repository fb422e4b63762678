"""One initiative and month as a workbook that works itself out: every total is a formula of its inputs."""

from collections.abc import Sequence
from datetime import date

from app.contacts.rules import CHANNEL_NAMES
from app.measurement.plans import SHAPES, PlanTerms
from app.reporting import calculation_sheets as sheets
from app.reporting import netting_sheet
from app.reporting.calculation_sheets import BookedCells, RangeCells
from app.reporting.dossier import Dossier
from app.reporting.excluded import counts
from app.reporting.method_lines import METHOD_NAMES, method_lines
from app.reporting.netting_sheet import NO_RATE, Ends, in_currency
from app.reporting.workbook import Book, Formula, Sheet, rounded

PERIODS = {"day": "Days", "week": "Weeks", "month": "Months"}
OF_TWO = (34, 26, 70)


def calculation_workbook(found: Dossier, paper: str = "a4") -> bytes:
    """The finished file; no macro, no link to anywhere, and no text of people that a spreadsheet would run."""
    measured = found.look
    title = f"{found.known.code} {found.month:%Y-%m}"
    book = Book(title, found.currency, measured.measured_at, paper)
    summary = book.sheet("Summary", OF_TWO, is_wide=True)
    days = book.sheet(PERIODS.get(measured.figures["every"], "Days"), (14, 14, 16, 16))
    spread = book.sheet("Range", (34, 18, 18, 70), is_wide=True)
    netting = book.sheet("Netting", (52, 16, 12, 18, 18, 16, 16), is_wide=True)
    prices = book.sheet("Prices", (20, 14, 16, 16, 24, 18), is_wide=True)
    booked = book.sheet("Booked", (34, 18, 60, 12), is_wide=True)
    contacts = sheets.days(days, found)
    ranges = sheets.range_of(spread, found, contacts, sheets.prices(prices, found))
    ends = _netted(netting, found, ranges[1])
    cells = sheets.booked(booked, found, ends, ranges[0])
    _plan(book.sheet("Plan", (34, 68, 40), is_wide=True), found)
    _method(book.sheet("Method", (10, 110), is_wide=True), found)
    _summary(summary, found, ranges[0], ends, cells)
    return book.bytes()


def _netted(sheet: Sheet, found: Dossier, money: RangeCells | None) -> Ends | None:
    figures = found.look.figures
    if figures["netting"] is None or money is None:
        sheet.title("From the headline claim to the net", NO_RATE)
        return None
    return netting_sheet.fill(sheet, figures["netting"], figures["share"], money.below, money.above)


def _summary(sheet: Sheet, found: Dossier, contacts: RangeCells, ends: Ends | None, booked: BookedCells) -> None:
    measured, book, figures = found.look, sheet.book, found.look.figures
    sheet.title(f"{found.known.code}  {found.known.plan.name}", f"Realised savings of {found.month:%B %Y}")
    sheet.head("", "Figure", "Where it comes from", freezes=True)
    sheet.fact("State", measured.state, "text", " ".join(one["sentence"] for one in figures["findings"]))
    sheet.fact("Reasons", "\n".join(found.targets), "text", "What the initiative removes")
    share = sheet.fact("Share of this initiative", figures["share"], "factor", "Clauses O1 - O4")
    sheet.row += 1
    reporting = figures["reporting"]
    sheet.fact("Measured from", reporting["start"], "text", f"Up to, not including, {reporting['end']}")
    reported, before = counts(found.excluded)
    names = "; ".join(one.words for one in found.excluded) or "Nothing in the register touched these reasons"
    sheet.fact("Days left out of the report", reported, "count", f"{names}: clause E3")
    sheet.fact("Days left out of the baseline", before, "count", "Likewise")
    whole = sheet.fact(
        "Avoided contacts, all sharers", Formula(contacts.avoided, figures["avoided"]), "contacts", "Range"
    )
    sheet.fact("Low end", Formula(contacts.low, figures["avoided_low"]), "contacts", "Range")
    sheet.fact("High end", Formula(contacts.high, figures["avoided_high"]), "contacts", "Range")
    sheet.fact("Share of what was expected", Formula(contacts.relative, figures["relative"]), "share", "Range")
    least = Formula(contacts.minimum_detectable, figures["minimum_detectable"])
    sheet.fact("Smallest effect that could be seen", least, "share", "Range")
    mine = Formula(rounded(f"({whole}*{share})", 0), measured.avoided)
    sheet.fact("Avoided by this initiative", mine, "count", "Times its share, in whole contacts")
    last_year = figures["last_year"]
    sheet.fact("Same weeks last year: avoided", last_year["avoided"], "contacts", "The second method, clause C9")
    sheet.fact("Same weeks last year: share", last_year["relative"], "share", "The second method, clause C9")
    sheet.fact("Rank among untouched reasons", figures.get("placebo_rank"), "share", "Clause V4")
    sheet.row += 1
    if ends is None:
        sheet.fact("Net", "unknown", "text", NO_RATE)
    else:
        for name, cell, minor in (
            ("Net since go-live", ends.net, measured.net_minor),
            ("Low end", ends.low, measured.low_minor),
            ("High end", ends.high, measured.high_minor),
        ):
            sheet.fact(f"{name} ({found.currency})", Formula(cell, in_currency(book, minor or 0)), "money", "Netting")
    cumulative = Formula(booked.cumulative, in_currency(book, measured.booked_minor))
    sheet.fact(f"Booked since go-live ({found.currency})", cumulative, "money", "Booked")
    sheet.fact(f"Realised this month ({found.currency})", Formula(booked.month, _month(found, book)), "money", "Booked")
    sheet.row += 1
    _signed(sheet, found)


def _month(found: Dossier, book: Book) -> float:
    before = found.earlier_minor
    return in_currency(book, found.look.booked_minor - before)


def _signed(sheet: Sheet, found: Dossier) -> None:
    claim, measured = found.claimed, found.look
    sheet.fact("Measured", measured.measured_at, "moment", f"UTC, by {measured.measured_by}, look {measured.number}")
    if found.realised is not None:
        sheet.fact("Entry of the ledger", found.realised.number, "count", found.realised_hash)
    if claim is not None:
        sheet.fact("Claimed", claim.at, "moment", f"UTC, by {claim.by}. {claim.note}".strip())
    if claim is not None and claim.decided is not None:
        decided = claim.decided
        sheet.fact("Decided", decided.at, "moment", f"UTC, by {decided.by}: {decided.outcome}. {decided.note}".strip())
    if found.validated is not None:
        amount = in_currency(sheet.book, found.validated.facts.amount.amount_minor)
        note = f"Entry {found.validated.number}, {found.validated_hash}"
        sheet.fact(f"Validated ({found.currency})", amount, "money", note)


def _plan(sheet: Sheet, found: Dossier) -> None:
    plan, terms = found.plan, found.plan.terms
    sheet.title("The plan, frozen before anybody measured")
    sheet.head("", "Said", freezes=True)
    sheet.fact("Version", plan.number, "count")
    sheet.fact("SHA-256", plan.hash or "not frozen")
    sheet.fact("Frozen", plan.frozen_at, "moment", f"UTC, by {plan.frozen_by}" if plan.frozen_by else "")
    sheet.fact("Written", plan.made_at, "moment", f"UTC, by {plan.made_by}")
    sheet.row += 1
    sheet.fact("Reasons that it removes", "\n".join(found.targets))
    sheet.fact("Reasons that contacts may move to", "\n".join(found.sinks) or "none")
    sheet.fact("Channels", _listed([CHANNEL_NAMES.get(one, one) for one in sorted(terms.boundary.channels)], "all"))
    for name, day in _dates(terms):
        sheet.fact(name, day, "date")
    sheet.fact("Effect", SHAPES.get(terms.shape, terms.shape))
    for phase in terms.phases:
        sheet.fact(f"    from {phase.from_on}", phase.share_bp / 10_000, "share")
    sheet.fact("Figures by", terms.grain)
    sheet.fact("Driver", terms.driver or "none")
    sheet.fact("Control reasons", len(terms.control_ids), "count")
    sheet.fact("Untouched reasons", len(terms.untouched_ids), "count", "They tell a common departure: clause C6")
    sheet.fact("Months that count", terms.crediting_months, "count")
    sheet.fact("First year only", "yes" if terms.first_year_only else "no")
    if terms.agreed_share_bp is not None:
        sheet.fact("Agreed share", terms.agreed_share_bp / 10_000, "share")
    sheet.fact("Smallest visible effect, as foreseen", plan.minimum_detectable, "share")


def _dates(terms: PlanTerms) -> tuple[tuple[str, date | None], ...]:
    return (
        ("Announced", terms.announced_on),
        ("Go-live", terms.go_live_on),
        ("Full go-live", terms.full_on or terms.go_live_on),
        ("Counts until, not including", terms.expires_on),
    )


def _listed(names: Sequence[str], nothing: str) -> str:
    return ", ".join(names) or nothing


def _method(sheet: Sheet, found: Dossier) -> None:
    figures = found.look.figures
    method, version = figures["method"], found.look.method_version
    sheet.title(f"Method {method}, version {version}", METHOD_NAMES.get(method, ""))
    sheet.head("Clause", "What it says, in one line; in full in docs/methods.md", freezes=True)
    for clause, line in method_lines(method):
        sheet.line((clause, "text"), (line, "text"))
    sheet.row += 1
    baseline = figures["baseline"]
    for words in (
        f"Baseline from {baseline['start']} up to, not including, {baseline['end']}: {baseline['periods']} used.",
        f"Common departure: {figures['common_departure']:+.6f} (logarithm), of {figures['untouched']} reasons.",
    ):
        sheet.line((None, "text"), (words, "text"))
