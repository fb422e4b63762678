"""The forms of the way in."""

from wtforms import EmailField, PasswordField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.people.rules import ROLE_NAMES
from app.web.forms import Form


class SigninForm(Form):
    """E-mail and password."""

    email = EmailField("E-mail", [InputRequired("Write your e-mail address.")])
    password = PasswordField("Password", [InputRequired("Write your password.")])


class LinkForm(Form):
    """A password of one's own."""

    password = PasswordField("New password", [InputRequired("Choose a password.")])


class SetupForm(Form):
    """The first administrator."""

    name = StringField("Your name", [InputRequired("Write your name."), Length(max=120)])
    email = EmailField("E-mail", [InputRequired("Write your e-mail address."), Length(max=254)])
    password = PasswordField("Password", [InputRequired("Choose a password.")])
    roles = SelectMultipleField(
        "You also work as",
        choices={role: name[0].upper() + name[1:] for role, name in ROLE_NAMES.items() if role != "admin"},
        default=["lead", "team"],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
