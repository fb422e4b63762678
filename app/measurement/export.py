"""A measurement as the facts that commands and exports print."""

from typing import Any

from app.measurement.outcome import Outcome


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
        "series": [
            {
                "start": point.start.isoformat(),
                "observed": point.observed,
                "expected": point.expected,
                "low": point.low,
                "high": point.high,
            }
            for point in found.points
        ],
    }


def _share(avoided: float, observed: float) -> float | None:
    return avoided / (observed + avoided) if observed + avoided else None
