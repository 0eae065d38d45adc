"""Building the demo district: recipe to frames, frames to the store, then its pictures and clips."""

from __future__ import annotations

import importlib.resources
import shutil
from functools import partial
from pathlib import Path

from mapdesk.demo import FILES, Recipe, build_district
from mapdesk.demo.ground import make_ground
from mapdesk.model.errors import InputError
from mapdesk.services import demo_pictures, importing, terrain
from mapdesk.services.districts import Progress, create_district, make_beside
from mapdesk.store import database, places, writing
from mapdesk.store.folder import DATABASE, SETTINGS
from mapdesk.video.clips import write_street_clips

PEOPLE = 275_000
"""Residents of the demo district at full scale."""


def load_recipe() -> Recipe:
    """Read the recipe shipped in ``data/demo``."""
    folder = importlib.resources.files("mapdesk_data") / "demo"
    return Recipe.from_texts({name: (folder / name).read_text("utf-8") for name in FILES})


def is_there(folder: Path) -> bool:
    """Say whether `folder` holds a district already."""
    return (folder / SETTINGS).is_file() and (folder / DATABASE).is_file()


def check_is_demo(folder: Path, people: int | None) -> None:
    """Raise InputError where the district in `folder` is not the demo, or not of the size asked for."""
    with database.open_store(folder) as store:
        if not places.where(store, "source", "id", ["demo"]):
            raise InputError(
                f"{folder} holds another district, {store.district.name}; "
                f"open it with 'mapdesk open {folder}' or choose another folder with --at."
            )
        found = places.counts(store)["person"]
    if people is not None and people != found:
        raise InputError(
            f"The demo district in {folder} has {found:,} people, not {people:,}; "
            "choose another folder with --at, or delete that one."
        )


def build_demo(folder: Path, people: int, seed: int, progress: Progress) -> None:
    """Make the demo district in `folder`; it appears there only when it is whole.

    Parameters
    ----------
    people : int
        Residents; everything else is in proportion.
    seed : int
        The same seed gives the same district.

    Raises
    ------
    InputError
        `folder` holds something else, or `people` is too small.
    """
    if people < 500:
        raise InputError(f"A demo district needs at least 500 people, not {people}.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not empty; choose a new folder for the demo district.")
    if seed < 0:
        raise InputError(f"--seed must be 0 or more, not {seed}.")
    temporary = make_beside(folder, ".demo-")
    try:
        recipe = load_recipe()

        def building(text: str, part: float) -> None:
            progress(f"Building {text}", 0.55 * part)

        frames = build_district(recipe, people=people, seed=seed, progress=building)
        plan = recipe.plan["district"]
        store = create_district(temporary / "district", plan["name"], plan["crs"])
        with store:
            progress("Writing the store", 0.56)
            with writing.transaction(store) as connection:
                writing.upsert(store, connection, frames)
            importing.set_origin(store)
            progress("Raising the ground", 0.58)
            said = str(frames["source"]["attribution"].iloc[0])
            terrain.keep(store, make_ground(frames["land_use"]), "Generated ground", "demo", said)
            demo_pictures.add_imagery(store, frames, partial(_within, progress, 0.6, 0.78))
            demo_pictures.add_panoramas(store, frames, partial(_within, progress, 0.78, 0.95))
        progress("Drawing street clips", 0.95)
        write_street_clips(temporary / "district" / "media", seed=seed)
        if folder.exists():
            folder.rmdir()
        (temporary / "district").rename(folder)
        progress("Done", 1.0)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _within(progress: Progress, low: float, high: float, text: str, part: float) -> None:
    """Report a part of the whole."""
    progress(text, low + (high - low) * min(part, 1.0))
