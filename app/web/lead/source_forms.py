"""The forms of scheduled sources, and what somebody decided in them."""

from typing import Any

from wtforms import PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from app.contacts.scheduled.rules import (
    HOURS,
    LONGEST,
    MOVE,
    PLAIN,
    SEEN,
    STARTTLS,
    TLS,
    USUAL_PORTS,
    Mailbox,
    Wanted,
)
from app.web.fields import WholeField
from app.web.forms import Form

EVERY_HOUR = SelectChoice("", "Every hour")
AT_AN_HOUR = [SelectChoice(str(hour), f"Daily at {hour:02d}:00") for hour in range(HOURS)]


class ScheduledForm(Form):
    """What every scheduled source says of itself."""

    source = StringField(
        "Source", [InputRequired("Name the system that the contacts come from, like Zendesk."), Length(max=LONGEST)]
    )
    hour = SelectField("When", choices=[EVERY_HOUR, *AT_AN_HOUR], default="")

    @property
    def chosen_hour(self) -> int | None:
        """The hour of the day; none for every hour."""
        return int(self.hour.data) if self.hour.data else None


class FolderForm(ScheduledForm):
    """A drop folder."""

    folder = StringField("Folder", [InputRequired("Name the folder, like zendesk."), Length(max=LONGEST)])
    mapping = SelectField("Its columns", choices=[], validate_choice=False)

    def wanted(self) -> Wanted:
        """What was decided."""
        return Wanted(self.source.data, self.chosen_hour, folder=self.folder.data, mapping=self.mapping.data or "")


class MailboxForm(ScheduledForm):
    """A mailbox on a server."""

    host = StringField("Mail server", [InputRequired("Name the server, like imap.example.com."), Length(max=LONGEST)])
    user = StringField("User", [InputRequired("Say who signs in to the mailbox."), Length(max=LONGEST)])
    password = PasswordField("Password", [Length(max=1000)])
    security = SelectField(
        "Connection",
        choices=[
            SelectChoice(TLS, "TLS"),
            SelectChoice(STARTTLS, "STARTTLS"),
            SelectChoice(PLAIN, "Unprotected"),
        ],
        default=TLS,
    )
    port = WholeField("Port")
    mail_folder = StringField("Folder", [Length(max=LONGEST)])
    search = StringField("Search", [Length(max=LONGEST)])
    afterwards = SelectField(
        "Afterwards", choices=[SelectChoice(SEEN, "Mark as read"), SelectChoice(MOVE, "Move to")], default=SEEN
    )
    move_to = StringField("Move to", [Length(max=LONGEST)])

    def wanted(self) -> Wanted:
        """What was decided; without a port the usual one."""
        box = Mailbox(
            host=self.host.data,
            user=self.user.data,
            port=USUAL_PORTS[self.security.data] if self.port.data is None else self.port.data,
            security=self.security.data,
            folder=self.mail_folder.data or "INBOX",
            search=self.search.data or "",
            afterwards=self.afterwards.data,
            move_to=self.move_to.data or "",
        )
        return Wanted(self.source.data, self.chosen_hour, mailbox=box)


def filled(wanted: Wanted) -> dict[str, Any]:
    """What a form shows of a source; its password is never shown."""
    shared = {"source": wanted.source, "hour": "" if wanted.hour is None else str(wanted.hour)}
    box = wanted.mailbox
    if box is None:
        return {**shared, "folder": wanted.folder, "mapping": wanted.mapping}
    return {
        **shared,
        "host": box.host,
        "user": box.user,
        "security": box.security,
        "port": box.port,
        "mail_folder": box.folder,
        "search": box.search,
        "afterwards": box.afterwards,
        "move_to": box.move_to,
    }
