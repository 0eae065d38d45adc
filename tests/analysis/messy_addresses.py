"""Addresses of a made-up city, and the many ways people write them."""

from __future__ import annotations

import random
from typing import NamedTuple

from mapdesk.analysis.addresses import AddressBook

ROADS = [
    first + second + kind
    for first in "中东西南北新长平和建文光胜人"
    for second in "山华安京康福民兴海湖明阳"
    for kind in ("路", "街", "大道", "巷")
][:300]
COMPOUNDS = [
    first + second
    for first in "金银碧翠阳春秋福祥和安华锦丽"
    for second in ("苑小区", "花园", "家园", "新村", "公寓", "里", "名城", "山庄")
]
REGION = "湖北省武汉市江岸区"
DIGITS = "零一二三四五六七八九"
STAIRS, FLOORS, FLATS = 4, 6, 2


class Home(NamedTuple):
    road: str
    number: int
    compound: str
    building: int
    stair: int
    room: int


def chinese(number: int) -> str:
    """Return a number in Chinese numerals; above 99 by digit."""
    if number < 10:
        return DIGITS[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")
    return "".join(DIGITS[int(digit)] for digit in str(number))


def scattered_homes(chance: random.Random, count: int) -> list[Home]:
    """Return so many different homes, few in one building."""
    homes: dict[Home, None] = {}
    while len(homes) < count:
        room = chance.randint(1, 28) * 100 + chance.randint(1, 4)
        place = (chance.choice(ROADS), chance.randint(1, 199), chance.choice(COMPOUNDS))
        homes[Home(*place, chance.randint(1, 30), chance.randint(1, 4), room)] = None
    return list(homes)


def whole_buildings(chance: random.Random, count: int) -> list[Home]:
    """Return all homes of so many buildings; blocks of ten share road, number and compound."""
    places = chance.sample([(road, number) for road in ROADS for number in range(1, 200)], count)
    return [
        Home(road, number, COMPOUNDS[block % len(COMPOUNDS)], building, stair, floor * 100 + flat)
        for block, (road, number) in enumerate(places[: count // 10])
        for building in range(1, 11)
        for stair in range(1, STAIRS + 1)
        for floor in range(1, FLOORS + 1)
        for flat in range(1, FLATS + 1)
    ]


def book_of(homes: list[Home], region: str = REGION) -> AddressBook:
    """Return the book of some homes; the unit of home n is "Un"."""
    places = {home[:4]: None for home in homes}
    number_of = {place: number for number, place in enumerate(places)}
    return AddressBook(
        building_id=[f"B{number}" for number in range(len(places))],
        building_address=[f"{region}{r}{n}号{c}{b}栋" for r, n, c, b in places],
        building_name=[f"{c}{b}栋" for _, _, c, b in places],
        unit_id=[f"U{number}" for number in range(len(homes))],
        unit_building=[f"B{number_of[home[:4]]}" for home in homes],
        stair=[str(home.stair) for home in homes],
        floor=[home.room // 100 for home in homes],
        room=[str(home.room) for home in homes],
    )


def written(home: Home, chance: random.Random) -> str:
    """Return a home's address as somebody may write it: short, misspelt, in other characters."""
    road, number, compound, building, stair, room = home
    region = chance.choice(["", "江岸区", "武汉市江岸区", "湖北省武汉市", "武汉江岸"])
    numbers = [f"{number}号", f"{number}", f"{chinese(number)}号", f"{number}#", f"{number} 号"]
    buildings = [
        f"{building}栋", f"{building}幢", f"{building}号楼", f"{chinese(building)}栋", f"{building}#",
        f"{building}-",
    ]  # fmt: skip
    stairs = [f"{stair}单元", f"{chinese(stair)}单元", f"{stair}门", f"{stair}-", ""]
    rooms = [f"{room}室", f"{room}", f"{room}房", f"{room}号"]
    if chance.random() > 0.8:
        compound = compound.replace("小区", "").replace("花园", "园")
    if chance.random() < 0.08 and len(compound) > 2:
        compound = compound[:-1]
    if chance.random() < 0.05:
        road = road.replace("华", "花").replace("阳", "扬").replace("康", "庚")
    text = region + road + chance.choice(numbers) + (compound if chance.random() < 0.9 else "")
    text += chance.choice(buildings) + chance.choice(stairs) + chance.choice(rooms)
    if chance.random() < 0.3:
        text = text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    return text
