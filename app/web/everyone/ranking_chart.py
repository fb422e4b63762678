"""The Pareto of a ranking."""

from collections import Counter
from collections.abc import Callable, Sequence

from app import charts
from app.ranking.rules import Finding, Ranked, Ranking
from app.reasons.rules import BETWEEN_LEVELS
from app.values.figures import SECONDS_A_MINUTE, counted, number, share
from app.values.money import money_text

MOST_BARS = 12
CAPTIONS = {"contacts": "contacts", "cost": "cost a year", "minutes": "handled minutes"}
Link = Callable[[Ranked], str]


def pareto(ranking: Ranking, found: Finding, link: Link, rest_link: str) -> charts.Pareto:
    """The largest reasons, then the smaller ones together; reasons flagged as “Other” are not drawn."""
    rows = [row for row in ranking.rows if not row.is_other and row.cumulative_share is not None]
    shown, rest = (rows, []) if len(rows) <= MOST_BARS else (rows[: MOST_BARS - 1], rows[MOST_BARS - 1 :])
    subjects = {row.reason_id for row in found.rows}
    names = _names(shown)
    bars = [_bar(ranking, row, names[row.reason_id], link(row), is_subject=row.reason_id in subjects) for row in shown]
    if rest:
        bars.append(_rest(ranking, rest, rest_link))
    caption = CAPTIONS[ranking.question.by]
    return charts.Pareto(
        key="pareto",
        title=f"Reasons by {caption}",
        description=f"Bars: {caption} of each reason, descending. Dots: cumulative share.",
        bars=tuple(bars),
        value_caption=caption,
        share_caption="cumulative share",
    )


def is_cut(chart: charts.Pareto) -> bool:
    """Whether the smaller reasons together are more than the largest one, so that their bar stays open."""
    return bool(chart.bars) and chart.bars[-1].is_rest and chart.bars[-1].value > chart.bars[0].value


def _bar(ranking: Ranking, row: Ranked, name: str, href: str, *, is_subject: bool) -> charts.Bar:
    value, text = _value(ranking, [row])
    return charts.Bar(
        name=name,
        value=value,
        value_text=text,
        href=href,
        label=f"{name}, {counted(row.contacts, 'contact')}",
        cumulative_share=row.cumulative_share,
        share_text="" if row.cumulative_share is None else share(row.cumulative_share),
        is_subject=is_subject,
    )


def _rest(ranking: Ranking, rows: Sequence[Ranked], href: str) -> charts.Bar:
    value, text = _value(ranking, rows)
    name = f"{len(rows)} smaller reasons"
    end = rows[-1].cumulative_share
    return charts.Bar(
        name=name,
        value=value,
        value_text=text,
        href=href,
        label=f"{name}, {counted(sum(row.contacts for row in rows), 'contact')}",
        cumulative_share=end,
        share_text="" if end is None else share(end),
        is_rest=True,
    )


def _value(ranking: Ranking, rows: Sequence[Ranked]) -> tuple[float, str]:
    """How long a bar is, and what stands at its end."""
    figures = sum((row.figures for row in rows[1:]), rows[0].figures)
    if ranking.question.by == "minutes":
        minutes = figures.handle_seconds / SECONDS_A_MINUTE
        return minutes, number(minutes)
    cost = ranking.yearly_cost_of(figures) if ranking.question.by == "cost" else None
    if cost is not None:
        return cost.amount_minor, money_text(cost)
    return figures.contacts, number(figures.contacts)


def _names(rows: Sequence[Ranked]) -> dict[int, str]:
    """The last level of each path; the whole path where another row has the same."""
    often = Counter(row.name for row in rows)
    return {row.reason_id: row.name if often[row.name] == 1 else BETWEEN_LEVELS.join(row.path) for row in rows}
