from app.config import PROJECT
from app.web.everyone.methods_text import Clause, Section, Words, sections

TEXT = """# How it is made

Each clause has a number.
It goes on here.

## Netting (`app/a.py`, `app/b.py`)

**N1 Headline claim:** 2 x 3 is *six*, see `code`.

Without a number, <b>and no markup</b>.
"""


def test_a_document_becomes_sections_of_clauses() -> None:
    assert sections(TEXT) == [
        Section("How it is made", "", (Clause("", (Words("Each clause has a number. It goes on here."),)),)),
        Section(
            "Netting",
            "app/a.py, app/b.py",
            (
                Clause(
                    "N1",
                    (
                        Words("N1 Headline claim:", "strong"),
                        Words(" 2 x 3 is "),
                        Words("six", "stress"),
                        Words(", see "),
                        Words("code", "code"),
                        Words("."),
                    ),
                ),
                Clause("", (Words("Without a number, <b>and no markup</b>."),)),
            ),
        ),
    ]


def test_a_heading_without_a_blank_line_below_it_keeps_its_paragraph() -> None:
    assert sections("# A\nwords") == [Section("A", "", (Clause("", (Words("words"),)),))]


def test_every_clause_of_the_method_has_a_number_of_its_own() -> None:
    found = sections((PROJECT / "docs" / "methods.md").read_text(encoding="utf-8"))
    numbers = [clause.number for section in found for clause in section.clauses if clause.number]
    assert len(numbers) == len(set(numbers))
    assert {"P1", "M3", "C7", "S7", "N4", "O3", "V2", "R3", "L2"} <= set(numbers)
