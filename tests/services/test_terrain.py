"""Terrain is kept whole with a district, on both engines and encrypted; sights and sections follow it."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, replace

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, NotFoundError, RightsError
from mapdesk.services import districts, sealing, terrain
from mapdesk.store import media, places
from mapdesk.store.schema import MAP_ITEM, MEDIA_FILE
from tests.conftest import CHEAP, PASSPHRASE
from tests.formats.elevation_files import slope, write_heights


def dem_of(store, path, lift=0.0):
    """Write a slope over the whole of a district."""
    west, south, east, north = places.extent(store)
    size = max(east - west, north - south) / 60
    return write_heights(
        path, slope() + lift, store.district.crs, ((west + east) / 2, (south + north) / 2), size
    )


def files_of(store):
    if store.keeps_all_in_tables:
        with store.connect() as connection:
            found = connection.execute(sa.select(MEDIA_FILE.c.path)).scalars().all()
        return [path for path in found if path.startswith(terrain.FOLDER)]
    return [str(path) for path in (store.folder / terrain.FOLDER).glob("*")]


def test_terrain_is_kept_replaced_removed_and_brought_back(town, tmp_path):
    assert terrain.terrain_of(town) is None and terrain.describe(town) is None
    path = dem_of(town, tmp_path / "dem 2024.tif")
    record = terrain.add(town, path, attribution="City  survey")
    assert (record.title, record.attribution, record.source) == (
        "dem 2024",
        "City survey",
        "dem 2024.tif",
    )
    assert terrain.describe(town)[0] == record
    assert "City survey" in places.attributions(town)
    found = terrain.terrain_of(town)
    assert found.key == record.key and terrain.terrain_of(town) is found
    x, y = town.district.origin
    height = terrain.ground_height(found, x, y)
    assert record.lowest <= height <= record.highest
    assert terrain.ground_height(found, x + 1e6, y) is None

    higher = terrain.add(town, dem_of(town, tmp_path / "b.tif", 9), title="Later")
    assert terrain.terrain_of(town).datum == found.datum + 9
    assert "City survey" not in places.attributions(town)
    assert len(files_of(town)) == 1
    gone = terrain.remove(town)
    assert gone.record == higher
    assert terrain.terrain_of(town) is None and files_of(town) == []
    with pytest.raises(NotFoundError, match="has no terrain"):
        terrain.remove(town)
    terrain.restore(town, gone)
    terrain._cache.clear()
    again = terrain.terrain_of(town)
    assert again.key == higher.key and again.datum == found.datum + 9


def test_only_who_edits_places_changes_it(town, tmp_path):
    path = dem_of(town, tmp_path / "dem.tif")
    town.identity = Access("ann", "analyst", "")
    with pytest.raises(RightsError):
        terrain.add(town, path)
    with pytest.raises(RightsError):
        terrain.remove(town)
    town.identity = Access("pia", "planner", "")
    terrain.add(town, path)
    town.identity = Access("ann", "analyst", "")
    assert terrain.terrain_of(town) is not None


def test_a_district_of_nothing_has_no_place_for_it(empty, tmp_path):
    with pytest.raises(InputError, match="import its data first"):
        terrain.add(empty, tmp_path / "dem.tif")


def test_what_is_bad_changes_nothing(town, tmp_path):
    record = terrain.add(town, dem_of(town, tmp_path / "dem.tif"))
    (tmp_path / "bad.tif").write_bytes(b"II*\0 no more")
    with pytest.raises(InputError, match=r"bad\.tif is damaged"):
        terrain.add(town, tmp_path / "bad.tif")
    assert terrain.describe(town)[0] == record and len(files_of(town)) == 1


def test_damaged_terrain_is_told_and_can_be_taken_out(town, tmp_path):
    record = terrain.add(town, dem_of(town, tmp_path / "dem.tif"))
    terrain._cache.clear()
    media.keep(town, record.file, b"noise")
    with pytest.raises(InputError, match="damaged or gone; remove it and add it anew"):
        terrain.terrain_of(town)
    media.discard(town, record.file)
    with pytest.raises(InputError, match="damaged or gone"):
        terrain.terrain_of(town)
    terrain.remove(town)
    assert terrain.terrain_of(town) is None


def test_heights_that_cannot_be_read_now_are_not_deleted(town, tmp_path, monkeypatch):
    terrain.add(town, dem_of(town, tmp_path / "dem.tif"))
    before = files_of(town)

    def unreadable(_store, path):
        raise NotFoundError(f"no file {path}")

    with monkeypatch.context() as patch:
        patch.setattr(media, "of_map", unreadable)
        gone = terrain.remove(town)
    assert terrain.describe(town) is None and files_of(town) == before
    with pytest.raises(NotFoundError, match="could not be read; add it anew"):
        terrain.restore(town, gone)
    assert terrain.describe(town) is None
    terrain.add(town, tmp_path / "dem.tif")
    assert files_of(town) == before and terrain.terrain_of(town) is not None


def test_an_odd_record_is_no_terrain(town, tmp_path):
    record = terrain.add(town, dem_of(town, tmp_path / "dem.tif"))
    climbing = json.dumps(asdict(replace(record, key="../../x")))
    for content in ("{}", "[]", '{"title": 3}', climbing):
        with town.begin() as connection:
            odd = sa.update(MAP_ITEM).where(MAP_ITEM.c.kind == "terrain")
            connection.execute(odd.values(content=content))
        assert terrain.terrain_of(town) is None
    terrain.add(town, tmp_path / "dem.tif")
    assert terrain.terrain_of(town) is not None


@pytest.mark.embedded
def test_it_comes_along_into_an_encrypted_copy_and_lies_there_sealed(
    keyring, town, tmp_path, progress
):
    record = terrain.add(town, dem_of(town, tmp_path / "dem.tif"), title="Hidden valley")
    sealing.encrypt_store(town, tmp_path / "copy", PASSPHRASE, progress, cost=CHEAP)
    terrain._cache.clear()
    with districts.open_district(tmp_path / "copy") as store:
        assert terrain.terrain_of(store).key == record.key
        assert terrain.describe(store)[0].title == "Hidden valley"
    for path in (tmp_path / "copy").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"Hidden valley" not in content and b"heights.npy" not in content


ADDER = """
import sys
from pathlib import Path
from mapdesk.services import districts, terrain

store = districts.open_district(Path(sys.argv[1]))
files = [Path(name) for name in sys.argv[2:]]
for turn in range(1000):
    print(terrain.add(store, files[turn % 2]).key, flush=True)
"""


def test_kill_9_leaves_the_one_or_the_other(town_folder, tmp_path):
    with districts.open_district(town_folder) as store:
        paths = [dem_of(store, tmp_path / f"{lift}.tif", lift) for lift in (0, 7)]
    adder = subprocess.Popen(
        [sys.executable, "-c", ADDER, str(town_folder), *map(str, paths)],
        stdout=subprocess.PIPE,
        text=True,
    )
    keys = {adder.stdout.readline().strip() for _turn in range(3)}
    os.kill(adder.pid, signal.SIGKILL)
    adder.stdout.read()
    adder.wait()
    adder.stdout.close()
    with districts.open_district(town_folder) as store:
        terrain._cache.clear()
        assert terrain.terrain_of(store).key == terrain.describe(store)[0].key
        assert len(keys) == 2 and terrain.describe(store)[0].key in keys
        # What was left behind goes when the same is added again.
        for path in paths:
            terrain.add(store, path)
        assert len(files_of(store)) == 1
