"""The sheet to sign: one page on which every figure, both hashes and every name can be read."""

import io
import re
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from app.ledger.claim_queries import Claimed, Decided
from app.measurement.placebo import Fake, Reliability
from app.measurement.placebo_runs import Kept
from app.reporting.dossier import Dossier
from app.reporting.excluded import Excluded, Left
from app.reporting.signoff import signoff
from app.values.periods import ONE_DAY
from tests.reporting.dossier_builders import (
    AT,
    SEPTEMBER,
    make_dossier,
    make_entry,
    make_figures,
    make_known,
    make_measured,
)

FIGURES = (
    "CAD 1,000.00", "CAD (40.00)", "CAD 200.00", "CAD 48.00", "CAD (108.00)", "CAD (54.00)", "CAD (261.50)",
    "CAD (10.00)", "CAD (6.67)", "CAD (30.00)", "CAD 727.83", "CAD 295.54", "CAD 1,151.01", "CAD 283.20", "CAD 250.00",
    "900 contacts", "1,090 contacts", "91 to 287", "17.4 %", "9.1 %", "16.7 %", "75.0 %",
)  # fmt: skip


def make_signed(name: str = "Return label", note: str = "As measured.") -> Dossier:
    known, entry = make_known(name), make_entry(9, SEPTEMBER, 28_320)
    decided = Decided("lowered", 10, "The outage is ours.", AT, 4, "Fin Officer")
    fakes = (Fake("x", SEPTEMBER, 0.1, -0.2, 0.3), Fake("y", SEPTEMBER, 0.1, 0.01, 0.3))
    return make_dossier(
        known=known,
        realised=entry,
        realised_hash="c" * 64,
        validated=make_entry(10, SEPTEMBER, 25_000, "validated"),
        validated_hash="d" * 64,
        claimed=Claimed(1, entry, known, note, AT, 3, "Ana Owner", decided),
        reliability=Kept(SEPTEMBER, AT, Reliability(fakes)),
    )


def text_of(made: bytes) -> str:
    pages = PdfReader(io.BytesIO(made)).pages
    assert len(pages) == 1
    return re.sub(r"[\s\u00a0]+", " ", pages[0].extract_text())


@pytest.mark.parametrize(("paper", "height"), [("a4", 842), ("letter", 792)])
def test_every_figure_name_and_hash_is_on_the_page(paper: str, height: int) -> None:
    found = make_signed()
    made = signoff(found, "Harbour & Vale", paper)
    text = text_of(made)
    wanted = [*FIGURES, "Harbour & Vale", "INI-07", "September 2026", "Return label", "verified", "Ana Owner"]
    wanted += ["Fin Officer", "The outage is ours.", "As measured.", "Delivery > Where is my order?", "2, version 2.0"]
    wanted += [str(found.plan.hash), "c" * 64, "d" * 64, "phone CAD 6.00 a contact", "cover 50.0 %"]
    wanted += ["two hundred and fifty and 00/100 CAD: validated by finance", "Entry 10 of the ledger's chain"]
    assert [one for one in wanted if one not in text] == []
    assert round(float(PdfReader(io.BytesIO(made)).pages[0].mediabox.height)) == height


def test_the_same_figures_give_the_same_bytes() -> None:
    assert signoff(make_signed(), "Harbour & Vale") == signoff(make_signed(), "Harbour & Vale")


def test_a_name_of_any_script_is_written_or_spelled() -> None:
    text = text_of(signoff(make_signed('=Label "Łódź" 中 😀 ж'), "Harbour & Vale"))
    assert all(one in text for one in ("=Label", "Łódź", "[U+4E2D]", "ж"))
    hebrew = text_of(signoff(make_signed("שלום"), "Harbour & Vale"))
    assert "שלום" in hebrew or "םולש" in hebrew


def test_long_names_and_notes_stay_on_one_page() -> None:
    made = signoff(make_signed("Unbreakable" * 18, "Long note. " * 180), "Harbour & Vale " * 8, "letter")
    assert "Signature" in text_of(made)


def test_before_a_claim_it_says_so_and_without_a_rate_money_is_unknown() -> None:
    assert "not claimed yet" in text_of(signoff(make_dossier(), "Harbour & Vale"))
    figures = make_figures(netting=None, worth=None, prices_minor={}, booked_contacts=0)
    measured = make_measured(net_minor=None, low_minor=None, high_minor=None, booked_minor=0, figures=figures)
    text = text_of(signoff(make_dossier(look=measured), "Harbour & Vale"))
    assert "Money is unknown" in text
    assert "Nothing is in the ledger yet" in text


def test_the_chart_has_words_for_those_who_do_not_see_it() -> None:
    reader = PdfReader(io.BytesIO(signoff(make_dossier(), "Harbour & Vale")))
    objects: list[Any] = [reader.get_object(number) for number in range(1, 60)]
    told = [str(one["/Alt"]) for one in objects if isinstance(one, dict) and "/Alt" in one]
    assert told == ["Contacts by day since go-live: 900 observed, 1,090 expected."]


def make_excluded(name: str = "Phone line down") -> Excluded:
    day = date(2026, 8, 10)
    return Excluded(Left(1, name, day, day + ONE_DAY), frozenset(), frozenset({day}))


def test_what_was_left_out_is_named_on_the_sheet_and_in_its_chart() -> None:
    text = text_of(signoff(make_dossier(excluded=(make_excluded(),)), "Harbour & Vale"))
    assert "Left out Phone line down, 10 Aug 2026" in text
    assert "left out: Phone line down" in text
    assert "Left out" not in text_of(signoff(make_dossier(), "Harbour & Vale"))


def test_many_changes_of_long_names_leave_it_one_page() -> None:
    many = tuple(make_excluded(f"{number} {'A very long name ' * 12}") for number in range(12))
    assert "…" in text_of(signoff(make_dossier(excluded=many), "Harbour & Vale"))
