"""E-mail addresses as people type them."""

from app.values.errors import Refused


def tidy(text: str) -> str:
    """The address in small letters without space round it; raises Refused for what is none."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise Refused(f"“{text.strip()}” is no e-mail address. Write it like dana@example.com.") from error
    return found.normalized.lower()
