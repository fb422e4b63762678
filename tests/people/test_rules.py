import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest

from app.people.rules import (
    COMMONEST,
    FOR_AN_EMAIL,
    LEAST_CHARACTERS,
    Actor,
    Change,
    Difference,
    Limit,
    Profile,
    chain_hash,
    differences,
    opens_at,
    refuse_profile,
    refuse_weak_password,
    tidy_email,
    wait_in_words,
)
from app.values.errors import Refused
from app.values.sealing import FIRST_HASH, plain

NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)
CHANGE = Change(1, NOON, Actor(7, "Dana"), "reason.renamed", "reason:12", {"name": "Late"}, {"name": "Very late"})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Dana.Whitlock@Harbour-Vale.Example ", "dana.whitlock@harbour-vale.example"),
        ("dana@intranet", "dana@intranet"),
        ("dana+calls@o'hara.example.test", "dana+calls@o'hara.example.test"),
        ("ju\u0308rgen@example.test", "jürgen@example.test"),
    ],
)
def test_an_email_is_kept_in_small_letters_without_space(typed: str, kept: str) -> None:
    assert tidy_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "dana", "dana@", "@b.test", "da na@b.test", "a@b@c.test", "a@b..test", "a@.test", "a\x00@b.test", "a" * 255],
)
def test_what_is_no_email_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refused, match=r"Write it like dana@example\.com"):
        tidy_email(typed)


@pytest.mark.parametrize("password", ["twelve chars", "short words in a row", "ключ от всех дверей", "aB1!aB1!aB1!"])
def test_length_is_all_that_a_password_needs(password: str) -> None:
    refuse_weak_password(password, "dana@example.test")


@pytest.mark.parametrize(
    ("password", "part_of_the_sentence"),
    [
        ("eleven char", "shorter than 12"),
        ("", "shorter than 12"),
        ("Dana.Whitlock@Example.test", "your e-mail"),
        ("dana.whitlock", "your e-mail"),
        ("PasswordPassword", "first that anybody tries"),
        ("qwertyuiop123", "first that anybody tries"),
    ],
)
def test_a_password_that_others_would_guess_is_refused(password: str, part_of_the_sentence: str) -> None:
    with pytest.raises(Refused, match=part_of_the_sentence):
        refuse_weak_password(password, "dana.whitlock@example.test")


def test_the_commonest_passwords_are_those_that_length_alone_lets_through() -> None:
    assert all(len(password) >= LEAST_CHARACTERS and password == password.lower() for password in COMMONEST)


@pytest.mark.parametrize(
    ("profile", "part_of_the_sentence"),
    [
        (Profile("  ", frozenset({"lead"})), "name is empty"),
        (Profile("Dana", frozenset()), "No role is chosen"),
        (Profile("Dana", frozenset({"lead", "chief"})), "no role “chief”"),
    ],
)
def test_a_person_without_name_or_known_role_is_refused(profile: Profile, part_of_the_sentence: str) -> None:
    with pytest.raises(Refused, match=part_of_the_sentence):
        refuse_profile(profile)


def test_the_next_attempt_waits_until_the_oldest_failure_that_counts_is_forgotten() -> None:
    limit = Limit(3, timedelta(minutes=15))
    failures = [NOON + timedelta(minutes=minute) for minute in (0, 4, 5, 9)]
    assert opens_at(failures[:2], limit) is None
    assert opens_at(failures[:3], limit) == NOON + timedelta(minutes=15)
    assert opens_at(failures, limit) == NOON + timedelta(minutes=4 + 15)


def test_the_tenth_failure_closes_the_door_and_the_ninth_does_not() -> None:
    assert opens_at([NOON] * 9, FOR_AN_EMAIL) is None
    assert opens_at([NOON] * 10, FOR_AN_EMAIL) == NOON + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 second"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (61, "2 minutes"), (900, "15 minutes")],
)
def test_a_wait_is_rounded_up_so_that_coming_back_then_works(seconds: float, words: str) -> None:
    assert wait_in_words(seconds) == words.replace(" ", "\u00a0")


def test_facts_take_the_one_form_that_both_engines_give_back() -> None:
    facts = {"share": 0.3, "whole": 2.0, 5: (1, "a\x00b"), "days": {date(2026, 9, 14)}, "deep": {"none": None}}
    assert plain(facts) == {"share": 0.3, "whole": 2, "5": [1, "ab"], "days": ["2026-09-14"], "deep": {"none": None}}
    assert isinstance(plain(facts)["whole"], int)


def test_a_change_is_told_fact_by_fact_and_only_where_something_changed() -> None:
    before = {"name": "Dana", "roles": ["team"], "department": None, "amount_minor": 600, "is_other": False}
    after = {"name": "Dana", "roles": ["admin", "team"], "department": "Billing", "amount_minor": 650, "is_other": True}
    assert differences(before, after) == [
        Difference("roles", "team", "admin, team"),
        Difference("department", None, "Billing"),
        Difference("amount minor", "600", "650"),
        Difference("is other", "no", "yes"),
    ]
    assert differences(None, {"name": "Dana"}) == [Difference("name", None, "Dana")]
    assert differences({"name": "Dana", "roles": [], "scope": {"reasons": [1]}}, None) == [
        Difference("name", "Dana", None),
        Difference("scope", '{"reasons": [1]}', None),
    ]


def test_every_part_of_an_entry_is_in_its_hash() -> None:
    others = [
        Change(2, NOON, CHANGE.by, CHANGE.action, CHANGE.subject, CHANGE.before, CHANGE.after),
        Change(1, NOON + timedelta(seconds=1), CHANGE.by, CHANGE.action, CHANGE.subject, CHANGE.before, CHANGE.after),
        Change(1, NOON, Actor(8, "Dana"), CHANGE.action, CHANGE.subject, CHANGE.before, CHANGE.after),
        Change(1, NOON, Actor(7, "Dan"), CHANGE.action, CHANGE.subject, CHANGE.before, CHANGE.after),
        Change(1, NOON, CHANGE.by, "reason.moved", CHANGE.subject, CHANGE.before, CHANGE.after),
        Change(1, NOON, CHANGE.by, CHANGE.action, "reason:13", CHANGE.before, CHANGE.after),
        Change(1, NOON, CHANGE.by, CHANGE.action, CHANGE.subject, None, CHANGE.after),
        Change(1, NOON, CHANGE.by, CHANGE.action, CHANGE.subject, CHANGE.before, {"name": "Late"}),
    ]
    hashes = {chain_hash(CHANGE, FIRST_HASH), chain_hash(CHANGE, "1" * 64)}
    hashes |= {chain_hash(other, FIRST_HASH) for other in others}
    assert len(hashes) == 2 + len(others)


def test_the_hash_of_an_entry_is_that_of_its_words_as_any_program_would_write_them() -> None:
    words = (
        '[1, "2026-09-14T12:00:00Z", 7, "Dana", "reason.renamed", "reason:12", '
        '{"name": "Late"}, {"name": "Very late"}, "' + 64 * "0" + '"]'
    )
    assert chain_hash(CHANGE, FIRST_HASH) == hashlib.sha256(words.encode()).hexdigest()
    assert chain_hash(CHANGE, FIRST_HASH).startswith("e79f1c223d55347c")
