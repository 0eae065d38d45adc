"""A small register with every gap a real one has, and a filter's answer computed without a database."""

from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from mapdesk.model.filter_areas import area_of
from mapdesk.model.filter_fields import field_of
from mapdesk.model.filters import Group
from mapdesk.store import writing
from tests.model.filter_strategies import BIRTHDAYS

PARENTS = {"G": None, "G1": "G", "G2": "G", "G11": "G1"}
CARE = [None, None, "wheelchair", "lives alone", ""]


def frames(seed=7):
    """Return frames of grids, buildings, units, households, people and organisations, by noun."""
    rng = np.random.default_rng(seed)

    def pick(options, count):
        return [options[index] for index in rng.integers(0, len(options), count)]

    squares = shapely.box(np.arange(4) * 50, 0, np.arange(4) * 50 + 40, 40)
    grids = gpd.GeoDataFrame(
        {"id": list(PARENTS), "level": [1, 2, 2, 3], "parent_id": list(PARENTS.values())},
        geometry=shapely.box([0] * 4, 0, [200] * 4, 100),
    )
    buildings = gpd.GeoDataFrame(
        {
            "id": ["b0", "b1", "b2", "b3"],
            "name": ["Harbour", "a%b", None, "it's"],
            "address": ["Harbour 1", None, "x_y", ""],
            "use": ["residential", "office", None, "school"],
            "floors": [6, 2, None, 3],
            "height": [18.25, 10.5, None, 12.0],
            "year_built": [1990, None, 2000, 46],
            "grid_id": ["G11", "G1", "G2", None],
        },
        geometry=squares,
    )
    buildings["floors"] = buildings["floors"].astype("Int64")
    buildings["year_built"] = buildings["year_built"].astype("Int64")
    units = pd.DataFrame(
        {
            "id": [f"u{n}" for n in range(12)],
            "building_id": pick(["b0", "b1", "b2", "b3"], 12),
            "stair": pick(["1", "2", None], 12),
            "floor": rng.integers(1, 4, 12),
            "room": pick(["101", "102", "9", None], 12),
            "use": pick(["own", "let", "vacant", None], 12),
            "area": pick([10.5, 18.25, 79.0, None], 12),
        }
    )
    households = pd.DataFrame(
        {
            "id": [f"h{n}" for n in range(10)],
            "unit_id": pick(units["id"].tolist(), 10),
            "kind": pick(["single", "couple", None, "family"], 10),
            "vehicles": pick([0, 1, 2, None], 10),
            "pets": pick([0, 1, None], 10),
        }
    ).astype({"vehicles": "Int64", "pets": "Int64"})
    count = 60
    homes = rng.integers(0, 10, count)
    housed = rng.random(count) < 0.85
    unit_ids = [
        households["unit_id"][home] if in_home else None for home, in_home in zip(homes, housed)
    ]
    building_of = dict(zip(units["id"], units["building_id"], strict=True))
    people = pd.DataFrame(
        {
            "id": [f"p{n:02}" for n in range(count)],
            "household_id": [f"h{home}" if ok else None for home, ok in zip(homes, housed)],
            "unit_id": unit_ids,
            "building_id": [building_of.get(unit) for unit in unit_ids],
            "name": pick(["王一", "李二", "张三丰"], count),
            "sex": pick(["male", "female", None], count),
            "birth_date": [
                date.fromisoformat(day) if day else None for day in pick([*BIRTHDAYS, None], count)
            ],
            "education": pick(["college", "primary", None, "unheard of"], count),
            "residence_kind": pick(["registered", "floating", None], count),
            "relation": pick(["head", "spouse", None], count),
            "care_flag": pick(CARE, count),
        }
    )
    organisations = gpd.GeoDataFrame(
        {
            "id": [f"o{n}" for n in range(6)],
            "name": ["Harbour shop", "a", "b'", "%", "_", "c"],
            "kind": ["shop", "office", None, "shop", "unheard of", "school"],
            "hazard_grade": ["1", None, "2", None, "1", ""],
            "fire_equipment": [None, "hydrant 101", "a", None, "x", "%"],
            "address": ["Harbour 1", None, "101", "x_y", "", "a"],
            "building_id": ["b0", "b0", "b1", None, "b3", "b2"],
        },
        geometry=shapely.points(np.linspace(0, 160, 6), 20.0),
    )
    return {
        "grid": grids, "building": buildings, "unit": units, "household": households,
        "person": people, "organisation": organisations,
    }  # fmt: skip


def fill(store, tables):
    """Write the frames."""
    with writing.transaction(store) as connection:
        writing.upsert(store, connection, tables)


def _plain(frame):
    return {
        row["id"]: {key: None if value is None or value is pd.NA or value != value else value
                    for key, value in row.items()}
        for row in frame.to_dict("records")
    }  # fmt: skip


def birthday(born, year):
    """Return the day someone born on `born` turns a year older in `year`: 1 March where there is no 29th."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def age(born, today):
    """Return whole years."""
    return today.year - born.year - (today < birthday(born, today.year))


class Oracle:
    """Answers filters from the frames, row by row."""

    def __init__(self, tables):
        self.tables = {noun: _plain(frame) for noun, frame in tables.items()}
        self.shapes = dict(zip(tables["building"]["id"], tables["building"].geometry))
        self.points = dict(zip(tables["organisation"]["id"], tables["organisation"].geometry))

    def ids(self, filtered, today, seen=None):
        """Return the ids a filter takes; `seen` says which people the user may see."""
        self.today = today
        self.seen = seen or (lambda _person: True)
        taken = {
            key for key, row in self.tables[filtered.noun].items() if self._holds(filtered, row)
        }
        if filtered.noun == "person":
            taken = {key for key in taken if self.seen(self.tables["person"][key])}
        return taken

    def _holds(self, filtered, row):
        answers = []
        for part in filtered.parts:
            if isinstance(part, Group):
                inner = [self._is(filtered.noun, row, one) for one in part.parts]
                answers.append(_joined(part.mode, inner))
            else:
                answers.append(self._is(filtered.noun, row, part))
        return _joined(filtered.mode, answers)

    def building(self, noun, row):
        """Return the building's row a thing is in, or an empty one."""
        if noun == "building":
            return row
        if noun == "household":
            row = self.tables["unit"].get(row["unit_id"], {})
        return self.tables["building"].get(row.get("building_id"), {})

    def _living(self, noun, row):
        key = {"household": "household_id", "unit": "unit_id", "building": "building_id"}[noun]
        return [
            one
            for one in self.tables["person"].values()
            if one[key] == row["id"] and self.seen(one)
        ]

    def value(self, noun, row, name):
        """Return what a field of a row holds."""
        unit = row if noun == "unit" else self.tables["unit"].get(row.get("unit_id"), {})
        home = (
            row
            if noun == "household"
            else self.tables["household"].get(row.get("household_id"), {})
        )
        for thing, names in (
            (self.building(noun, row), {"building_use": "use", "building_floors": "floors"}),
            (
                unit,
                {
                    "unit_use": "use",
                    "floor": "floor",
                    "room": "room",
                    "stair": "stair",
                    "size": "area",
                },
            ),
            (home, {"household_kind": "kind", "vehicles": "vehicles", "pets": "pets"}),
        ):
            if name in names:
                return thing.get(names[name])
        return self._computed(noun, row, name)

    def _computed(self, noun, row, name):
        if name == "units":
            return sum(one["building_id"] == row["id"] for one in self.tables["unit"].values())
        if name == "people":
            return len(self._living(noun, row))
        if name in ("oldest", "youngest"):
            born = [one["birth_date"] for one in self._living(noun, row) if one["birth_date"]]
            if not born:
                return None
            return age(min(born) if name == "oldest" else max(born), self.today)
        if name == "age":
            return age(row["birth_date"], self.today) if row["birth_date"] else None
        if name == "born":
            return row["birth_date"].isoformat() if row["birth_date"] else None
        return row[name]

    def _is(self, noun, row, condition):
        field, values = field_of(noun, condition.field), condition.values
        if field.kind == "grid":
            return bool(_above(self.building(noun, row).get("grid_id")) & set(values))
        if field.kind == "area":
            return self._inside(noun, row, condition)
        if field.kind == "flag":
            return (row["unit_id"] is not None) is values[0]
        if field.kind == "turning":
            return row["birth_date"] is not None and any(
                birthday(row["birth_date"], row["birth_date"].year + values[0])
                == self.today + timedelta(days=day)
                for day in range(values[1] + 1)
            )
        value = self.value(noun, row, condition.field)
        blank = value is None or (field.kind in ("choice", "text") and value == "")
        if condition.operator in ("empty", "not empty"):
            return blank == (condition.operator == "empty")
        if value is None:
            return condition.operator == "is not"
        return {
            "is": lambda: value == values[0],
            "is not": lambda: value != values[0],
            "one of": lambda: value in values,
            "at least": lambda: value >= values[0],
            "at most": lambda: value <= values[0],
            "between": lambda: values[0] <= value <= values[1],
            "contains": lambda: values[0].lower() in value.lower(),
        }[condition.operator]()

    def _inside(self, noun, row, condition):
        house = self.building(noun, row).get("id")
        if condition.operator == "among":
            return house in condition.values
        shape = area_of(condition.values[0])
        geometry = self.points[row["id"]] if noun == "organisation" else self.shapes.get(house)
        if geometry is None:
            return False
        if hasattr(shape, "radius"):
            return geometry.distance(shapely.Point(shape.x, shape.y)) <= shape.radius
        return geometry.intersects(shape.polygon)


def _above(grid):
    found = set()
    while grid:
        found.add(grid)
        grid = PARENTS[grid]
    return found


def _joined(mode, answers):
    if not answers:
        return True
    return {"all": all(answers), "any": any(answers), "none": not any(answers)}[mode]
