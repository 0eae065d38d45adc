"""A register the size of a whole district, made up by numbers alone in seconds.

Streets every second row of buildings, 252 grids in 33 in one, towers and cottages, one household a home.
Ids say nothing of where a thing lies, as in a register that grew: what is near is not near by name.
Names follow the census's surnames; two characters in five of six given names.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from mapdesk.demo.chance import draw
from mapdesk.demo.identity import digits_of, identity_numbers, joined

PEOPLE, UNITS, BUILDINGS = 1_030_000, 840_000, 60_000
ACROSS, UP = 18, 14
"""Finest grids from west to east and from south to north: 252."""

SPACING = 35.0
"""Metres from building to building."""

CORNER = (500_000.0, 4_000_000.0)
_TODAY = np.datetime64("2025-11-01")
_REGION = "990000"

_SURNAMES = """
王:725 李:719 张:683 刘:538 陈:453 杨:308 黄:223 赵:206 吴:205 周:198 徐:145 孙:131 马:129 朱:126
胡:119 郭:117 何:117 林:113 高:100 罗:95 郑:93 梁:85 谢:72 宋:70 唐:69 许:66 邓:62 冯:62 韩:61 曹:60
曾:58 彭:58 萧:55 蔡:53 潘:52 田:52 董:51 袁:50 于:48 余:48 叶:48 蒋:48 杜:47 苏:46 魏:46 程:45 吕:45
丁:44 沈:41 任:41 姚:40 卢:40 傅:39 钟:39 姜:38 崔:37 谭:37 廖:36 范:36 汪:36 陆:36 金:35 石:34 戴:34
贾:33 韦:33 夏:32 邱:32 方:31 侯:30 邹:30 熊:30 孟:29 秦:29 白:28 江:28 阎:27 薛:26 尹:26 段:25 雷:25
黎:23 史:23 龙:22 陶:21 贺:21 顾:20 毛:20 郝:20 龚:20 邵:19 万:19 钱:19 严:19 赖:18 覃:18 洪:17 武:16
莫:16 孔:15 欧阳:11 单:9 仇:5 上官:3 司马:2 诸葛:2 尉迟:1
"""
"""The hundred commonest surnames and a few of two characters, with hundredths of a percent; rounded.

Source: after the rankings that the Ministry of Public Security publishes each year.
"""

_GIVEN = (
    "英华玉明文秀国红金春海建丽小平志云军伟芳林德永桂晓兰荣梅生凤清强珍光杰庆东霞敏艳学忠燕宝兴成辉"
    "宇洪静福江波新雪美涛素娟龙飞超祥琴立勇淑俊良峰子家天浩玲磊鹏丹佳欣雨涵梓轩怡悦诗婷博思雅琪萍莲"
    "洁倩颖莹慧娜芬莉刚斌武振斌亮凯鑫宁安昌达发贵根广和恒怀吉继锦景敬开康科坤乐礼利连茂民铭南培启全仁"
    "瑞润善绍胜世守书顺松泰廷万维喜贤祖先向孝信旭宣延阳尧业义益银应友有元源远岳泽增展章昭哲正之芝中洲"
    "卓宗佐梦琳璐瑶彤菲蕾薇雯曼妮妍娇婉晴月星辰晨曦若依一诺可心语桐沐奕睿皓然煜熙彦昊翔宸璇钰"
    "霖晗恩嘉艺锐泽帆航川岩岭石山河湖溪泉芸芹菊荷菁茜蓉蔓薏竹柏楠枫柳桃杏梨樱桂榕槐松"
)
_STREET = "海山云江湖春秋东南西北新文兴华永安和平福康乐建设光明龙凤金银玉石林竹梅兰松鹤天星"
_AGES = (55, 64, 60, 52, 53, 65, 88, 70, 66, 81, 86, 72, 52, 52, 35, 22, 14, 8, 4, 1)
"""Shares of five years of age each, from 0 to 99: a Chinese city of the 2020 census."""

Frames = dict[str, pd.DataFrame]


def frames(people: int = PEOPLE, seed: int = 31) -> Frames:
    """Return the district's nouns; units and buildings keep their proportion to `people`."""
    random = np.random.default_rng(seed)
    buildings = _buildings(round(BUILDINGS * people / PEOPLE), random)
    units = _units(buildings["id"].to_numpy(), round(UNITS * people / PEOPLE), random)
    size = _household_sizes(units["use"].to_numpy(), people, random)
    units.loc[(size == 0) & units["use"].isin(["own", "let"]), "use"] = "vacant"
    homes = units[size > 0]
    size = size[size > 0]
    households = pd.DataFrame(
        {
            "id": "h" + homes["id"],
            "unit_id": homes["id"],
            "kind": np.where(size > 1, "family", "single"),
            "vehicles": random.poisson(0.6, len(homes)),
            "pets": random.poisson(0.16, len(homes)),
        }
    )
    return {
        "grid": _grids(),
        "building": buildings,
        "unit": units,
        "household": households,
        "person": _persons(homes, size, random),
    }


def as_file(made: Frames, seed: int = 37) -> pd.DataFrame:
    """Return people as a register's file has them: no ids, homes by address, not all in one manner."""
    persons, random = made["person"], np.random.default_rng(seed)
    unit = made["unit"].set_index("id").loc[persons["unit_id"]]
    street = made["building"].set_index("id")["address"].loc[unit["building_id"]].to_numpy(object)
    stair, room = unit["stair"].to_numpy(object), unit["room"].to_numpy(object)
    usual, short = street + stair + "单元" + room + "室", street + "-" + stair + "-" + room
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    written = np.where(random.random(len(persons)) < 0.05, short, usual)
    full = np.flatnonzero(random.random(len(persons)) < 0.05)
    written[full] = [text.translate(wide) for text in written[full]]
    return pd.DataFrame(
        {
            "姓名": persons["name"],
            "性别": persons["sex"].map({"male": "男", "female": "女"}),
            "出生日期": persons["birth_date"].dt.strftime("%Y-%m-%d"),
            "身份证号码": persons["identity_number"],
            "联系电话": persons["phone"],
            "居住地址": written,
        }
    )


def _scattered(prefix: str, count: int, random: np.random.Generator) -> NDArray[np.object_]:
    """Return ids whose order says nothing of the order they are given in."""
    return np.array([f"{prefix}{number:07d}" for number in random.permutation(count)], object)


def _grids() -> pd.DataFrame:
    """Return 252 grids in 33 in one."""
    column, row = (each.ravel() for each in np.meshgrid(np.arange(ACROSS), np.arange(UP)))
    middle = column * 11 // ACROSS * 3 + row * 3 // UP
    width, height = _cell_size()
    west, south = CORNER[0] + column * width, CORNER[1] + row * height
    finest = shapely.box(west, south, west + width, south + height)
    groups = [shapely.union_all(finest[middle == one]) for one in range(33)]
    levels = ([shapely.union_all(finest)], groups, list(finest))
    ids = (["g1"], [f"g2-{one:02d}" for one in range(33)], [f"g3-{one:03d}" for one in range(252)])
    parents = ([None], ["g1"] * 33, [ids[1][one] for one in middle])
    return pd.concat(
        [
            pd.DataFrame({"id": keys, "level": level, "parent_id": above, "geometry": shapes})
            for level, (keys, above, shapes) in enumerate(zip(ids, parents, levels, strict=True), 1)
        ],
        ignore_index=True,
    )


def _cell_size() -> tuple[float, float]:
    """Return width and height of a finest grid, in metres: room for 240 buildings, 16 by 15."""
    return 16 * SPACING, 15 * SPACING


def extent() -> tuple[float, float]:
    """Return width and height of the district, in metres."""
    width, height = _cell_size()
    return ACROSS * width, UP * height


def _buildings(count: int, random: np.random.Generator) -> pd.DataFrame:
    """Return buildings spread evenly over the places of a street grid, with a street number each."""
    width, height = ACROSS * 16, UP * 15
    place = np.linspace(0, width * height - 1, count).astype(np.int64)
    row, column = np.divmod(place, width)
    middle = np.column_stack([column + 0.5, row + 0.5]) * SPACING + CORNER
    middle += random.uniform(-4, 4, middle.shape)
    size, turn = random.uniform(8, 22, (count, 2)) / 2, random.normal(0, 0.08, count)
    corner = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * size[:, None]
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    x, y = corner[..., 0] * cos - corner[..., 1] * sin, corner[..., 0] * sin + corner[..., 1] * cos
    streets = np.array([a + b + "路" for a in _STREET for b in _STREET if a != b])
    grid = row // 15 * ACROSS + column // 16
    return pd.DataFrame(
        {
            "id": _scattered("b", count, random),
            "address": [
                f"{street}{2 * number + 1}号"
                for street, number in zip(streets[row], column, strict=True)
            ],
            "use": random.choice(
                ["residential", "commercial", "public"], count, p=[0.8, 0.15, 0.05]
            ),
            "grid_id": [f"g3-{one:03d}" for one in grid],
            "geometry": shapely.polygons(np.stack([x, y], axis=-1) + middle[:, None]),
        }
    )


def _units(buildings: NDArray[np.object_], count: int, random: np.random.Generator) -> pd.DataFrame:
    """Return units: a handful in most buildings, two hundred in a tower; one or two stairs."""
    share = np.clip(random.lognormal(0, 1.0, len(buildings)), 0.15, 14)
    number = np.maximum(np.diff(np.round(np.cumsum([0, *share]) / share.sum() * count)), 0).astype(
        int
    )
    owner = np.repeat(np.arange(len(buildings)), number)
    order = np.arange(len(owner)) - np.repeat(np.cumsum(number) - number, number)
    a_floor = np.where(number > 72, 8, 4)[owner]
    floor, door = np.divmod(order, a_floor)
    stair, room = np.divmod(door, a_floor // 2)
    return pd.DataFrame(
        {
            "id": _scattered("u", len(owner), random),
            "building_id": buildings[owner],
            "stair": (stair + 1).astype(str).astype(object),
            "floor": floor + 1,
            "room": ((floor + 1) * 100 + room + 1).astype(str).astype(object),
            "use": random.choice(
                ["own", "let", "vacant", "business", "shop"],
                len(owner),
                p=[0.38, 0.19, 0.2, 0.14, 0.09],
            ),
        }
    )


def _household_sizes(
    use: NDArray[np.object_], people: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """Return how many live in each unit: nobody but in homes, and `people` in all."""
    home = np.flatnonzero((use == "own") | (use == "let"))
    size = random.choice(np.arange(1, 7), len(home), p=[0.26, 0.30, 0.23, 0.12, 0.06, 0.03])
    size[np.argsort(random.random(len(home)))[: max(0, people - size.sum())]] += 1
    order = random.permutation(len(home))
    left = np.clip(people - (np.cumsum(size[order]) - size[order]), 0, size[order])
    found = np.zeros(len(use), np.int64)
    found[home[order]] = left
    return found


def _persons(
    homes: pd.DataFrame, size: NDArray[np.int64], random: np.random.Generator
) -> pd.DataFrame:
    home = np.repeat(np.arange(len(homes)), size)
    count = len(home)
    first = np.arange(count) == (np.cumsum(size) - size)[home]
    age = draw(random, _AGES, count) * 5 + random.integers(0, 5, count)
    birth = _TODAY - age * 365 - age // 4 - random.integers(1, 365, count)
    female = random.random(count) < 0.49
    units, buildings = homes["id"].to_numpy(), homes["building_id"].to_numpy()
    levels = [
        "none yet",
        "primary",
        "junior secondary",
        "senior secondary",
        "college",
        "university",
    ]
    flags = np.array([None, "wheelchair", "oxygen at home", "elder alone"], object)
    return pd.DataFrame(
        {
            "id": _scattered("p", count, random),
            "household_id": ("h" + homes["id"]).to_numpy()[home],
            "unit_id": units[home],
            "building_id": buildings[home],
            "name": _names(count, random),
            "sex": np.where(female, "female", "male"),
            "birth_date": birth.astype("datetime64[s]"),
            "identity_number": identity_numbers(_REGION, birth, female),
            "phone": np.where(age >= 12, _phones(count), np.array(None, object)),
            "education": random.choice(levels, count, p=[0.12, 0.2, 0.24, 0.18, 0.14, 0.12]),
            "residence_kind": np.where(random.random(count) < 0.3, "floating", "registered"),
            "relation": np.where(first, "head", "member"),
            "care_flag": flags[draw(random, [970, 5, 2, 23], count)],
        }
    )


def _names(count: int, random: np.random.Generator) -> NDArray[np.object_]:
    words, shares = zip(*(part.split(":") for part in _SURNAMES.split()), strict=True)
    surnames = np.array(words, object)[draw(random, np.array(shares, float), count)]
    listed = np.array(list(_GIVEN), object)
    common = (np.arange(len(listed)) + 8.0) ** -1.45
    first, second = (listed[draw(random, common, count)] for _ in range(2))
    return np.asarray(surnames + first + np.where(random.random(count) < 5 / 6, second, ""), object)


def _phones(count: int) -> NDArray[np.object_]:
    """Return phone numbers ``199-dddd-dddd``, no two alike: multiples of a prime, modulo 10^8."""
    digits = digits_of(np.arange(count) * 48_271_003 % 100_000_000, 8).astype("U1")
    head, dash = np.tile(np.array(list("199-")), (count, 1)), np.full((count, 1), "-")
    return joined(np.hstack([head, digits[:, :4], dash, digits[:, 4:]])).astype(object)
