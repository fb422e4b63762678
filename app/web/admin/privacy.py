"""What is kept of customers: what is masked, how long contacts stay, and erasing one customer."""

from datetime import date

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired

from app.contacts.privacy import actions, dropping, erasing, queries
from app.contacts.privacy.erasing import Extent
from app.contacts.privacy.rules import Decided
from app.values.errors import Refused
from app.values.figures import counted
from app.web import work
from app.web.access import allow
from app.web.admin.blueprint import pages
from app.web.fields import WholeField
from app.web.forms import Form


class PrivacyForm(Form):
    """What is masked, and how long contacts are kept; `confirmed` are the months that the page said the effect of."""

    masks_phones = BooleanField("Mask phone numbers")
    masks_emails = BooleanField("Mask e-mail addresses")
    phone_region = StringField("Country of national numbers")
    kept_months = WholeField("Keep contacts for so many months")
    confirmed = HiddenField()


class EraseForm(Form):
    """One customer who asked to be forgotten; `confirmed` holds them once the page has said what it concerns."""

    customer = StringField("Phone number or e-mail address", [InputRequired("Write the phone number or the address.")])
    confirmed = HiddenField()


@pages.get("/settings/privacy")
@allow("admin")
def privacy() -> ResponseReturnValue:
    """What is decided, what was dropped, and who was erased."""
    return _page()


@pages.post("/settings/privacy")
@allow("admin")
def privacy_set() -> ResponseReturnValue:
    """Decide what is masked and how long contacts are kept."""
    form = PrivacyForm()
    if form.validate_on_submit():
        region = (form.phone_region.data or "").strip().upper() or None
        months = form.kept_months.data
        wanted = Decided(form.masks_phones.data, form.masks_emails.data, region, months)
        try:
            if _drops_more(wanted) and form.confirmed.data != str(months):
                drops = dropping.first_kept(work.reading(), work.settings(), months or 0, at=work.now())
                return _page(decided=form, drops=drops)
            work.write(lambda session: actions.decide(session, wanted, by=work.me(), at=work.now()))
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            flash("That is kept. It holds for what comes in from now on.")
            return redirect(url_for("admin.privacy"))
    return _page(decided=form)


@pages.post("/settings/privacy/erase")
@allow("admin")
def customer_erase() -> ResponseReturnValue:
    """Say what erasing a customer concerns; asked again for the same one, erase them."""
    form = EraseForm()
    if not form.validate_on_submit():
        return _page(erase=form)
    customer = form.customer.data.strip()
    try:
        if form.confirmed.data != customer:
            found = erasing.extent(work.reading(), work.settings(), customer)
            return _page(erase=EraseForm(formdata=None, customer=customer, confirmed=customer), found=found)
        work.close_reading()
        done = erasing.erase(work.database(), work.settings(), customer, by=work.me(), at=work.now())
    except Refused as error:
        form.form_errors.append(error.sentence)
        return _page(erase=form)
    flash(f"The customer is erased: {counted(done.contacts, 'contact')} lost them. Figures stayed as they were.")
    return redirect(url_for("admin.privacy"))


def _drops_more(wanted: Decided) -> bool:
    """Whether contacts go that would stay as things are."""
    actions.check(wanted)
    held = queries.decided(work.reading()).kept_months
    return wanted.kept_months is not None and (held is None or wanted.kept_months < held)


def _page(
    decided: Form | None = None,
    erase: Form | None = None,
    found: Extent | None = None,
    drops: tuple[date, int] | None = None,
) -> ResponseReturnValue:
    """The page with its two forms; the one that was sent keeps what was typed.

    `drops` is what the months that were typed would drop, `found` what erasing the customer would change.
    """
    session, settings = work.reading(), work.settings()
    held = queries.decided(session)
    facts = {name: getattr(held, name) for name in ("masks_phones", "masks_emails", "kept_months")}
    region = held.phone_region or settings.phone_region or ""
    page = render_template(
        "admin/privacy.html",
        held=held,
        decided=decided or PrivacyForm(formdata=None, phone_region=region, **facts),
        erase=erase or EraseForm(formdata=None),
        found=found,
        drops=drops,
        dropped=queries.dropped(session),
        erased=queries.erased(session),
        finding=_finding(held),
    )
    return page, 200 if found or drops or not (decided or erase) else 422


def _finding(held: Decided) -> str:
    also = (("phone numbers", held.masks_phones), ("e-mail addresses", held.masks_emails))
    masked = ["card numbers", *(name for name, is_on in also if is_on)]
    *first, last = masked
    kept = f"for {counted(held.kept_months, 'month')}" if held.kept_months else "for ever"
    return f"Contacts are kept {kept}, with {', '.join(first)}{' and ' if first else ''}{last} masked."
