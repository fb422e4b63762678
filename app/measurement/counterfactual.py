"""What would have come: a log-linear quasi-Poisson regression on the baseline, and how wrong it was on parts left out.

Clauses C2 - C6 of docs/methods.md. Only numpy, and no random number: the same input gives the same bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import NamedTuple

import numpy as np

from app.measurement.design import Design, Mask, Vector, vector
from app.measurement.estimates import Estimate, Fitted, Sums, departure_of
from app.measurement.series import Frame, Series

LEAST_OTHER = 2
LEAST_LOG, LARGEST_LOG = -15, 30
MOST_CORRELATED = 0.9
ROUNDS, CLOSE = 60, 1e-9
ROUNDS_LEFT_OUT, CLOSE_LEFT_OUT = 25, 1e-6


def estimate(series: Series, frame: Frame, others: Mapping[str, Fitted] | None = None) -> Estimate:
    """Fit every channel's baseline and carry it on; `others` that were fitted already spare doing it again.

    Raises NothingToFit where the baseline has no period, Refused where there is nothing to report.
    """
    design = Design.of(series, frame)
    fitter = Fitter.of(design)
    if others is None:
        others = fitter.others(series)
    return Estimate(
        grain=design.grain,
        span=design.span,
        span_periods=design.span_periods,
        closed_periods=sum(start in design.span for start in series.closed),
        baseline_starts=design.starts_of(design.baseline),
        starts=design.starts_of(design.reporting),
        carried_on={name: fitter.fitted(vector(figures), fitter.blocks) for name, figures in series.channels.items()},
        others=others,
        departure=departure_of(others.values()),
        fades=design.fades,
    )


def fitted_others(series: Series, frame: Frame) -> dict[str, Fitted]:
    """The other reasons of a series, each fitted by itself over the same days."""
    return Fitter.of(Design.of(series, frame)).others(series)


class Fit(NamedTuple):
    """Coefficients, the penalties that they were found with, and the noise that scaled those."""

    coefficients: Vector
    penalties: Vector
    dispersion: float
    correlation: float


@dataclass(frozen=True, slots=True, eq=False)
class Fitter:
    """A design ready to be fitted to one series after the other."""

    design: Design
    rows: Vector
    offset: Vector
    reported: Vector
    prior: Vector
    weak: Vector
    is_shrunk: Mask
    squares: Vector
    blocks: tuple[Mask, ...]
    last: Mask

    @classmethod
    def of(cls, design: Design) -> "Fitter":
        """Cut the design into what is fitted and what is reported."""
        matrix = design.matrix
        rows = matrix[design.baseline]
        return cls(
            design,
            rows,
            design.offset[design.baseline],
            matrix[design.reporting],
            np.array([term.prior for term in design.terms]),
            np.array([term.weak for term in design.terms]),
            np.array([term.is_shrunk for term in design.terms]),
            (rows[:, :, None] * rows[:, None, :]).reshape(len(rows), -1).T,
            tuple(design.blocks()),
            design.last_weeks(),
        )

    def fitted(self, counts: Vector, blocks: Iterable[Mask]) -> Fitted:
        """Fit one series, carry it on, and leave parts of its baseline out in turn."""
        came, design = counts[self.design.baseline], self.design
        fit = self.fit(came)
        lasts = [self.last] if design.fades and not self.last.all() else []
        found = self.left_out([*blocks, *lasts], came, fit)
        return Fitted(
            observed=tuple(counts[design.reporting].tolist()),
            expected=tuple(_predicted(self.reported, design.offset[design.reporting], fit.coefficients).tolist()),
            baseline_observed=tuple(came.tolist()),
            baseline_fitted=tuple(_predicted(self.rows, self.offset, fit.coefficients).tolist()),
            blocks=tuple(found[: len(found) - len(lasts)]),
            last=found[-1] if lasts else None,
            dispersion=fit.dispersion,
            correlation=fit.correlation,
        )

    def others(self, series: Series) -> dict[str, Fitted]:
        """Other reasons; one with a missing period, or with hardly a contact, tells nothing and is left out (C6)."""
        if not self.design.fades:
            return {}
        used = self.design.baseline | self.design.reporting
        counts = {name: vector(figures) for name, figures in series.others.items()}
        return {
            name: self.fitted(one, ())
            for name, one in counts.items()
            if not np.isnan(one[used]).any() and one[self.design.baseline].mean() >= LEAST_OTHER
        }

    def fit(self, came: Vector) -> Fit:
        """Fit twice: the noise of the first fit says how hard the second one shrinks its terms (C3)."""
        weights = self.design.weights
        first = self._solved(came, self.weak, self._start(came))
        mean = _predicted(self.rows, self.offset, first)
        freedom = max(weights.sum() - len(self.prior), 1.0)
        dispersion = max(float((weights * (came - mean) ** 2 / mean).sum() / freedom), 1.0)
        correlation = _lag_correlation((came - mean) / np.sqrt(mean))
        scale = dispersion * (1 + correlation) / (1 - correlation)
        penalties = np.where(self.is_shrunk, self.weak * scale, self.weak)
        return Fit(self._solved(came, penalties, first), penalties, dispersion, correlation)

    def left_out(self, parts: Sequence[Mask], came: Vector, fit: Fit) -> list[Sums]:
        """For each part of the baseline: what came in it, and what the rest of the baseline expects there (C5).

        All parts are solved at once, a column each: one large product of matrices costs less than a hundred small ones.
        """
        if not parts:
            return []
        left = np.array(parts).T
        weights = np.where(left, 0.0, self.design.weights[:, None])
        held, towards = np.diag(fit.penalties), (fit.penalties * self.prior)[:, None]
        found = np.tile(fit.coefficients[:, None], len(parts))
        counts, offset = came[:, None], self.offset[:, None]
        for _ in range(ROUNDS_LEFT_OUT):
            linear = np.clip(offset + self.rows @ found, LEAST_LOG, LARGEST_LOG)
            weighed = weights * np.exp(linear)
            information = (self.squares @ weighed).T.reshape(len(parts), *held.shape) + held
            score = self.rows.T @ (weighed * (linear - offset - 1) + weights * counts) + towards
            before, found = found, np.linalg.solve(information, score.T[:, :, None])[:, :, 0].T
            if np.max(np.abs(found - before)) < CLOSE_LEFT_OUT:
                break
        expected = np.where(left, _predicted(self.rows, offset, found), 0.0).sum(axis=0)
        return [Sums(*pair) for pair in zip((came @ left).tolist(), expected.tolist(), strict=True)]

    def _start(self, came: Vector) -> Vector:
        start = self.prior.copy()
        level = log(max(float(np.average(came, weights=self.design.weights)), 0.05))
        start[0] = level - float(self.offset.mean() + self.rows[:, 1:].mean(0) @ self.prior[1:])
        return start

    def _solved(self, came: Vector, penalties: Vector, start: Vector) -> Vector:
        """Penalised Poisson regression with logarithmic link by iterated weighted least squares (C2)."""
        terms, offset, weights = self.rows, self.offset, self.design.weights
        held, towards = np.diag(penalties), penalties * self.prior
        found = start
        for _ in range(ROUNDS):
            linear = np.clip(offset + terms @ found, LEAST_LOG, LARGEST_LOG)
            mean = np.exp(linear)
            weighed = weights * mean
            information = (terms * weighed[:, None]).T @ terms + held
            score = terms.T @ (weighed * (linear - offset) + weights * (came - mean)) + towards
            before = found
            found = np.linalg.solve(information, score).astype(float)
            if np.max(np.abs(found - before)) < CLOSE:
                break
        return found


def least_squares(columns: Sequence[Sequence[float]], figures: Sequence[float]) -> list[float]:
    """The weights of the columns that come nearest to the figures; the shortest such weights where several do."""
    found = np.linalg.lstsq(np.column_stack([np.array(one) for one in columns]), np.array(figures), rcond=None)[0]
    return [float(weight) for weight in found]


def _predicted(terms: Vector, offset: Vector, coefficients: Vector) -> Vector:
    linear: Vector = offset + terms @ coefficients
    mean: Vector = np.exp(np.clip(linear, LEAST_LOG, LARGEST_LOG))
    return mean


def _lag_correlation(residuals: Vector) -> float:
    """How alike neighbouring residuals are, from 0 to 0.9."""
    later, earlier = residuals[1:], residuals[:-1]
    if len(later) < 2 or not np.var(later) or not np.var(earlier):  # noqa: PLR2004  (two pairs at least)
        return 0.0
    return min(max(float(np.corrcoef(later, earlier)[0, 1]), 0.0), MOST_CORRELATED)
