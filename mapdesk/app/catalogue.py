"""The languages of the desk: English, which needs no catalogue, and Chinese."""

from __future__ import annotations

import importlib.resources
import tomllib
from functools import cache

from mapdesk.model.language import LANGUAGE

LANGUAGES = ("en", "zh_CN")


@cache
def texts(code: str) -> dict[str, str]:
    """Return the catalogue of a language: English text to its translation."""
    if code == "en":
        return {}
    path = importlib.resources.files("mapdesk_data") / "translations" / f"{code}.toml"
    return dict(tomllib.loads(path.read_text("utf-8"))["texts"])


def speak(code: str) -> None:
    """Make `code` the language of the desk."""
    LANGUAGE.install(code, texts(code))
