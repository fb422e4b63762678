"""A measurement as the facts that commands and exports print."""

from typing import Any

from app.measurement.outcome import METHOD_VERSIONS, Outcome, Point
from app.measurement.series import DAY, Frame, NothingToFit, Series, end_of, masked
from app.measurement.verdict import INSUFFICIENT


def facts(found: Outcome) -> dict[str, Any]:
    """The measurement's public names; a figure that is unknown is None."""
    whole, fits, compared = found.range, found.estimate, found.last_year
    return {
        "method": found.method,
        "method_version": found.method_version,
        "verdict": found.verdict.state,
        "findings": [{"code": code, "sentence": sentence} for code, sentence in found.verdict.findings],
        "every": found.grain,
        "baseline": {
            "start": fits.span.start.isoformat(),
            "end": fits.span.end.isoformat(),
            "periods": len(fits.baseline_starts),
        },
        "reporting": {
            "start": found.reporting.start.isoformat(),
            "end": found.reporting.end.isoformat(),
            "periods": len(fits.starts),
        },
        "observed": whole.observed,
        "counterfactual": whole.expected,
        "avoided": whole.avoided,
        "avoided_low": whole.low,
        "avoided_high": whole.high,
        "confidence": found.frame.confidence,
        "relative": whole.relative,
        "relative_low": _share(whole.low, whole.observed),
        "relative_high": _share(whole.high, whole.observed),
        "minimum_detectable": whole.minimum_detectable,
        "last_year": {
            "counterfactual": compared and compared.expected,
            "avoided": compared and compared.avoided,
            "relative": compared and compared.relative,
        },
        "series": [_point(point) for point in found.points],
    }


def facts_without_baseline(series: Series, frame: Frame, reason: NothingToFit) -> dict[str, Any]:
    """The same names where nothing could be fitted: what came, and no word of what should have come."""
    clean = masked(series, frame)
    method = frame.method if series.grain == DAY else "1"
    points = [
        Point(start, came)
        for start, came in zip(clean.starts, clean.total(), strict=True)
        if start >= frame.go_live_on and end_of(series.grain, start) <= frame.end
    ]
    known = [point.observed for point in points if point.observed is not None]
    start, end = (day.isoformat() for day in (frame.go_live_on, frame.end))
    return {
        "method": method,
        "method_version": METHOD_VERSIONS[method],
        "verdict": INSUFFICIENT,
        "findings": [{"code": "empty", "sentence": reason.sentence}],
        "every": series.grain,
        "baseline": {"start": None, "end": frame.baseline_end.isoformat(), "periods": 0},
        "reporting": {"start": start, "end": end, "periods": len(known)},
        "observed": sum(known),
        **dict.fromkeys(("counterfactual", "avoided", "avoided_low", "avoided_high")),
        "confidence": frame.confidence,
        **dict.fromkeys(("relative", "relative_low", "relative_high", "minimum_detectable")),
        "last_year": dict.fromkeys(("counterfactual", "avoided", "relative")),
        "series": [_point(point) for point in points],
    }


def _point(point: Point) -> dict[str, Any]:
    return {
        "start": point.start.isoformat(),
        "observed": point.observed,
        "expected": point.expected,
        "low": point.low,
        "high": point.high,
    }


def _share(avoided: float, observed: float) -> float | None:
    return avoided / (observed + avoided) if observed + avoided else None
