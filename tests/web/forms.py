"""Forms as a browser would send them."""

from typing import Any

from tests.web.pages import Page


def filled(page: Page) -> dict[str, Any]:
    """What a browser would send: hidden and text fields as they are, ticked boxes, chosen options."""
    found: dict[str, Any] = {}
    for box in page.elements:
        name = box.get("name")
        if box.tag == "input" and box.get("type") == "checkbox" and name:
            if "checked" in box.attributes:
                found.setdefault(name, []).append(box.get("value"))
        elif box.tag in {"input", "textarea"} and name:
            found[name] = box.get("value") or box.text
    select_name = ""
    for box in page.elements:
        if box.tag == "select":
            select_name = box.get("name")
        elif box.tag == "option" and "selected" in box.attributes:
            found[select_name] = box.get("value")
    return found
