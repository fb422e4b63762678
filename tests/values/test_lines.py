"""A name is kept in one form, without signs that nobody can see."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.values.lines import one_line

CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
MARKS = [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C, 0x2060, 0xFEFF]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Where is \t my\n order? ", "Where is my order?"),
        ("Invoice\u202egnp.exe", "Invoicegnp.exe"),
        ("\u2067Late\u2069", "Late"),
        ("\ufeffDana", "Dana"),
        ("Da\u200bna", "Dana"),
        ("Late\x1b[31m", "Late[31m"),
        ("a \x07 b", "a b"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"),
        ("\u202e\u200b", ""),
        ("", ""),
    ],
)
def test_a_line_is_tidied(written: str, kept: str) -> None:
    assert one_line(written) == kept


@pytest.mark.parametrize("code", [*CONTROLS, *MARKS, 0xD800])
def test_no_sign_that_controls_is_kept(code: int) -> None:
    sign = chr(code)
    assert one_line(f"Dana{sign}") == "Dana"
    assert one_line(f"a{sign}b") == ("a b" if sign.isspace() else "ab")


@given(st.text())
def test_a_tidied_line_stays_as_it_is(text: str) -> None:
    once = one_line(text)
    assert one_line(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not [letter for letter in once if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}]
