"""What stands in front of a road or compound: province, city, district, street office, community.

It is cut off against the names the district knows, so that no road is cut in two: "东方市场路" is a road,
"东方市 场路" is none. What is learned from the district's own addresses ("湖北省武汉市江岸区") also cuts the
short forms ("武汉江岸"), and tells an address of another city.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_HAN = "[一-鿿]"
_REGION = re.compile(
    rf"^(?:中国|中华人民共和国)?({_HAN}{{2,8}}?(?:省|自治区|特别行政区))?"
    rf"({_HAN}{{2,6}}?(?:自治州|地区|盟|市(?![场府民政区口])))?"
    rf"({_HAN}{{1,7}}?(?:新区|开发区|高新区|(?<![小校园厂社片景一二三四五六七八九十零])区|县|旗|市(?![场府民政区口])))?"
    rf"({_HAN}{{2,6}}?(?:街道办事处|街道|镇|乡))?({_HAN}{{2,8}}?(?:社区居委会|居委会|社区))?"
    r"(?!大道|大街|[路街道巷弄里号])"
)
_LEVEL = re.compile(
    r"(?:省|自治区|特别行政区|自治州|地区|市|新区|开发区|高新区|区|县|旗|街道办事处|街道|镇|乡|社区居委会|居委会|社区)$"
)
_CUT = re.compile(r"[省市区县旗镇乡盟州]|街道(?:办事处)?|社区|居委会")
_OFFICE = re.compile(r"(?:街道|办事处|镇|乡|社区|居委会)$")

_SHARED = 0.05
"""Share of a district's roads and compounds that carry a region, for it to be one."""

_CACHED = 100_000
"""Heads remembered at once."""

_TOWN_LEVELS = 3
"""Province, city and district tell another place; street offices are renamed and merged too often."""


def part_region(head: str) -> tuple[tuple[str, ...], str]:
    """Return the names of regions a head begins with, and the rest; none where no rest is left."""
    found = _REGION.match(head)
    if found is None or len(head) - found.end() < 2:
        return (), head
    return tuple(name or "" for name in found.groups()), head[found.end() :]


class Regions:
    """The regions of a district.

    Parameters
    ----------
    heads : iterable of str
        Roads and compounds as the district's addresses have them, with or without regions.
    regions : iterable of str
        Names the district goes by, beside those in its addresses.
    """

    def __init__(self, heads: Iterable[str], regions: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._stems: set[str] = {_stem(name) for name in regions if name}
        self._levels: list[set[str]] = [set() for _ in range(_TOWN_LEVELS)]
        parted = {head: part_region(head) for head in set(heads)}
        counts = Counter(name for names, _ in parted.values() for name in names if name)
        least = _SHARED * len(parted)
        for head, (names, rest) in parted.items():
            own = [name for name in names if name]
            if any(counts[name] < least and _stem(name) not in self._stems for name in own):
                self._known.add(head)
                continue
            self._known.add(rest)
            for known, name in zip(self._levels, names, strict=False):
                if name:
                    known.add(_stem(name))
        self._stems |= {stem for known in self._levels for stem in known}
        self._known.discard("")
        self._spellings = sorted(self._stems, key=len, reverse=True)
        self._answers: dict[str, tuple[str, bool]] = {}

    def cut(self, head: str) -> tuple[str, bool]:
        """Return a head without its region, and whether that region is another than the district's.

        A head that is nothing but a street office or community becomes empty.
        """
        if head in self._known or not head:
            return head, False
        answer = self._answers.get(head)
        if answer is None:
            if len(self._answers) >= _CACHED:
                self._answers.clear()
            answer = self._answers[head] = self._cut(head)
        return answer

    def _cut(self, head: str) -> tuple[str, bool]:
        names, rest = part_region(head)
        if rest in self._known:
            return rest, self._foreign(names)
        for place in (found.end() for found in _CUT.finditer(head)):
            if head[place:] in self._known:
                return head[place:], self._foreign(part_region(head[:place] + "某路")[0])
        peeled = self._peel(head)
        if peeled in self._known:
            return peeled, False
        return ("" if _OFFICE.search(rest) else self._peel(rest)), self._foreign(names)

    def _foreign(self, names: tuple[str, ...]) -> bool:
        return any(
            name and known and _stem(name) not in known
            for known, name in zip(self._levels, names, strict=False)
        )

    def _peel(self, head: str) -> str:
        """Take the district's own names off the front, with their level or without."""
        while True:
            for stem in self._spellings:
                rest = head.removeprefix(stem)
                if rest != head and rest:
                    cut = _CUT.match(rest)
                    head = rest[cut.end() :] if cut and rest not in self._known else rest
                    break
            else:
                return head
            if head in self._known:
                return head


def _stem(name: str) -> str:
    """Return a region's name without its level: "武汉市" is "武汉"."""
    stem = _LEVEL.sub("", name)
    return stem if len(stem) > 1 else name
