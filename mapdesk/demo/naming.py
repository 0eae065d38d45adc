"""Names and addresses of blocks and buildings."""

from __future__ import annotations

import numpy as np
import shapely

from mapdesk.demo.chance import pick
from mapdesk.demo.network import Street
from mapdesk.demo.recipe import Recipe
from mapdesk.demo.site import Draft
from mapdesk.demo.town import Block

NUMBER_STEP = 9.0
"""Metres of street per house number on one side."""

NAMED_FORMS = {
    "shops": "商铺", "market": "市场大厅", "mall": "购物中心", "kindergarten": "幼儿园",
    "clubhouse": "党群服务站", "gym": "体育馆", "stadium": "体育场", "tank": "储罐",
    "process": "装置", "column": "塔器", "stack": "烟囱", "pipe rack": "管廊",
    "warehouse": "仓库", "shed": "货棚", "silo": "筒仓", "container stack": "堆场",
    "factory": "厂房", "workshop": "维修间", "canteen": "食堂", "dormitory": "宿舍楼",
    "greenhouse": "大棚", "pavilion": "亭", "beacon": "灯塔", "terminal": "客运站房",
    "hall": "政务服务中心",
}  # fmt: skip

PLACE_KINDS = {"works": "works", "logistics": "logistics", "port": "port", "business": "business"}


def name_blocks(recipe: Recipe, blocks: list[Block], rng: np.random.Generator) -> list[str]:
    """Name every block, no two alike."""
    names: list[str] = []
    used: set[str] = set()
    companies = list(recipe.names["places"]["chemical_first"])
    rng.shuffle(companies)
    schools = 0
    for block in blocks:
        if block.zone.name:
            name = block.zone.name
        elif block.kind == "petro":
            first = companies[len(names) % len(companies)]
            name = first + pick(rng, recipe.names["places"]["chemical"])
        elif block.kind == "school":
            listed = recipe.names["places"]["school"]
            name = recipe.plan["district"]["short_zh"] + listed[schools % len(listed)]
            schools += 1
        elif block.kind in PLACE_KINDS:
            name = _first(recipe, rng) + pick(rng, recipe.names["places"][PLACE_KINDS[block.kind]])
        elif block.kind == "farmland":
            name = _first(recipe, rng) + ("村" if block.drafts else "农场")
        elif block.kind == "garden park":
            name = _first(recipe, rng) + "公园"
        elif block.kind == "canal":
            name = recipe.plan["canal"]["name"]
        else:
            suffixes = recipe.names["compounds"]["suffix"].get(block.kind, ["里"])
            name = _first(recipe, rng) + pick(rng, suffixes)
        names.append(_unused(name, used))
    return names


def _first(recipe: Recipe, rng: np.random.Generator) -> str:
    table = recipe.names["compounds"]
    while True:
        first, second = pick(rng, table["first"]), pick(rng, table["second"])
        if first != second:
            return str(first + second)


def _unused(name: str, used: set[str]) -> str:
    """Return the name, with a Chinese number behind it where it is taken; note it as used."""
    candidate, number = name, 1
    while candidate in used:
        number += 1
        candidate = f"{name}{_chinese(number)}区"
    used.add(candidate)
    return candidate


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else digits[tens] + "十")
    return head + (digits[ones] if ones or not tens else "")


def street_numbers(blocks: list[Block], roads: list[Street]) -> list[tuple[str, int]]:
    """Give each block the street its gate opens to and a number there, odd on one side.

    Numbers grow with the distance along the street; where two blocks would share one, the later
    takes the next on its side.
    """
    named = [road for road in roads if road.name]
    lines = [shapely.LineString(road.path) for road in named]
    tree = shapely.STRtree(lines)
    reach: dict[str, tuple[float, float]] = {}
    for road, line in zip(named, lines, strict=True):
        west, south, _east, _north = line.bounds
        known = reach.get(road.name, (west, south))
        reach[road.name] = (min(known[0], west), min(known[1], south))
    taken: set[tuple[str, int]] = set()
    numbers = []
    for block in blocks:
        middle = np.array(block.face.centroid.coords[0])
        gate = block.gates[0] if block.gates else middle
        road = named[int(tree.nearest(shapely.Point(gate)))]
        run = road.path[-1] - road.path[0]
        axis = 0 if abs(run[0]) > abs(run[1]) else 1
        side = int((middle - gate)[1 - axis] > 0)
        number = 2 * int(max(0.0, gate[axis] - reach[road.name][axis]) / NUMBER_STEP / 2) + 1 + side
        while (road.name, number) in taken:
            number += 2
        taken.add((road.name, number))
        numbers.append((road.name, number))
    return numbers


def name_buildings(
    blocks: list[Block], names: list[str], numbers: list[tuple[str, int]]
) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Name and address the buildings of all blocks, in order.

    Returns
    -------
    names, addresses : list of str
        Such as "望海里3号楼" and "海河东路118号3号楼".
    parts : list of (str, str)
        Street and number of each address.

    """
    building_names, addresses, parts = [], [], []
    for block, name, (street, number) in zip(blocks, names, numbers, strict=True):
        counted: dict[str, int] = {}
        for draft in block.drafts:
            word = NAMED_FORMS.get(draft.form, "号楼")
            counted[word] = counted.get(word, 0) + 1
            own = _building_word(draft, word, counted[word])
            building_names.append(name + own)
            addresses.append(f"{street}{number}号{own}")
            parts.append((street, str(number)))
    return building_names, addresses, parts


def _building_word(draft: Draft, word: str, count: int) -> str:
    if word == "号楼":
        return f"{count}号" if draft.form in ("bungalow", "villa", "farmhouse") else f"{count}号楼"
    lone = draft.form in ("stadium", "terminal", "hall", "beacon") and count == 1
    return word if lone else f"{count}号{word}"
