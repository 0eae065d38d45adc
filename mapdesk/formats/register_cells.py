"""Cells of a register of people to the values of their fields, a column at a time.

A row is refused where it would put a wrong person, or a person in a wrong place of the register: without a
name, with an identity number that is none, with a date that is none, and where the identity number
contradicts birth date or sex, for then one of them is somebody else's. What can be left empty is: phones and
sexes that cannot be read. Reasons never repeat an identity number or a phone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from mapdesk.analysis.address_text import number_of
from mapdesk.formats.register_words import SEX, UNSAID_SEX, WORDS
from mapdesk.formats.values import MISSING
from mapdesk.model.identity_number import Identity, read_identity

Values = list[str | None]
Reasons = dict[int, str]

LONGEST_CELL = 1000
"""Characters of a cell that is kept; longer ones are rows run together."""

LONGEST_NAME = 60

OLDEST = date(1880, 1, 1)
"""Nobody alive was born before: the oldest person ever known reached 122 years (Calment, 1875-1997)."""

SERIAL_ORIGIN = date(1899, 12, 30)
"""Day 0 of Excel's serial numbers after February 1900, whose 29th it counts (ECMA-376, 18.17.4.1)."""

_SHOWN = 8
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)")
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[T ]\d.*)?"
)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ]\d.*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_NUMERALS = "[零一二三四五六七八九十]"
_CHINESE_DAY = re.compile(rf"({_NUMERALS}{{4}})年({_NUMERALS}+)月({_NUMERALS}+)[日号]?")
_INCOMPLETE = re.compile(r"\d{4}\s*(?:[-/.年]\s*(?:\d{1,2}\s*月?)?)?")
_PHONE_PARTS = re.compile(r"[/;,、|]|(?<=\d{7})\s+(?=\d{7})")
_PHONE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9}|0\d{2,3}[1-9]\d{6,7}(?:x\d{1,6})?|[2-9]\d{6,7})")


class Cells:
    """Cleans columns of a register; counts what it did.

    Parameters
    ----------
    today : datetime.date
        Nobody is born after it.
    """

    def __init__(self, today: date) -> None:
        self._today = today
        self._days: dict[str, date | str] = {}
        self._words: dict[tuple[str, str], str | None] = {}
        self._unknown_sexes: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()

    def names(self, cells: Sequence[str], reasons: Reasons) -> Values:
        """Return names without spaces between Chinese characters; rows without one get a reason."""
        found: Values = []
        for place, cell in enumerate(cells):
            name = _plain(cell)
            if not name.isascii():
                name = "".join(name.split())
            if name.lower() in MISSING:
                reasons.setdefault(place, "has no name")
            elif len(name) > LONGEST_NAME or not any(map(str.isalpha, name)):
                reasons.setdefault(place, "name: what stands there is no name")
            found.append(name)
        return found

    def identities(self, cells: Sequence[str], reasons: Reasons) -> list[Identity | None]:
        """Return what identity numbers say, None for an empty cell."""
        found: list[Identity | None] = []
        for place, cell in enumerate(cells):
            number = cell.strip()
            if not number.isalnum() or not number.isascii():
                number = "".join(unicodedata.normalize("NFKC", number).split()).lstrip("'`")
            if number.lower() in MISSING:
                found.append(None)
                continue
            try:
                identity = read_identity(number)
            except ValueError as error:
                reasons.setdefault(place, _identity_reason(number, str(error)))
                found.append(None)
                continue
            if not OLDEST <= identity.born <= self._today:
                reasons.setdefault(place, "identity_number: its date of birth cannot be")
            if len(number) == 15:
                self._counts["identity_number: {} of 15 digits brought to 18"] += 1
            found.append(identity)
        return found

    def days(self, cells: Sequence[str], reasons: Reasons) -> list[date | None]:
        """Return dates of birth; what is no day gives its row a reason."""
        found: list[date | None] = []
        known = self._days
        for place, cell in enumerate(cells):
            day = known.get(cell)
            if day is None:
                day = known[cell] = self._day(cell)
            if isinstance(day, str):
                if day:
                    reasons.setdefault(place, f"birth_date: {day}")
                found.append(None)
            else:
                found.append(day)
        return found

    def sexes(self, cells: Sequence[str]) -> Values:
        """Return sexes; unknown words are left empty and noted."""
        found: Values = []
        for cell in cells:
            word = _plain(cell).lower()
            sex = SEX.get(word)
            if sex is None and word not in MISSING and word not in UNSAID_SEX:
                self._unknown_sexes[word] += 1
            found.append(sex)
        return found

    def agree(
        self, identities: list[Identity | None], days: list[date | None] | None,
        sexes: Values | None, reasons: Reasons,
    ) -> tuple[list[date | None], Values]:  # fmt: skip
        """Fill birth dates and sexes from identity numbers; contradictions give rows a reason."""
        born = days or [None] * len(identities)
        sex = sexes or [None] * len(identities)
        for place, identity in enumerate(identities):
            if identity is None:
                continue
            if born[place] is None:
                born[place] = identity.born
                self._counts["birth_date: {} read from the identity number"] += days is not None
            elif born[place] != identity.born:
                reasons.setdefault(
                    place,
                    f"birth_date is {born[place]}, and the identity number says {identity.born}",
                )
            if sex[place] is None:
                sex[place] = identity.sex
                self._counts["sex: {} read from the identity number"] += sexes is not None
            elif sex[place] != identity.sex:
                reasons.setdefault(
                    place, f"sex is {sex[place]}, and the identity number says {identity.sex}"
                )
        return born, sex

    def phones(self, cells: Sequence[str]) -> Values:
        """Return phone numbers as digits without country code; of several the first."""
        found: Values = []
        for cell in cells:
            phone, others = read_phone(cell)
            if phone is None and cell.strip().lower() not in MISSING:
                self._counts["phone: {} that are no numbers left empty"] += 1
            if others:
                self._counts["phone: of {} cells with several numbers the first taken"] += 1
            found.append(phone)
        return found

    def words(self, field: str, cells: Sequence[str]) -> Values:
        """Return a field's own words; others are kept as they stand."""
        known = self._words
        found: Values = []
        for cell in cells:
            key = (field, cell)
            if key not in known:
                known[key] = _word(field, cell)
            found.append(known[key])
        return found

    def texts(self, field: str, cells: Sequence[str], reasons: Reasons) -> Values:
        """Return stripped texts; overlong ones and a spreadsheet's errors give rows a reason."""
        found: Values = []
        for place, cell in enumerate(cells):
            text = cell.strip()
            if len(text) > LONGEST_CELL:
                reasons.setdefault(place, f"{field} has more than {LONGEST_CELL:,} characters")
            elif text.startswith("#") and _ERROR.fullmatch(text):
                reasons.setdefault(place, f"{field}: the cell holds the error {text}")
            found.append(None if text.lower() in MISSING else text)
        return found

    def notes(self) -> list[str]:
        """Return what was done to the cells, one sentence each."""
        notes = [text.format(f"{count:,}") for text, count in self._counts.items() if count]
        if self._unknown_sexes:
            words = [word[:20] for word, _ in self._unknown_sexes.most_common(_SHOWN)]
            total = sum(self._unknown_sexes.values())
            notes.append(f"sex: {total:,} not known and left empty ({', '.join(words)})")
        return notes

    def _day(self, cell: str) -> date | str:
        """Return a date of birth, or why there is none; empty where nothing is said."""
        text = _plain(cell).replace("〇", "零").replace("○", "零")
        if text.lower() in MISSING:
            return ""
        try:
            day = read_day(text)
        except ValueError as error:
            return str(error)
        return day if OLDEST <= day <= self._today else f"nobody is born on {day}"


def read_day(text: str) -> date:
    """Read a day: "2001-2-3", "2001年2月3日", "20010203", "二〇〇一年二月三日", Excel's 36925.

    Raises
    ------
    ValueError
        With the reason: it is no day, an incomplete one, or day and month cannot be told apart.
    """
    try:
        if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _SERIAL.fullmatch(text):
            return SERIAL_ORIGIN + timedelta(days=int(found[1]))
        if found := _CHINESE_DAY.fullmatch(text):
            return date(number_of(found[1]), number_of(found[2]), number_of(found[3]))
        found = _YEAR_LAST.fullmatch(text)
        parts = [int(part) for part in found.groups()] if found else []
        if parts and (max(parts[:2]) > 12 or parts[0] == parts[1]):
            return date(parts[2], min(parts[:2]), max(parts[:2]))
    except ValueError:
        raise ValueError(f"there is no day '{text[:30]}'") from None
    if parts:
        raise ValueError(f"'{text[:30]}' may be two days: write the year first")
    if _INCOMPLETE.fullmatch(text):
        raise ValueError(f"'{text[:30]}' lacks month or day")
    raise ValueError(f"'{text[:30]}' is not a date")


def read_phone(cell: str) -> tuple[str | None, bool]:
    """Return the first phone number of a cell as digits, and whether there are more."""
    if len(cell) == 11 and cell.isdigit() and cell.isascii() and cell[0] == "1" and cell[1] > "2":
        return cell, False
    text = unicodedata.normalize("NFKC", cell[:LONGEST_CELL]).strip()
    found: list[str] = []
    for part in _PHONE_PARTS.split(text):
        digits = re.sub(r"(?:转|ext\.?)", "x", part.lower())
        matched = _PHONE.fullmatch(re.sub(r"[\s\-().]", "", digits))
        if matched:
            found.append(matched[1])
    return (found[0] if found else None), len(found) > 1


@lru_cache(maxsize=4096)
def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()


def _word(field: str, cell: str) -> str | None:
    plain = _plain(cell)
    word = WORDS[field].get(plain.lower())
    if word is not None:
        return word
    return None if plain.lower() in MISSING else plain[:LONGEST_CELL]


def _identity_reason(number: str, reason: str) -> str:
    rounded = len(number) == 18 and number.endswith("000")
    hint = (
        "; a spreadsheet rounded it: make the column text before typing numbers" if rounded else ""
    )
    return f"identity_number: {reason}{hint}"
