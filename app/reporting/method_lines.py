"""The clauses of docs/methods.md that a calculation stands on, a line each, for whoever holds only the export."""

from collections.abc import Mapping

METHOD_NAMES: Mapping[str, str] = {
    "1": "regression on the time before, one fixed drift",
    "2": "regression on the time before, fading days, common departure",
}
_MODEL = (
    ("C1", "The baseline ends at the announcement or the first go-live; a missing period is left out and never 0."),
    (
        "C2",
        "Expected: level, weekday, holiday, two waves a year, trend, driver and controls, fitted on the baseline.",
    ),
    ("C3", "A term moves as far from its prior as the figures insist; a trend that is not shrunk would run away."),
)
_DAYS = (
    ("C4", "The last 365 days before the baseline's end have full weight, older ones fade, half every 90 days."),
    ("C6", "When all untouched reasons move, half of that move is taken out."),
)
_RANGE = (
    ("C5", "The error is what the same model got wrong on parts of the baseline that were left out of it."),
    ("C7", "The range is expected x exp(-q SE - d) - observed to expected x exp(q SE) - observed."),
    ("C8", "An effect below 1 - exp(-q SE - d) could not have been seen."),
    ("C9", "Beside it: the same days a year before, scaled by the driver or by all untouched reasons."),
)
_MONEY = (
    ("S5", "Verified: the low end above 0 at two month-ends in a row, and both methods see a fall."),
    ("N1", "Headline claim: avoided contacts of every channel that fell, at its frozen rate."),
    ("N2", "Frozen rates, the reasons' own minutes, and the rate of each day are lines of their own."),
    ("N3", "Channel shift: contacts of every channel that rose, at that channel's frozen rate."),
    ("N4", "Re-labelled: measured alone and together with neighbouring reasons; the smaller saving counts."),
    ("N5", "Repeat contacts: more customers who came back within seven days are taken off."),
    ("N6", "Overlap: what belongs to other initiatives on the same reasons is taken off."),
    ("N7", "Dis-benefits, running and one-off cost are taken off."),
    ("N8", "The team's own hours are taken off, at the rate that was entered with them."),
    ("N9", "The ends lie as far from the net as those of the gross, times the initiative's share."),
    ("R3", "Booked is the cumulative low end of the net where verified; a month is the difference to the one before."),
)


def method_lines(method: str) -> tuple[tuple[str, str], ...]:
    """Clause and line, in the order in which the calculation goes."""
    return (*_MODEL, *(_DAYS if method == "2" else ()), *_RANGE, *_MONEY)
