import io
from typing import Any

import pytest

from app.contacts import formats
from app.contacts.rules import Column
from app.values.errors import Refused
from app.web.lead import import_mapping
from app.web.lead.import_mapping import answers, content


def test_answers_for_each_column_make_a_mapping() -> None:
    headers = ["Date", "Time", "Group", "Reason", "Ticket", "Ward", "File"]
    given = ["occurred_at", "occurred_at-2", "reason", "reason-2", "external_id", "attribute", "ignored"]
    assert content(headers, given, "phone") == {
        "columns": {"occurred_at": ["Date", "Time"], "external_id": "Ticket", "reason": ["Group", "Reason"]},
        "constants": {"channel": "phone"},
        "ignore": ["File"],
    }


def test_levels_of_a_reason_follow_their_numbers_and_not_the_order_of_the_columns() -> None:
    made = content(["Detail", "Group", "When"], ["reason-2", "reason", "occurred_at"], "")
    assert made == {"columns": {"occurred_at": "When", "reason": ["Group", "Detail"]}}


def test_a_column_for_the_channel_goes_before_one_channel_for_all() -> None:
    assert content(["When", "Via"], ["occurred_at", "channel"], "phone") == {
        "columns": {"occurred_at": "When", "channel": "Via"}
    }


@pytest.mark.parametrize(
    ("headers", "given", "sentence"),
    [
        (["A", "B"], ["queue", "attribute"], "No column becomes “When it came”"),
        (["A", "B", "C"], ["occurred_at", "queue", "queue"], "“B” and “C” both become “Queue”"),
        (["A"], ["colour"], "For the column “A” nothing that we know was chosen"),
    ],
)
def test_answers_that_make_no_mapping_are_refused_in_a_sentence(
    headers: list[str], given: list[str], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        content(headers, given, "")


def test_what_was_recognised_is_what_the_page_begins_with_whatever_the_order_of_the_columns() -> None:
    known = formats.of_mapping({"columns": {"occurred_at": ["Day", "Time"], "reason": ["Group", "Detail"]}})
    becomes = {
        "Time": "occurred_at",
        "Detail": "reason",
        " group ": "reason",
        "Day": "occurred_at",
        "Ward": "attribute",
        "Ward ": "attribute",
        "File": "ignored",
    }
    columns = [Column(header, field, ()) for header, field in becomes.items()]
    assert answers(columns, known) == [
        "occurred_at-2",
        "reason-2",
        "reason",
        "occurred_at",
        "attribute",
        "attribute",
        "ignored",
    ]


def test_columns_of_an_unknown_file_begin_as_attributes() -> None:
    assert answers([Column("A", "attribute", ()), Column("", "ignored", ())], None) == ["attribute", "ignored"]


def test_answers_that_are_not_touched_say_the_same_again() -> None:
    known = formats.of_mapping({"columns": {"occurred_at": "When", "reason": "Why"}})
    columns = [Column("When", "occurred_at", ()), Column("Why", "reason", ()), Column("Where", "attribute", ())]
    made = content([column.header for column in columns], answers(columns, known), "")
    assert made == {"columns": {"occurred_at": "When", "reason": "Why"}}
    assert import_mapping.becomes(columns[1]) == "Reason"
    assert import_mapping.channel_of({"columns": {}, "constants": {"channel": "chat"}}) == "chat"
    assert import_mapping.channel_of(None) == ""


def test_words_and_the_unit_are_asked_for_on_the_page_and_kept_with_the_columns(signed_in: Any) -> None:
    lead = signed_in("lead")
    file = b"occurred_at,channel,Dauer (Min)\n2026-09-01,Brieftaube,2\n2026-09-02,phone,3\n"
    lead.post("/imports", data={"source": "Switch", "file": (io.BytesIO(file), "week.csv")})
    assert "/imports/1/columns#words" in lead.get("/imports/1").text
    page = lead.get("/imports/1/columns").text
    assert "“Brieftaube” as channel means" in page
    chosen = {"becomes-0": "occurred_at", "becomes-1": "channel", "becomes-2": "handle_seconds", "unit": "minutes"}
    answer = lead.post(
        "/imports/1/columns", data={**chosen, "channel:Brieftaube": "other", "name": "Switch"}, follow_redirects=True
    )
    assert "2 new contacts are ready." in answer.text.replace("\u00a0", " ")
    assert "2 is 2:00" in answer.text
    kept = lead.get("/imports/1/columns").text
    assert '<option value="minutes" selected>' in kept
    assert '<option value="other" selected>' in kept
    wrong = lead.post("/imports/1/columns", data={**chosen, "channel:Brieftaube": "owl"})
    assert wrong.status_code == 422
    assert "none of: phone" in wrong.text


def test_what_is_known_of_a_format_holds_where_its_columns_are_chosen_by_hand() -> None:
    known = formats.named("five9")
    becomes = ["external_id", "occurred_at", "reason", "handle_seconds", "handle_seconds", "customer", "attribute"]
    headers = ["Call ID", "TIMESTAMP", "DISPOSITION", "TALK TIME", "HOLD TIME", "ANI", "Notes"]
    columns = [Column(header, field, ()) for header, field in zip(headers, becomes, strict=True)]
    given = answers(columns, known)
    assert given[3:5] == ["handle_seconds", "handle_seconds-2"]
    made = content(headers, given, "", based_on=import_mapping.base_of(None, known))
    assert made["format"] == "five9"
    assert import_mapping.base_of(made, None) == "five9"
    based = formats.of_mapping(made)
    assert based.columns["handle_seconds"] == ("TALK TIME", "HOLD TIME")
    assert (based.styles, based.constants) == (known.styles, {"channel": "phone"})
    assert based.directions["*"] == "outbound"


def test_a_city_s_file_has_no_ways_of_its_own() -> None:
    assert import_mapping.base_of(None, formats.named("311")) is None
    with pytest.raises(Refused, match="no format “fivenine”"):
        formats.of_mapping({"columns": {"occurred_at": "When"}, "format": "fivenine"})
