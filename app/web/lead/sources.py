"""Scheduled sources: drop folders and mailboxes, when they run, what they brought, what went wrong."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice

from app.contacts import queries as contacts
from app.contacts.mail import passwords
from app.contacts.scheduled import actions, drop_folders, queries
from app.contacts.scheduled.queries import Scheduled
from app.contacts.scheduled.rules import FAILURES_BEFORE_MAIL, Wanted
from app.values.errors import Refused
from app.values.figures import counted
from app.web import work
from app.web.access import allow
from app.web.lead.blueprint import pages
from app.web.lead.source_forms import FolderForm, MailboxForm, filled


@pages.get("/imports/sources")
@allow("lead")
def sources() -> ResponseReturnValue:
    """All of them, and the places to add one."""
    return _page()


@pages.post("/imports/sources/folder")
@allow("lead")
def source_folder_add() -> ResponseReturnValue:
    """Add a drop folder."""
    form = _folder_form()
    if form.validate_on_submit():
        wanted = form.wanted()
        try:
            work.write(lambda db: actions.add(db, wanted, work.settings().timezone, by=work.me(), at=work.now()))
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            drop_folders.folder_of(work.settings(), wanted.folder)
            flash(f"{wanted.source} is looked into from now on.")
            return redirect(url_for("lead.sources"))
    return _page(folder=form), 422


@pages.post("/imports/sources/mailbox")
@allow("lead")
def source_mailbox_add() -> ResponseReturnValue:
    """Add a mailbox; its password is kept in a file of its own."""
    form = MailboxForm()
    if form.validate_on_submit():
        if not form.password.data:
            form.password.errors = ["Enter the password of the mailbox."]
            return _page(mailbox=form), 422
        wanted = form.wanted()
        try:
            scheduled_id = work.write(
                lambda db: actions.add(db, wanted, work.settings().timezone, by=work.me(), at=work.now())
            )
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            passwords.keep(work.settings(), scheduled_id, form.password.data)
            flash(f"{wanted.source} is polled from now on.")
            return redirect(url_for("lead.sources"))
    return _page(mailbox=form), 422


@pages.get("/imports/sources/<int:scheduled_id>")
@allow("lead")
def source(scheduled_id: int) -> ResponseReturnValue:
    """One source, to be changed."""
    one = queries.scheduled(work.reading(), scheduled_id)
    return _one(one, _form_of(one.wanted, is_sent=False))


@pages.post("/imports/sources/<int:scheduled_id>")
@allow("lead")
def source_change(scheduled_id: int) -> ResponseReturnValue:
    """Decide otherwise about a source; an empty password stays as it is."""
    one = queries.scheduled(work.reading(), scheduled_id)
    form = _form_of(one.wanted, is_sent=True)
    if form.validate_on_submit():
        wanted, zone = form.wanted(), work.settings().timezone
        try:
            work.write(lambda db: actions.change(db, scheduled_id, wanted, zone, by=work.me(), at=work.now()))
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            if isinstance(form, FolderForm):
                drop_folders.folder_of(work.settings(), wanted.folder)
            elif form.password.data:
                passwords.keep(work.settings(), scheduled_id, form.password.data)
            flash("The source is kept as you wrote it.")
            return redirect(url_for("lead.sources"))
    return _one(one, form), 422


@pages.post("/imports/sources/<int:scheduled_id>/run")
@allow("lead")
def source_run(scheduled_id: int) -> ResponseReturnValue:
    """Have it looked into now."""
    one = queries.scheduled(work.reading(), scheduled_id)
    work.close_reading()
    work.jobs().run_source(scheduled_id, work.me())
    flash(f"{one.wanted.source} is being looked into. Load this page again in a moment.")
    return redirect(url_for("lead.sources"))


@pages.post("/imports/sources/<int:scheduled_id>/pause")
@allow("lead")
def source_pause(scheduled_id: int) -> ResponseReturnValue:
    """Let it rest; pressed twice it rests once."""
    return _do(lambda db: actions.pause(db, scheduled_id, by=work.me(), at=work.now()))


@pages.post("/imports/sources/<int:scheduled_id>/continue")
@allow("lead")
def source_continue(scheduled_id: int) -> ResponseReturnValue:
    """Let it run again."""
    zone = work.settings().timezone
    return _do(lambda db: actions.go_on(db, scheduled_id, zone, by=work.me(), at=work.now()))


@pages.post("/imports/sources/<int:scheduled_id>/remove")
@allow("lead")
def source_remove(scheduled_id: int) -> ResponseReturnValue:
    """Look into it no longer; what it brought stays."""
    answer = _do(lambda db: actions.remove(db, scheduled_id, by=work.me(), at=work.now()))
    passwords.forget(work.settings(), scheduled_id)
    return answer


def _do(change: Callable[[Session], None]) -> ResponseReturnValue:
    try:
        work.write(change)
    except Refused as error:
        flash(error.sentence)
    return redirect(url_for("lead.sources"))


def _page(folder: FolderForm | None = None, mailbox: MailboxForm | None = None) -> str:
    listed = queries.all_scheduled(work.reading())
    return render_template(
        "lead/sources.html",
        listed=listed,
        failing=[one for one in listed if one.failures and not one.is_paused],
        folder=folder or _folder_form(is_sent=False),
        mailbox=mailbox or MailboxForm(formdata=None),
        place_of=_place_of,
        drop=str(work.settings().instance / "drop"),
        failures_before_mail=FAILURES_BEFORE_MAIL,
        is_mailed=bool(work.settings().smtp),
        counted=counted,
        zone=work.settings().timezone.key,
    )


def _one(one: Scheduled, form: FolderForm | MailboxForm) -> str:
    return render_template("lead/source.html", one=one, form=form, place=_place_of(one.wanted))


def _form_of(wanted: Wanted, *, is_sent: bool) -> FolderForm | MailboxForm:
    data = filled(wanted)
    if wanted.mailbox is None:
        return _folder_form(is_sent=is_sent, **data)
    return MailboxForm() if is_sent else MailboxForm(formdata=None, data=data)


def _folder_form(*, is_sent: bool = True, **data: object) -> FolderForm:
    form = FolderForm() if is_sent else FolderForm(formdata=None, data=data)
    names = contacts.saved_mappings(work.reading())
    form.mapping.choices = [
        SelectChoice("", "Recognised by their headers"),
        *(SelectChoice(name, f"Like “{name}”") for name in names),
    ]
    return form


def _place_of(wanted: Wanted) -> str:
    """Where a source looks, in words."""
    box = wanted.mailbox
    return f"Folder {wanted.folder}" if box is None else f"{box.folder} of {box.user}, {box.host}"
