"""Nobody reads a message of the form library: each has a sentence of ours in its place."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from types import ModuleType

import flask_wtf.file
import pytest
import wtforms.csrf.core
import wtforms.csrf.session
import wtforms.fields.choices
import wtforms.fields.core
import wtforms.fields.datetime
import wtforms.fields.numeric
import wtforms.validators
from flask import Flask
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField

from app.web.forms import SENTENCES, Sentences

LIBRARY = (
    wtforms.csrf.core,
    wtforms.csrf.session,
    wtforms.fields.choices,
    wtforms.fields.core,
    wtforms.fields.datetime,
    wtforms.fields.numeric,
    wtforms.validators,
    flask_wtf.file,
)
# They tell a programmer that a form is put together wrongly.
FOR_PROGRAMMERS = {"Choices cannot be None.", "Invalid field name '%s'."}
ROOMS = tuple(f"app.web.{room}." for room in ("admin", "everyone", "lead", "sponsor", "team"))
PLACES = re.compile(r"%\(\w+\)[ds]|\{\w+\}")


def messages_of(module: ModuleType) -> Iterator[str]:
    """Every text that the module hands to gettext or ngettext."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        if isinstance(node, ast.Call) and name in {"gettext", "ngettext"}:
            for given in node.args:
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield given.value


MESSAGES = sorted({words for module in LIBRARY for words in messages_of(module)} - FOR_PROGRAMMERS)


def all_forms() -> list[type[FlaskForm]]:
    """Every form of these rooms."""
    for room in ROOMS:
        importlib.import_module(f"{room}routes")
    waiting, found = [FlaskForm], []
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found += [one for one in below if one.__module__.startswith(ROOMS)]
    return sorted(set(found), key=lambda one: one.__name__)


FORMS = all_forms()
PATTERNS = [re.compile(".*".join(map(re.escape, PLACES.split(words)))) for words in MESSAGES]


@pytest.mark.parametrize("words", MESSAGES)
def test_each_message_of_the_library_has_a_sentence_with_the_same_figures(words: str) -> None:
    sentence = SENTENCES[words]
    assert sentence not in MESSAGES
    assert sentence.endswith(".")
    assert sentence.count(". ") >= 1, "It says what is wrong, and then what to do."
    assert set(PLACES.findall(sentence)) <= set(PLACES.findall(words))


def test_the_library_has_been_read_and_no_sentence_is_left_over() -> None:
    assert len(MESSAGES) > 30
    assert set(SENTENCES) == set(MESSAGES)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_each_form_of_the_application_speaks_our_words(app: Flask, form: type[FlaskForm]) -> None:
    with app.test_request_context():
        made = form(formdata=None)
        assert all(isinstance(field._translations, Sentences) for field in made)


@pytest.mark.parametrize("text", ["", "x" * 5000, "-1", "\u202e", "99999999999999999999"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_whatever_is_sent_no_form_answers_with_a_message_of_the_library(
    app: Flask, form: type[FlaskForm], text: str
) -> None:
    with app.test_request_context():
        names = list(form(formdata=None)._fields)
    with app.test_request_context(method="POST", data=dict.fromkeys(names, text)):
        made = form()
        for field in made:
            if isinstance(field, SelectField | SelectMultipleField) and field.choices is None:
                field.choices = {"": "Nobody"}
        made.validate()
        said = [sentence for sentences in made.errors.values() for sentence in sentences]
    assert [sentence for sentence in said if any(one.fullmatch(sentence) for one in PATTERNS)] == []
