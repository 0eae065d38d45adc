"""The languages of the desk: English, which needs no catalogue, and Chinese."""

from __future__ import annotations

import importlib.resources
import locale
import os
import tomllib
from functools import cache

from mapdesk.model.language import LANGUAGE

LANGUAGES = ("en", "zh_CN")


def texts(code: str, table: str = "texts") -> dict[str, str]:
    """Return a table of a language's catalogue: "texts", or "sentences" of errors."""
    return {} if code == "en" else _catalogue(code)[table]


@cache
def _catalogue(code: str) -> dict[str, dict[str, str]]:
    path = importlib.resources.files("mapdesk_data") / "translations" / f"{code}.toml"
    return tomllib.loads(path.read_text("utf-8"))


def of_system() -> str:
    """Return the language of this user's locale: Chinese, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "zh_CN" if os.environ[name].startswith("zh") else "en"
    said = locale.getlocale()[0] or ""
    return "zh_CN" if said.startswith(("zh", "Chinese")) else "en"


def speak(code: str) -> None:
    """Make `code` the language of the desk."""
    LANGUAGE.install(code, texts(code), texts(code, "sentences"))
