"""Chinese addresses as text: one spelling for all, and the parts they are made of.

The grammar is that of everyday registers (GB/T 23705 names the same elements): region, road, number,
compound, building, stair, floor, room, of which most may be missing::

    湖北省武汉市江岸区 中山路 12号 金碧花园 3栋 2单元 501室
                      公园北道 138号          3号楼 2-501
                                   望海里     3号楼 501
                      Haihe East Road 118, building 3, 2-501
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple


class Parts(NamedTuple):
    """One way to read an address; what it does not say is empty.

    Parameters
    ----------
    road : str
        Road with the region still in front of it, or the village where there is no road.
    number : str
        House number on the road.
    compound : str
        Name of the compound, or of the lone building.
    building : str
        Number of the building, with its word where that is more than "building": "1市场大厅".
    stair, floor, room : str
    guess : bool
        Whether a number had to be cut in two for this reading.
    """

    road: str = ""
    number: str = ""
    compound: str = ""
    building: str = ""
    stair: str = ""
    floor: str = ""
    room: str = ""
    guess: bool = False


_SAME = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−~～_", "-"),
        **dict.fromkeys("、，。;：；:·|", ","),
        **dict.fromkeys("()[]{}【】《》<>\"'“”‘’第", None),
        "號": "号", "棟": "栋", "樓": "楼", "單": "单", "門": "门", "層": "层", "間": "间",
        "○": "零", "〇": "零", "两": "二", "兩": "二",
    }
)  # fmt: skip
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")
_MARKED = (
    r"(?=号|栋|幢|座|单元|门[\d零一二三四五六七八九十]|门$|室|房|户|层|楼|弄|#|[区期组村队里])"
)
_NUMERAL = re.compile(
    rf"(?<!\d)[零一二三四五六七八九十百]+{_MARKED}|(?<=\d)[零一二三四五六七八九十百]+{_MARKED}"
)
_NAMING = re.compile(r"\d+(?=[区期组村队里]|号(?:路|街|大街|大道|支路|巷|道))")
_ENGLISH = (
    (re.compile(r"\b(?:building|bldg|block)[ ,.]*(?:no\.?)?\s*(\d+[a-z]?)\b"), r" \1栋 "),
    (re.compile(r"\b(?:stair|staircase|entrance)s?[ ,.]*(\d+)\b"), r" \1单元 "),
    (re.compile(r"\b(?:room|flat|apt|apartment|door|unit)[ ,.]*(\d+[a-z]?)\b"), r" \1室 "),
    (re.compile(r"\b(?:floor|level)[ ,.]*(\d+)\b"), r" \1层 "),
    (re.compile(r"\bno\.?\s*(?=\d)"), ""),
    (re.compile(r"^\s*(\d+[a-z]?)[ ,]+([a-z][a-z' ]*?\b(?:street|road|avenue|lane|st|rd|ave))\b"), r"\2 \1"),
)  # fmt: skip
"""English words to Chinese markers; a number in front of its street goes behind it."""

_SUB_NUMBER = re.compile(r"(\d+)(?:号附|-)(\d{1,2})号(?!楼)")
"""A number within a number: "5号附1号", "12-1号"."""

_LATIN = re.compile(r"[a-z]{2}")
_GAP = re.compile(r"(?<=\d) +(?=\d)|(?<=[a-z]) +(?=[a-z\d])|(?<=\d) +(?=[a-z])")
_COMMAS = re.compile(r",(?=[,#\-]|$)|(?<=[#\-]),|^,")
_TOKEN = re.compile(
    r"(\D*?)((?<![a-z])[a-z]?\d+(?:附\d+|[a-z](?![a-z]))?|(?<![a-z])[a-z](?=座|栋|幢|号楼|单元))"
    r"(号楼|号院|号|栋楼?|幢|座|单元|门(?=[\d,]|$)|梯|层|楼|室|房间?|户|弄|院|#楼?|[-/,]|)"
)
_ROAD = re.compile(r"^(.*?(?:大道|大街|公路|胡同|[路街巷道弄]))(?!道|办)([^路街巷道弄]+)$")
_ROAD_END = re.compile(r"(?:[路街巷道弄]|胡同|\b(?:street|road|avenue|lane|st|rd|ave))$")

_DOOR = re.compile(r"(?:(\d{1,2})(?:单元|门|-))?(\d{3,4})[室房号]?")

_BUILDING = frozenset(("号楼", "栋", "栋楼", "幢", "座", "#楼"))
_STAIR = frozenset(("单元", "门", "梯"))
_ROOM = frozenset(("室", "房", "房间", "户"))
_NUMBERED = frozenset(("号", "号院", "院", "#", "弄"))

_ROOM_DIGITS = 3
"""A number of so many digits and more names a room rather than a building."""


def normalise(text: str) -> str:
    """Return an address in one spelling: NFKC, lower case, digits for Chinese numerals, no spaces.

    Numerals that belong to a name ("三阳路", "6号路", "二区") are Chinese in every case.
    """
    text = unicodedata.normalize("NFKC", text).lower().translate(_SAME)
    if _LATIN.search(text):
        for pattern, plain in _ENGLISH:
            text = pattern.sub(plain, text)
    text = _NUMERAL.sub(_arabic, _GAP.sub(",", text.strip()))
    text = "".join(text.split())
    if "," in text:
        text = _COMMAS.sub("", text)
    return _NAMING.sub(_chinese, _SUB_NUMBER.sub(r"\1附\2号", text))


def _arabic(matched: re.Match[str]) -> str:
    """Return a Chinese numeral in digits, apart from a number it stands behind ("12三栋")."""
    digits = str(number_of(matched[0]))
    before = matched.string[: matched.start()]
    return f",{digits}" if before and before[-1].isdigit() else digits


def number_of(numeral: str) -> int:
    """Return the value of a Chinese numeral below 1000: "二十三", "一百零二", or by digit, "一二三"."""
    if "十" not in numeral and "百" not in numeral:
        return int("".join(str(_DIGITS[character]) for character in numeral))
    total, digit = 0, 0
    for character in numeral:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def _chinese(matched: re.Match[str]) -> str:
    return matched[0].translate(_CHINESE)


def plain_number(number: str) -> str:
    """Return a number without leading zeros: "03" and "3" are one."""
    return number.lstrip("0") or number[-1:]


def read_place(text: str) -> Parts:
    """Read the address of a building: no number in it is a room's."""
    return _Reading(normalise(text), door=False).parts()[0]


def read_name(text: str) -> Parts:
    """Read the name of a building, as `compound` and `building`: "望海里3号楼", "望海里1号大棚"."""
    return _Reading(normalise(text), door=False).parts()[-1]


def readings(text: str) -> list[Parts]:
    """Return every way to read an address of a home, the likeliest first; none of an empty text."""
    normal = normalise(text)
    return _Reading(normal, door=True).parts() if normal else []


def split_door(text: str) -> tuple[str, str]:
    """Part an address behind its last building mark; two empty texts where it has none.

    The halves can be read apart, and each once for all addresses that share it.
    """
    place = max(text.rfind(mark) for mark in ("楼", "栋", "幢", "座")) + 1
    return (text[:place], text[place:]) if place else ("", "")


def read_door(text: str) -> tuple[str, str] | None:
    """Return stair and room of what follows a building: "2单元501室"; None where it is not plain."""
    found = _DOOR.fullmatch(normalise(text))
    return (plain_number(found[1] or ""), plain_number(found[2])) if found else None


class _Reading:
    """One pass over the numbers of an address, from left to right."""

    def __init__(self, text: str, *, door: bool) -> None:
        found = _TOKEN.findall(text)
        self._tokens: list[tuple[str, str, str]] = found
        used = sum(map(len, (part for token in found for part in token)))
        self._tail = text[used:].strip(",-")
        self._door = door
        self.road = self.number = self.compound = ""
        self.building = self.stair = self.floor = self.room = ""
        self._loose: list[str] = []
        self._cut = ""
        self._by_name = False
        self._lone = ""
        self._counted = False

    def parts(self) -> list[Parts]:
        if not self._tokens:
            self._head(self._tail)
            return [self._taken()]
        for pre, number, mark in self._tokens[self._begin() :]:
            self._word(pre.strip(",-"))
            self._number(plain_number(number), mark)
        if self._tail:
            self._word(self._tail)
        return self._settled()

    def _head(self, head: str) -> None:
        """Part a road from the compound behind it."""
        if _ROAD_END.search(head):
            self.road = head
        elif found := _ROAD.match(head):
            self.road, self.compound = found[1], found[2]
        else:
            self.compound = head

    def _begin(self) -> int:
        """Take the head and its number; return which token to go on from."""
        pre, number, mark = self._tokens[0]
        self._head(pre.strip(",-"))
        on_road = bool(self.road) and not self.compound
        if mark in _BUILDING or mark in _STAIR or mark in _ROOM or mark in ("层", "楼"):
            if on_road and mark in _BUILDING and len(number) > 1 and number.isdigit():
                self._cut = number
            self._tokens[0] = ("", number, mark)
            return 0
        if on_road or (mark in _NUMBERED and self.compound and not self.road):
            self._by_name = not on_road
            if on_road and mark in ("#", "-") and len(number) > 1 and number.isdigit():
                self._cut = number
            if self._by_name:
                self.road, self.compound = self.compound, ""
            self.number = plain_number(number)
            return 1
        self._tokens[0] = ("", number, mark)
        return 0

    def _word(self, word: str) -> None:
        if not word:
            return
        if self._counted and not (self.stair or self.floor or self.room or self._loose):
            self.building += "" if word in ("楼", "号楼") else word
            self._counted = False
        elif not self.compound:
            self.compound = word
            self._lone = word if self._by_name and not self.building else ""

    def _number(self, number: str, mark: str) -> None:
        if mark in _BUILDING or (mark == "楼" and not self.building):
            if self.building and not self._loose:
                self._loose.append(number)
            else:
                self.building = number
        elif mark in _STAIR:
            self.stair = number
        elif mark in _ROOM:
            self.room = number
        elif mark in ("层", "楼"):
            self.floor = number
        elif mark in _NUMBERED and not self.building and self._names_building(number):
            self.building = number
            self._counted = mark in ("号", "#")
        else:
            self._loose.append(number)

    def _names_building(self, number: str) -> bool:
        return not self._door or len(number) < _ROOM_DIGITS

    def _settled(self) -> list[Parts]:
        """Give numbers without a marker their place, from the right: room, stair, building."""
        loose = self._loose
        if loose and not self.room and not self.floor:
            self.room = loose.pop()
        if self.building:
            if loose and not self.stair:
                self.stair = loose.pop()
            return self._named(self._taken())
        if len(loose) > 1 and not self.stair:
            self.stair = loose.pop()
        if loose:
            number = loose.pop()
            first = self._taken(building=number)
            return self._named(first, *([] if self.stair else [self._taken(stair=number)]))
        taken = self._taken()
        if self.number and self.room and not self.stair and len(self.room) < _ROOM_DIGITS:
            return self._named(taken._replace(building=self.room, room=""), taken)
        return self._named(taken)

    def _taken(self, building: str = "", stair: str = "") -> Parts:
        return Parts(
            self.road,
            self.number,
            self.compound,
            building or self.building,
            stair or self.stair,
            self.floor,
            self.room,
        )

    def _named(self, *found: Parts) -> list[Parts]:
        """Add the readings of a number behind a name, and of one that holds two."""
        every = list(found)
        if self._by_name:
            every += [
                one._replace(
                    road="", number="", compound=one.road, building=one.number + self._lone
                )
                for one in found
                if not one.building
            ]
        for place in range(1, len(self._cut)):
            number, building = self._cut[:place], self._cut[place:]
            if not building.startswith("0"):
                every += [
                    one._replace(number=number, building=building, guess=True)
                    for one in found
                    if not one.building or one.building == self._cut
                ]
        if any(len(one.room) > 0 and one.floor for one in found):
            every += [
                one._replace(room=f"{one.floor}{one.room:0>2}")
                for one in found
                if one.floor and 0 < len(one.room) < _ROOM_DIGITS
            ]
        return every
