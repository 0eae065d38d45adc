"""What is text and can be kept as such by every engine."""

from __future__ import annotations

from mapdesk.model.errors import InputError


def check_text(text: str) -> None:
    """Raise InputError where a text holds what is no character: a NUL, or half of a surrogate pair."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        is_text = False
    else:
        is_text = "\x00" not in text
    if not is_text:
        raise InputError("The text holds something that is no character; type it anew.")
