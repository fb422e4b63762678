"""The stages as a truth table: who may move an initiative where, and what is missing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.initiatives import rules
from app.initiatives.rules import Mover, Plan, Standing

TODAY = date(2026, 9, 14)
OWNER, SPONSOR, OTHER = 1, 2, 3
COMPLETE = Standing("idea", OWNER, SPONSOR, 1, True, True, date(2026, 9, 14))
EVERY_ROLE = frozenset({"agent", "lead", "team", "sponsor", "finance", "admin"})

# From each stage: i s a p l v c d = idea, sizing, approved, progress, live, validated, closed, dropped.
LETTERS = dict(zip("isaplvcd", rules.STAGES, strict=True))
TABLE = {
    "idea": "sd",
    "sizing": "ad",
    "approved": "pd",
    "progress": "ld",
    "live": "cd",
    "validated": "cd",
    "closed": "d",
    "dropped": "i",
}
BY_ROLE = {
    "agent": "",
    "lead": "",
    "team": "ispldc",
    "sponsor": "acd",
    "finance": "",
    "admin": "",
}


def mover(*roles: str, person: int = OTHER) -> Mover:
    return Mover(person, frozenset(roles) or EVERY_ROLE, TODAY)


@pytest.mark.parametrize("stage", rules.STAGES)
def test_each_stage_leads_only_to_the_stages_of_the_table(stage: str) -> None:
    standing = replace(COMPLETE, stage=stage)
    reached = {to for to in rules.STAGES if not rules.missing(standing, to, mover())}
    assert reached == {LETTERS[letter] for letter in TABLE[stage]}


@pytest.mark.parametrize("role", BY_ROLE)
def test_each_role_may_do_only_its_own_steps(role: str) -> None:
    reached = {
        to
        for stage in rules.STAGES
        for to in rules.STAGES
        if not rules.missing(replace(COMPLETE, stage=stage), to, mover(role))
    }
    assert reached == {LETTERS[letter] for letter in BY_ROLE[role]}


MISSING = [
    ("idea", "sizing", {"reason_count": 0}, "Put at least one reason in scope."),
    ("sizing", "approved", {"reason_count": 0}, "Put at least one reason in scope."),
    ("sizing", "approved", {"owner_id": None}, "Name an owner."),
    ("sizing", "approved", {"sponsor_id": None}, "Name a sponsor."),
    ("sizing", "approved", {"has_projection": False}, "Write down a projection."),
    ("progress", "live", {"has_frozen_projection": False}, "A sponsor approves a projection first."),
    ("progress", "live", {"go_live_on": None}, "Enter the day on which it went live."),
    (
        "progress",
        "live",
        {"go_live_on": date(2026, 9, 15)},
        "Its go-live is 15 Sep 2026, which is still to come.",
    ),
]


@pytest.mark.parametrize(("stage", "to", "lack", "sentence"), MISSING)
def test_what_a_stage_needs_is_said_in_a_sentence(stage: str, to: str, lack: dict[str, object], sentence: str) -> None:
    standing = replace(COMPLETE, stage=stage)
    assert rules.missing(standing, to, mover()) == ()
    assert rules.missing(replace(standing, **lack), to, mover()) == (sentence,)  # type: ignore[arg-type]


def test_without_a_signed_month_validated_goes_back_to_live_and_nothing_else_moves() -> None:
    found = {stage: rules.without_signed_month(stage) for stage in rules.STAGES}
    assert {stage for stage, after in found.items() if after != stage} == {"validated"}
    assert found["validated"] == "live"


def test_everything_that_is_missing_is_said_at_once() -> None:
    bare = Standing("sizing", None, None, 0, False, False, None)
    assert len(rules.missing(bare, "approved", mover("team"))) == 5


def test_the_owner_never_approves_even_as_a_sponsor() -> None:
    standing = replace(COMPLETE, stage="sizing", sponsor_id=OWNER)
    (sentence,) = rules.missing(standing, "approved", mover("sponsor", person=OWNER))
    assert "another sponsor" in sentence


@pytest.mark.parametrize("person", [SPONSOR, OTHER])
def test_the_sponsor_named_and_any_other_sponsor_may_approve(person: int) -> None:
    assert rules.missing(replace(COMPLETE, stage="sizing"), "approved", mover("sponsor", person=person)) == ()


def test_validation_is_shown_with_what_keeps_it_closed() -> None:
    offered = {move.to: move for move in rules.moves(replace(COMPLETE, stage="live"), mover())}
    assert set(offered) == {"validated", "closed", "dropped"}
    assert not offered["validated"].is_open
    assert "Finance validates by signing" in offered["validated"].missing[0]


def test_a_way_that_does_not_exist_is_named_with_both_ends() -> None:
    (sentence,) = rules.missing(COMPLETE, "live", mover())
    assert sentence == "From “idea” no way leads to “live and measuring”."


PLAN = Plan("Return label in every parcel", touchpoint="packaging", reason_ids=frozenset({4}))
MAY = [date(2026, 5, day) for day in range(1, 4)]
FAULTS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("idea", {}, {}),
    ("idea", {"announced_on": MAY[0], "go_live_on": MAY[0], "full_go_live_on": MAY[0]}, {}),
    ("idea", {"full_go_live_on": MAY[0]}, {"full_go_live_on": "Enter the first go-live before the full one."}),
    (
        "idea",
        {"go_live_on": MAY[1], "full_go_live_on": MAY[0]},
        {"full_go_live_on": "The full go-live, 1 May 2026, lies before 2 May 2026, the first."},
    ),
    (
        "idea",
        {"announced_on": MAY[2], "go_live_on": MAY[1]},
        {"announced_on": "It was announced on 3 May 2026, after it went live on 2 May 2026."},
    ),
    ("idea", {"name": "  "}, {"name": "Give it a name that says what changes, like “Return label in every parcel”."}),
    ("idea", {"name": "x" * 201}, {"name": "The name has 201 letters; 200 is the most."}),
    ("idea", {"touchpoint": "moon"}, {"touchpoint": "Choose where the fix is made."}),
    ("idea", {"channels": frozenset({"phone", "pigeon"})}, {"channels": "“pigeon” is no channel."}),
    ("idea", {"go_live_on": date(2027, 1, 1)}, {}),
    ("live", {"go_live_on": TODAY}, {}),
    ("live", {}, {"go_live_on": "It is live: the day of its go-live cannot be left out."}),
    ("closed", {"go_live_on": date(2026, 9, 15)}, {"go_live_on": "It is live, and 15 Sep 2026 is still to come."}),
]


@pytest.mark.parametrize(("stage", "fields", "faults"), FAULTS)
def test_what_is_wrong_with_a_plan_is_said_field_by_field(
    stage: str, fields: dict[str, Any], faults: dict[str, str]
) -> None:
    assert rules.faults(replace(PLAN, **fields), stage, TODAY) == faults


@pytest.mark.parametrize("stage", rules.STAGES)
def test_the_scope_is_open_until_it_is_approved(stage: str) -> None:
    assert rules.scope_is_open(stage) is (stage in {"idea", "sizing"})


def test_changed_fields_are_named_in_the_order_of_the_form() -> None:
    after = replace(PLAN, due_on=MAY[0], name="Label", channels=frozenset({"phone"}))
    assert rules.changed_fields(PLAN, after) == ("name", "channels", "due_on")
    assert rules.changed_fields(PLAN, replace(PLAN)) == ()


@pytest.mark.parametrize(
    ("stage", "due", "overdue"),
    [
        ("idea", date(2026, 9, 13), True),
        ("progress", date(2026, 9, 13), True),
        ("progress", TODAY, False),
        ("progress", None, False),
        ("live", date(2026, 9, 13), False),
        ("dropped", date(2026, 9, 13), False),
    ],
)
def test_overdue_is_what_should_be_live_and_is_not(stage: str, due: date | None, overdue: bool) -> None:
    assert rules.is_overdue(stage, due, TODAY) is overdue


@pytest.mark.parametrize(
    ("stage", "moved", "stale"),
    [
        ("sizing", date(2026, 8, 31), False),
        ("sizing", date(2026, 8, 30), True),
        ("live", date(2026, 1, 1), False),
        ("closed", date(2026, 1, 1), False),
    ],
)
def test_stale_is_what_rested_for_more_than_fourteen_days(stage: str, moved: date, stale: bool) -> None:
    assert rules.is_stale(stage, moved, TODAY) is stale


def test_an_initiative_is_called_by_two_digits_or_more() -> None:
    assert (rules.code(7), rules.code(123)) == ("INI-07", "INI-123")


def test_a_step_that_waits_for_the_sponsor_says_who_that_is() -> None:
    sizing = replace(COMPLETE, stage="sizing")
    assert rules.missing(sizing, "approved", mover("team")) == ("This step is for a sponsor.",)
    named = replace(sizing, sponsor_name="Sam Lee")
    assert rules.missing(named, "approved", mover("team")) == ("This step is for a sponsor: Sam Lee is named here.",)
