"""Public holidays, as the package `holidays` knows them; it is loaded when somebody asks."""

from datetime import date

from app.values.errors import Refused

FIRST_YEAR, LAST_YEAR = 1990, 2100


def holidays_of(country: str, region: str | None, year: int) -> dict[date, str]:
    """The public holidays of a year in a country ("CA") and region ("ON"), in English where the package has it."""
    import holidays

    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = f"{year} is no year to fill. Choose one from {FIRST_YEAR} to {LAST_YEAR}."
        raise Refused(message)
    regions = places().get(country)
    if regions is None:
        message = f"“{country}” is no country with known holidays. Write its two letters, like CA."
        raise Refused(message)
    if region is not None and region not in regions:
        examples = f"Its regions are {', '.join(regions)}." if regions else "It has no regions; leave that empty."
        message = f"“{region}” is no region of {country}. {examples}"
        raise Refused(message)
    found = holidays.country_holidays(country, subdiv=region, years=year, language=_language(country))
    return {day: name for day, name in sorted(found.items()) if day.year == year}


def places() -> dict[str, list[str]]:
    """Countries and the regions that have holidays of their own, by their ISO letters."""
    import holidays

    return {country: list(regions) for country, regions in holidays.list_supported_countries().items()}


def _language(country: str) -> str | None:
    import holidays

    spoken = holidays.list_localized_countries().get(country, [])
    return next((language for language in spoken if language.startswith("en")), None)
