"""Households: which kind lives in which home, so that the people add up exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapdesk.demo.chance import draw
from mapdesk.demo.recipe import Recipe

MEAN_SIZE = 3.1
"""People a household, which the number of occupied homes is planned with."""


@dataclass(frozen=True, slots=True)
class HouseholdKind:
    """A kind of household: its shares among owned and let homes and who lives with the head."""

    name: str
    own: float
    let: float
    head_age: tuple[int, int]
    slots: tuple[str, ...]

    @property
    def size(self) -> int:
        """People, the head included."""
        return len(self.slots) + 1


def household_kinds(recipe: Recipe) -> list[HouseholdKind]:
    """Read the kinds from the recipe."""
    return [
        HouseholdKind(
            table["kind"], float(table["own"]), float(table["let"]),
            (int(table["head_age"][0]), int(table["head_age"][1])), tuple(table["slots"]),
        )
        for table in recipe.mixes["household"]
    ]  # fmt: skip


def choose_kinds(
    recipe: Recipe, let: NDArray[np.bool_], people: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Choose a kind for every home so that exactly `people` live in them.

    Parameters
    ----------
    recipe : Recipe
        Kinds and their shares.
    let : ndarray (n,) of bool
        Which homes are let; the others are lived in by their owners.
    people : int
        People to house.
    rng : Generator
        Draws kinds.

    Returns
    -------
    ndarray (n,) of int
        Index of `household_kinds`.

    Raises
    ------
    ValueError
        The homes cannot hold that number of people.

    """
    kinds = household_kinds(recipe)
    chosen = np.empty(len(let), dtype=np.int64)
    chosen[let] = draw(rng, [kind.let for kind in kinds], int(let.sum()))
    chosen[~let] = draw(rng, [kind.own for kind in kinds], int((~let).sum()))
    sizes = np.array([kind.size for kind in kinds])
    names = [kind.name for kind in kinds]
    steps = [
        (names.index(small), names.index(large))
        for small, large in recipe.mixes["more_people"].items()
    ]
    missing = people - int(sizes[chosen].sum())
    while missing:
        before = missing
        for small, large in steps:
            old, new = (small, large) if missing > 0 else (large, small)
            gain = int(sizes[new] - sizes[old])
            homes = np.flatnonzero(chosen == old)
            # A third of a kind at a time, so that no kind dies out before the others shrink.
            count = min(len(homes), abs(missing) // abs(gain), max(1, len(homes) // 3))
            chosen[rng.choice(homes, count, replace=False)] = new
            missing -= gain * count
        if missing == before:
            raise ValueError(f"{len(let)} homes cannot hold {people} people")
    return chosen
