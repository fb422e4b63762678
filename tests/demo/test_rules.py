"""The generator of the fictional company: no database."""

import math
from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from app.demo import company, rules, story
from app.demo.rules import Calendar, Effect, ReasonPlan
from app.initiatives.rules import is_overdue, is_stale
from app.values.periods import Period

AS_OF = date(2026, 11, 17)
ONE = ReasonPlan(("Delivery", "Late"), "Logistics", 1.0, (100, 0, 0), 1.0)
TWO = ReasonPlan(("Returns", "How?"), "Warehouse", 1.0, (0, 100, 0), 1.0)


def total(path: tuple[str, ...], effects: list[Effect], period: Period) -> int:
    found = rules.volumes(Calendar(AS_OF).period, [ONE, TWO], effects, (), Random(1))
    return sum(volume.contacts for volume in found if volume.path == path and volume.day in period)


@pytest.mark.parametrize(
    ("as_of", "start"),
    [
        (date(2026, 11, 17), date(2025, 5, 17)),
        (date(2026, 6, 1), date(2024, 12, 1)),
        (date(2026, 8, 31), date(2025, 3, 3)),
        (date(2027, 1, 5), date(2025, 7, 5)),
    ],
)
def test_the_company_has_eighteen_months_that_end_the_day_before(as_of: date, start: date) -> None:
    assert Calendar(as_of).period == Period(start, as_of)


def test_the_same_seed_makes_the_same_volumes_and_another_seed_others() -> None:
    period = Calendar(AS_OF).period
    first, second, other = (list(rules.volumes(period, [ONE, TWO], [], (), Random(seed))) for seed in (7, 7, 8))
    assert first == second
    assert first != other


def test_the_mean_day_is_what_was_wanted() -> None:
    """Over a whole year growth is some 3 %, and the seasons add some 7 %."""
    period = Period(date(2025, 5, 17), date(2026, 5, 17))
    calls, mails = total(ONE.path, [], period), total(TWO.path, [], period)
    assert (calls + mails) / 365 == pytest.approx(rules.CONTACTS_A_DAY * 1.03, rel=0.08)
    assert calls == pytest.approx(mails, rel=0.05)


def test_nobody_answers_calls_on_a_closed_day_but_mail_comes_in() -> None:
    closed = date(2026, 11, 11)
    found = list(rules.volumes(Calendar(AS_OF).period, [ONE, TWO], [], {closed}, Random(1)))
    assert {volume.channel for volume in found if volume.day == closed} == {"email"}
    assert {volume.channel for volume in found if volume.day == date(2026, 11, 15)} == {"email"}  # a Sunday


def test_an_effect_takes_away_its_share_and_leaves_other_reasons_alone() -> None:
    effect = Effect(ONE.path, date(2026, 5, 19), ramp_days=0, share=0.4)
    since, before = Period(effect.starts_on, AS_OF), Period(date(2025, 5, 17), effect.starts_on)
    assert total(ONE.path, [effect], since) == pytest.approx(0.6 * total(ONE.path, [], since), rel=0.03)
    assert total(TWO.path, [effect], since) == pytest.approx(total(TWO.path, [], since), rel=0.03)
    assert total(ONE.path, [effect], before) == total(ONE.path, [], before)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 5, 18), 0.0),
        (date(2026, 5, 19), 0.0),
        (date(2026, 5, 24), 0.2),
        (date(2026, 5, 29), 0.4),
        (date(2026, 9, 1), 0.4),
    ],
)
def test_an_effect_grows_over_its_ramp(day: date, expected: float) -> None:
    effects = [Effect(ONE.path, date(2026, 5, 19), ramp_days=10, share=0.4)]
    assert rules.removed(effects, ONE.path, day) == pytest.approx(expected)
    assert rules.removed(effects, TWO.path, day) == 0


def test_what_was_planted_is_weighted_by_what_would_have_come() -> None:
    effects = [Effect(ONE.path, date(2026, 5, 20), ramp_days=0, share=0.5)]
    weights = {date(2026, 5, 19): 30.0, date(2026, 5, 20): 10.0}
    period = Period(date(2026, 5, 19), date(2026, 5, 21))
    assert rules.planted(effects, ONE.path, period, weights) == pytest.approx(0.5 * 10 / 40)


def test_a_season_lifts_a_reason_around_its_day_also_over_new_year() -> None:
    plan = ReasonPlan(("Gift cards",), "Marketing", 1.0, (100, 0, 0), 1.0, peak_day=352, peak=1.6)
    assert rules.peaked(plan, date(2026, 12, 18)) == pytest.approx(2.6)
    assert rules.peaked(plan, date(2027, 1, 5)) > 1.4
    assert rules.peaked(plan, date(2026, 7, 1)) == pytest.approx(1.0, abs=0.01)


def test_counts_scatter_as_a_poisson_count_does() -> None:
    random = Random(3)
    drawn = [rules.poisson(6.0, random) for _ in range(20_000)]
    assert sum(drawn) / 20_000 == pytest.approx(6.0, abs=0.06)
    assert drawn.count(0) / 20_000 == pytest.approx(math.exp(-6), abs=0.001)
    assert drawn.count(6) / 20_000 == pytest.approx(math.exp(-6) * 6**6 / 720, abs=0.01)


def test_nothing_expected_makes_nothing() -> None:
    assert rules.poisson(0.0, Random(1)) == 0


@pytest.mark.parametrize("days", [7, 14, 118, 150])
def test_what_the_team_does_falls_on_a_tuesday(days: int) -> None:
    found = Calendar(AS_OF).ago(days)
    assert found.weekday() == 1
    assert abs((AS_OF - found).days - days) < 7


def test_the_last_full_week_is_over() -> None:
    assert Calendar(date(2026, 11, 16)).last_full_week == Period(date(2026, 11, 9), date(2026, 11, 16))
    assert Calendar(date(2026, 11, 22)).last_full_week == Period(date(2026, 11, 9), date(2026, 11, 16))


def test_each_reason_has_an_owner_and_at_least_a_dozen_sentences_of_its_own() -> None:
    sentences = company.sentences()
    assert {plan.path[-1] for plan in company.REASONS} == set(sentences)
    assert all(plan.department in company.DEPARTMENTS for plan in company.REASONS)
    assert all(len(set(lines)) >= 12 for lines in sentences.values())
    assert len({line for lines in sentences.values() for line in lines}) == sum(map(len, sentences.values()))
    assert all(sum(plan.mix) == 100 for plan in company.REASONS)


def test_everybody_has_an_address_that_cannot_exist_and_every_role_is_held() -> None:
    assert all(person.email.endswith("@harbourvale.example") for person in company.PEOPLE)
    assert len({person.email for person in company.PEOPLE}) == len(company.PEOPLE)
    roles = Counter(role for person in company.PEOPLE for role in person.roles)
    assert roles == {"admin": 1, "lead": 2, "agent": 3, "team": 6, "sponsor": 1, "finance": 1}


@pytest.mark.parametrize("days_later", range(7))
def test_on_any_weekday_the_story_has_one_late_and_two_idle_initiatives_and_nothing_of_the_future(
    days_later: int,
) -> None:
    as_of = AS_OF + timedelta(days=days_later)
    calendar = Calendar(as_of)
    late = idle = 0
    for plan in story.INITIATIVES:
        stage, days_ago = plan.stages[-1]
        moved_on = calendar.ago(days_ago)
        assert moved_on < as_of
        due_on = None if plan.due_in_days is None else as_of + timedelta(days=plan.due_in_days)
        is_late = is_overdue(stage, due_on, as_of)
        late += is_late
        idle += is_stale(stage, moved_on, as_of) and not is_late
    assert (late, idle) == (1, 2)
    for meeting in story.MEETINGS:
        held_on = calendar.ago(7 * meeting.weeks_ago)
        done = [action.done_days for action in meeting.actions if action.done_days is not None]
        assert held_on + timedelta(days=max(done, default=0)) < as_of
