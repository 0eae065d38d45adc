"""The table of pinyin initials, from which the flat table spells names."""

from __future__ import annotations

import unicodedata
from functools import cache

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.store.engines import backend_of
from mapdesk.store.schema import PINYIN

_FIRST, _LAST = 0x4E00, 0x9FFF
"""CJK unified ideographs: the characters names are written with."""

_SURNAMES = {
    "z": "曾查翟祭",
    "s": "单召折殳",
    "x": "解冼洗",
    "q": "仇覃",
    "p": "朴逄繁",
    "o": "区",
    "m": "缪",
    "y": "乐员",
    "b": "秘",
    "c": "种晁",
    "r": "任",
    "g": "盖",
    "h": "华",
}
"""Surnames read otherwise than the same character elsewhere, by the first letter of that reading.

Source: the surname readings of Xiandai Hanyu Cidian (现代汉语词典).
"""


def fill(connection: Connection) -> None:
    """Write the table where it is empty."""
    if connection.scalar(sa.select(PINYIN.c.character).limit(1)) is not None:
        return
    backend_of(connection).append(connection, PINYIN, _initials())


@cache
def _initials() -> pa.Table:
    """Return characters, the first letter of each one's pinyin, and of it as a surname."""
    from pypinyin.constants import PINYIN_DICT

    # Looked up as they stand, which takes 3 ms for all; asking the library for each takes 300.
    readings = {
        chr(code): PINYIN_DICT[code] for code in range(_FIRST, _LAST + 1) if code in PINYIN_DICT
    }
    characters = list(readings)
    initials = [unicodedata.normalize("NFD", reading)[0] for reading in readings.values()]
    surnames = {one: letter for letter, group in _SURNAMES.items() for one in group}
    return pa.table(
        {
            "character": characters,
            "initial": initials,
            "surname_initial": [
                surnames.get(one, initial)
                for one, initial in zip(characters, initials, strict=True)
            ],
        }
    )
