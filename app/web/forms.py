"""What every form of the pages shares: sentences that say what is wrong and what to do, in place of WTForms' own."""

from typing import Any

from flask_wtf import FlaskForm

NOT_LISTED = "What was chosen is not in the list, or not any more. Choose from the list."
TOO_LONG = "This is too long: %(max)d is the most that fits, letters and spaces together. Shorten it."
TOO_SHORT = "This is too short: it takes %(min)d or more, letters and spaces together. Write more."
NO_NUMBER = "This is no number. Write it in digits, like 30."
NO_DAY = "This is no day. Write it like 2026-09-14."
NEEDED = "This is empty. Write something, or choose from the list."
NOT_OURS = "This form was open for too long. Load the page again and send it once more."
NOT_TO_CHANGE = "This cannot be changed here. Load the page again and leave it as it is."
NOT_UNDERSTOOD = "This was not understood. Look at how it is written, and correct it."

SENTENCES = {
    "This field is required.": NEEDED,
    "Not a valid choice.": NOT_LISTED,
    "Invalid Choice: could not coerce.": NOT_LISTED,
    "Invalid choice(s): one or more data inputs could not be coerced.": NOT_LISTED,
    "'%(value)s' is not a valid choice for this field.": NOT_LISTED,
    "'%(value)s' are not valid choices for this field.": NOT_LISTED,
    "Invalid value, must be one of: %(values)s.": "This is not one of %(values)s. Choose one of them.",
    "Invalid value, can't be any of: %(values)s.": "This may be none of %(values)s. Choose another.",
    "Field cannot be longer than %(max)d character.": TOO_LONG,
    "Field cannot be longer than %(max)d characters.": TOO_LONG,
    "Field must be at least %(min)d character long.": TOO_SHORT,
    "Field must be at least %(min)d characters long.": TOO_SHORT,
    "Field must be exactly %(max)d character long.": "The length of this is wrong: %(max)d fits. Correct it.",
    "Field must be exactly %(max)d characters long.": "The length of this is wrong: %(max)d fits. Correct it.",
    "Field must be between %(min)d and %(max)d characters long.": (
        "The length of this is wrong: %(min)d to %(max)d fits. Correct it."
    ),
    "Field must be equal to %(other_name)s.": "This is not the same as in %(other_name)s. Write both alike.",
    "Not a valid integer value.": "This is no whole number. Write it like 30.",
    "Not a valid decimal value.": NO_NUMBER,
    "Not a valid float value.": NO_NUMBER,
    "Number must be at least %(min)s.": "This is too small. Write %(min)s or more.",
    "Number must be at most %(max)s.": "This is too large. Write %(max)s or less.",
    "Number must be between %(min)s and %(max)s.": "This does not fit. Write a number from %(min)s to %(max)s.",
    "Not a valid datetime value.": NO_DAY,
    "Not a valid date value.": NO_DAY,
    "Not a valid time value.": "This is no time of day. Write it like 08:30.",
    "Not a valid week value.": "This is no week. Write it like 2026-W37.",
    "Date must be at least %(min)s.": "This day is too early. Choose %(min)s or a later one.",
    "Date must be at most %(max)s.": "This day is too late. Choose %(max)s or an earlier one.",
    "Date must be between %(min)s and %(max)s.": "This day does not fit. Choose one from %(min)s to %(max)s.",
    "Invalid input.": NOT_UNDERSTOOD,
    "Invalid email address.": "This is no e-mail address. Write it like dana@example.com.",
    "Invalid IP address.": NOT_UNDERSTOOD,
    "Invalid Mac address.": NOT_UNDERSTOOD,
    "Invalid URL.": "This is no address of a page. Write it like https://example.com.",
    "Invalid UUID.": NOT_UNDERSTOOD,
    "This field cannot be edited.": NOT_TO_CHANGE,
    "This field is disabled and cannot have a value.": NOT_TO_CHANGE,
    "Invalid CSRF Token.": NOT_OURS,
    "CSRF token missing.": NOT_OURS,
    "CSRF failed.": NOT_OURS,
    "CSRF token expired.": NOT_OURS,
    "File does not have an approved extension: {extensions}": (
        "A file with such an ending is not taken. Choose one that ends in {extensions}."
    ),
    "File does not have an approved extension.": "A file with such an ending is not taken. Choose another.",
}


class Sentences:
    """WTForms' messages in our words; what is none of them, like the name of a field, stays as it is."""

    def gettext(self, words: str) -> str:
        """The sentence for a message."""
        return SENTENCES.get(words, words)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The sentence for a message that depends on a number."""
        return self.gettext(one if count == 1 else many)


class Form(FlaskForm):
    """A form whose every message is one of ours."""

    class Meta(FlaskForm.Meta):
        """How WTForms asks for its messages."""

        def get_translations(self, form: Any) -> Sentences:  # noqa: ANN401, ARG002  (WTForms' own signature)
            """Our words for all of them."""
            return Sentences()
