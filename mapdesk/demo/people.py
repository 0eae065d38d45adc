"""Residents: who lives in each household, with ages, names and numbers that are plainly made up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapdesk.demo.chance import draw
from mapdesk.demo.columns import numbered, plain_frame
from mapdesk.demo.households import choose_kinds, household_kinds
from mapdesk.demo.identity import (
    full_names,
    given_names,
    identity_numbers,
    phones,
    surname_numbers,
    surnames,
)
from mapdesk.demo.recipe import Recipe

ADULT, PHONE_AGE, OLD = 18, 12, 65


@dataclass(slots=True)
class Crowd:
    """People as arrays, one entry each, in order of household.

    Parameters
    ----------
    household : ndarray of int
        Number of the household.
    relation : ndarray of str
        To the head of the household; "head" for the head.
    age : ndarray of int
        Years.
    female : ndarray of bool
        Sex.

    """

    household: NDArray[np.int64]
    relation: NDArray[np.object_]
    age: NDArray[np.int64]
    female: NDArray[np.bool_]


def make_people(
    recipe: Recipe, units: pd.DataFrame, forms: NDArray[np.object_], people: int,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """People every home.

    Parameters
    ----------
    recipe : Recipe
        Household kinds, names, education, care flags.
    units : DataFrame
        Noun ``unit``; homes are those whose use is "own" or "let".
    forms : ndarray (units,) of str
        Form of each unit's building, for vehicles.
    people : int
        How many; exactly as many are made.
    rng : Generator
        Draws kinds, ages, names and all else.

    Returns
    -------
    households, persons : DataFrame
        Nouns ``household`` and ``person``.

    """
    homes = np.flatnonzero(units["use"].isin(["own", "let"]).to_numpy())
    let = (units["use"].to_numpy() == "let")[homes]
    kinds = choose_kinds(recipe, let, people, rng)
    crowd = _gather(recipe, kinds, rng)
    ids = np.array(numbered("H", len(homes), 6), dtype=object)
    unit_ids = units["id"].to_numpy(dtype=object)[homes]
    means = np.array([recipe.mixes["vehicles"].get(form, 0.4) for form in forms[homes]])
    households = plain_frame(
        "household",
        {
            "id": ids,
            "unit_id": unit_ids,
            "kind": np.array([k.name for k in household_kinds(recipe)], dtype=object)[kinds],
            "vehicles": np.minimum(rng.poisson(means), 4),
            "pets": np.minimum(rng.poisson(0.16, len(homes)), 3),
        },
    )
    birth = _birth_dates(recipe, crowd.age, rng)
    count = len(crowd.age)
    persons = plain_frame(
        "person",
        {
            "id": numbered("P", count, 6),
            "household_id": ids[crowd.household],
            "unit_id": unit_ids[crowd.household],
            "building_id": units["building_id"].to_numpy(dtype=object)[homes][crowd.household],
            "name": _names(recipe, crowd, birth, rng),
            "sex": np.where(crowd.female, "female", "male"),
            "birth_date": birth,
            "identity_number": identity_numbers(
                recipe.plan["district"]["region_code"], birth, crowd.female
            ),
            "phone": _phones(crowd.age, rng),
            "education": _education(recipe, crowd.age, birth, rng),
            "residence_kind": _residence(recipe, crowd, let, people, rng),
            "relation": crowd.relation,
            "care_flag": _care_flags(recipe, crowd, kinds, rng),
        },
    )
    return households, persons


def _phones(age: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.object_]:
    """Give everyone old enough a phone number; None to the others."""
    numbers = phones(len(age), rng).astype(object)
    numbers[age < PHONE_AGE] = None
    return numbers


def _gather(recipe: Recipe, kinds: NDArray[np.int64], rng: np.random.Generator) -> Crowd:
    """Fill every slot of every household with a relation, an age and a sex."""
    listed = household_kinds(recipe)
    low = np.array([kind.head_age[0] for kind in listed])[kinds]
    high = np.array([kind.head_age[1] for kind in listed])[kinds]
    head_age = np.floor(low + (high - low + 1) * rng.beta(1.5, 1.7, len(kinds))).astype(np.int64)
    widowed = np.array([kind.name == "elder alone" for kind in listed])[kinds]
    head_female = rng.random(len(kinds)) < np.where(widowed, 0.68, 0.36)
    parts = [
        (np.arange(len(kinds)), np.full(len(kinds), "head", dtype=object), head_age, head_female)
    ]
    for place in range(max(len(kind.slots) for kind in listed)):
        slots = np.array(
            [kind.slots[place] if place < len(kind.slots) else "" for kind in listed], dtype=object
        )[kinds]
        for slot in sorted(set(slots.tolist()) - {""}):
            homes = np.flatnonzero(slots == slot)
            age = _ages(slot, head_age[homes], rng)
            female = _sexes(slot, head_female[homes], rng)
            relation = np.full(len(homes), slot.removeprefix("grown "), dtype=object)
            parts.append((homes, relation, age, female))
    household = np.concatenate([part[0] for part in parts])
    order = np.argsort(household, kind="stable")
    return Crowd(
        household[order],
        np.concatenate([part[1] for part in parts])[order],
        np.concatenate([part[2] for part in parts])[order],
        np.concatenate([part[3] for part in parts])[order],
    )


def _ages(slot: str, head: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw the ages of the people in one slot from the head's."""
    count = len(head)
    if slot == "spouse":
        return np.clip(head + np.round(rng.normal(-0.8, 2.4, count)), 20, 97).astype(np.int64)
    if slot == "child":
        return np.clip(head - np.round(rng.normal(28.5, 3.4, count)), 0, 24).astype(np.int64)
    if slot == "grown child":
        return np.clip(head - np.round(rng.normal(26.5, 2.6, count)), 18, 42).astype(np.int64)
    if slot in ("mother", "father"):
        return np.clip(head + np.round(rng.normal(26.0, 2.8, count)), 46, 97).astype(np.int64)
    return np.clip(head + np.round(rng.normal(0.0, 5.5, count)), 18, 60).astype(np.int64)


def _sexes(slot: str, head: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    if slot == "spouse":
        return ~head
    if slot in ("mother", "father"):
        return np.full(len(head), slot == "mother")
    return rng.random(len(head)) < (0.478 if "child" in slot else 0.36)


def _birth_dates(
    recipe: Recipe, age: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.datetime64]:
    """Return dates of birth that make people `age` years old on the recipe's day."""
    today = np.datetime64(recipe.plan["district"]["as_of"].isoformat(), "D")
    year = today.astype("datetime64[Y]").astype(np.int64) + 1970 - age
    anniversary = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    start = np.datetime64(str(today)[:4], "D")
    birthday = anniversary + (today - start)
    return np.asarray(birthday - rng.integers(1, 364, len(age)).astype("timedelta64[D]"))


def _years(birth: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return birth.astype("datetime64[Y]").astype(np.int64) + 1970


def _names(
    recipe: Recipe, crowd: Crowd, birth: NDArray[np.datetime64], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Name everyone; children and their father's parents share the father's surname."""
    listed = recipe.names["people"]
    families = surname_numbers(listed, int(crowd.household.max()) + 1, rng)
    own = surname_numbers(listed, len(crowd.age), rng)
    in_line = np.isin(crowd.relation, ["child", "father"])
    in_line |= np.isin(crowd.relation, ["head", "spouse"]) & ~crowd.female
    family = surnames(listed, np.where(in_line, families[crowd.household], own))
    return np.asarray(family + given_names(listed, _years(birth), crowd.female, rng))


def _education(
    recipe: Recipe,
    age: NDArray[np.int64],
    birth: NDArray[np.datetime64],
    rng: np.random.Generator,
) -> NDArray[np.object_]:
    """Return the school attended (young) or the highest finished (grown)."""
    table = recipe.mixes["education"]
    edges = np.cumsum(np.asarray(table["by_decade"]), axis=1)
    decade = np.clip((_years(birth) - 1920) // 10, 0, len(edges) - 1)
    drawn = (rng.random(len(age))[:, None] * edges[decade, -1:] >= edges[decade]).sum(axis=1)
    student = draw(rng, [0, 0, 0.05, 0.25, 0.34, 0.36, 0], len(age))
    school = np.select(
        [age < 6, age < 12, age < 15, age < 18, age < 22], [0, 1, 2, 3, student], drawn
    )
    levels = np.array(table["levels"], dtype=object)
    return np.asarray(levels[np.minimum(school, len(table["levels"]) - 1)])


def _residence(
    recipe: Recipe,
    crowd: Crowd,
    let: NDArray[np.bool_],
    people: int,
    rng: np.random.Generator,
) -> NDArray[np.object_]:
    """Mark exactly the recipe's share as floating: households of let homes first, then lodgers."""
    district = recipe.plan["district"]
    wanted = round(people * district["floating"] / district["people"])
    rank = rng.permutation(len(let)).astype(float)
    rank[~let] += len(let)
    old = crowd.age > 60
    order = np.lexsort((old, rank[crowd.household]))
    kinds = np.full(len(crowd.age), "registered", dtype=object)
    kinds[order[:wanted]] = "floating"
    return kinds


def _care_flags(
    recipe: Recipe, crowd: Crowd, kinds: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Flag the few who may need help: old people alone, wheelchairs, oxygen, pregnancy."""
    care = recipe.mixes["care"]
    flags = np.full(len(crowd.age), None, dtype=object)
    chance = rng.random(len(crowd.age))
    older = np.where(crowd.age >= OLD, 4.0, 0.7)
    edge = np.zeros(len(crowd.age))
    for key in ("wheelchair", "impaired_sight", "oxygen_at_home"):
        upper = edge + care[key] * older
        flags[(chance >= edge) & (chance < upper)] = key.replace("_", " ")
        edge = upper
    fertile = crowd.female & (crowd.age >= 22) & (crowd.age < 40) & (crowd.relation != "child")
    flags[fertile & (chance > 1 - care["pregnant"] * 3)] = "pregnant"
    alone = np.array([kind.name == "elder alone" for kind in household_kinds(recipe)])[kinds]
    flags[alone[crowd.household] & (crowd.age >= OLD)] = "lives alone"
    return flags


def staff_names(
    recipe: Recipe, count: int, rng: np.random.Generator, female_share: float = 0.45
) -> NDArray[np.object_]:
    """Name people who work in the district and are not among its residents."""
    female = rng.random(count) < female_share
    return full_names(recipe.names["people"], rng.integers(1966, 2004, count), female, rng)
