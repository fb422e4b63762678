"""Where contacts may have gone instead: reasons flagged as “Other” that grew, and reasons that came beside.

Clauses N4 and E5 of docs/methods.md.
"""

from collections.abc import Collection, Iterator
from datetime import timedelta
from fractions import Fraction

from sqlalchemy.orm import Session

from app.counting import queries as counting
from app.counting.rules import UNTAGGED
from app.measurement import relabelled
from app.measurement.plans import PlanTerms
from app.measurement.series import Frame
from app.measurement.verdict import Finding
from app.reasons import queries as reasons
from app.reasons.rules import Tree
from app.values.periods import Period

ALARM_SHARE = Fraction(2, 100)


def leaks(session: Session, terms: PlanTerms, frame: Frame) -> Iterator[Finding]:
    """What a reader of a plan's result must know of other reasons; it changes no state."""
    tree = reasons.tree(session)
    own = frozenset[int]().union(*(tree.below(one) for one in terms.boundary.reason_ids))
    since = Period(frame.go_live_on, frame.end)
    before = Period(frame.baseline_end - timedelta(days=since.days), frame.baseline_end)
    now, then = (_other_share(session, tree, own, period) for period in (since, before))
    if now is not None and then is not None and abs(now - then) >= ALARM_SHARE:
        points = f"{abs(float(now - then)) * 100:.1f} points {'more' if now > then else 'less'}"
        sentence = (
            f"Reasons flagged as “Other” have {float(now):.1%} of all contacts since go-live, and had "
            f"{float(then):.1%} in as many days before: {points}. "
            "Contacts may be labelled otherwise than before. Tag a sample again, or name “Other” in the plan as what "
            "they might be re-labelled into."
        )
        yield Finding("other share", sentence)
    if beside := relabelled.split_since(session, terms.boundary.reason_ids, frame.baseline_end):
        sentence = (
            f"Reasons that came beside those of the plan since its baseline ended: {', '.join(beside)}. If contacts "
            "of the plan's reasons are labelled so now, measure on the reason above them."
        )
        yield Finding("split", sentence)


def _other_share(session: Session, tree: Tree, own: Collection[int], period: Period) -> Fraction | None:
    """The share of “Other”, without the plan's own reasons, in all contacts of a period; None without contacts."""
    totals = [*counting.by_reason_and_channel(session, period), *counting.by_whole_period(session, period)]
    whole = sum(one.offered for one in totals)
    other = sum(one.offered for one in totals if _is_other(tree, one.reason_id) and one.reason_id not in own)
    return Fraction(other, whole) if whole else None


def _is_other(tree: Tree, reason_id: int) -> bool:
    return reason_id != UNTAGGED and tree.is_other(reason_id)
