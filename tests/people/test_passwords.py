import pytest
from argon2 import PasswordHasher

from app.people import passwords
from app.values.errors import Refused

EMAIL = "dana@example.test"


def test_a_password_matches_its_own_hash_and_no_other() -> None:
    kept = passwords.make_hash("a sentence of hers", EMAIL)
    assert "sentence" not in kept
    assert passwords.matches(kept, "a sentence of hers")
    assert not passwords.matches(kept, "A sentence of hers")


def test_two_people_with_the_same_password_have_different_hashes() -> None:
    assert passwords.make_hash("a sentence of hers", EMAIL) != passwords.make_hash("a sentence of hers", EMAIL)


def test_the_same_letters_from_another_keyboard_match() -> None:
    composed, decomposed = "grüße aus köln", "gru\u0308ße aus ko\u0308ln"
    assert passwords.matches(passwords.make_hash(composed, EMAIL), decomposed)


def test_a_weak_password_is_never_made_into_a_hash() -> None:
    with pytest.raises(Refused, match="shorter than 12"):
        passwords.make_hash("short", EMAIL)


def test_nobody_has_a_hash_that_costs_as_much_as_everybody_elses() -> None:
    assert not passwords.hasher().check_needs_rehash(passwords.NOBODYS)
    assert passwords.NOBODYS.split("$")[:4] == passwords.make_hash("a sentence of hers", EMAIL).split("$")[:4]


def test_nobodys_password_cannot_be_guessed_even_by_who_knows_it() -> None:
    assert not passwords.matches(None, "nobody has this password")


def test_what_is_no_hash_matches_nothing() -> None:
    assert not passwords.matches("not a hash", "a sentence of hers")


def test_a_hash_of_a_lower_cost_is_replaced_and_a_good_one_kept() -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("a sentence of hers")
    renewed = passwords.renewed(cheap, "a sentence of hers")
    assert renewed is not None
    assert passwords.matches(renewed, "a sentence of hers")
    assert passwords.renewed(renewed, "a sentence of hers") is None
