"""Styles, rasters, bookmarks and tours kept with the district, on both engines."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import ConflictError, InputError, NotFoundError, RightsError
from mapdesk.store import map_items
from mapdesk.store.schema import MAP_ITEM

VIEW = {"x": 1.5, "y": -2.0, "words": "港口 'all'", "layers": ["camera"]}


def test_what_is_saved_comes_back_by_name(empty):
    map_items.save(empty, "bookmark", "  the   harbour ", VIEW)
    map_items.save(empty, "bookmark", "a park", {})
    map_items.save(empty, "style", "the harbour", {"by": "use"})
    assert [one.name for one in map_items.items(empty, "bookmark")] == ["a park", "the harbour"]
    assert map_items.named(empty, "bookmark", "the harbour").content == VIEW
    assert map_items.named(empty, "style", "the harbour").content == {"by": "use"}


def test_saving_again_replaces(empty):
    map_items.save(empty, "tour", "round", {"stops": [1]})
    map_items.save(empty, "tour", "round", {"stops": [1, 2]})
    assert [one.content for one in map_items.items(empty, "tour")] == [{"stops": [1, 2]}]


def test_what_is_deleted_is_gone(empty):
    map_items.save(empty, "raster", "aerial", {})
    map_items.delete(empty, "raster", "aerial")
    with pytest.raises(NotFoundError, match="no raster 'aerial' any more"):
        map_items.delete(empty, "raster", "aerial")
    with pytest.raises(NotFoundError, match="none yet"):
        map_items.named(empty, "raster", "aerial")


def test_an_odd_row_takes_no_list_down(empty):
    for content in ("[1]", "3", "no json", "null", "[" * 20_000):
        map_items.save(empty, "bookmark", "odd", {})
        map_items.save(empty, "bookmark", "even", VIEW)
        with empty.begin() as connection:
            odd = sa.update(MAP_ITEM).where(MAP_ITEM.c.name == "odd")
            connection.execute(odd.values(content=content))
        assert [one.name for one in map_items.items(empty, "bookmark")] == ["even"]
        map_items.delete(empty, "bookmark", "odd")


def test_content_has_a_limit(empty):
    with pytest.raises(InputError, match="'long' is too large to be kept: 64 kB"):
        map_items.save(empty, "bookmark", "long", {"words": "港" * 22_000})
    assert map_items.items(empty, "bookmark") == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_is_needed(empty, name):
    with pytest.raises(InputError, match="1 to 60"):
        map_items.save(empty, "bookmark", name, {})


def test_a_kind_is_one_of_four(empty):
    with pytest.raises(InputError, match="'wall' is none of bookmark, tour"):
        map_items.save(empty, "wall", "any", {})


def test_a_name_is_changed_and_nothing_else(empty):
    owner = empty.identity
    empty.identity = Access("ann", "dispatcher")
    map_items.save(empty, "bookmark", "bridge", VIEW)
    map_items.save(empty, "bookmark", "park", {})
    (before, _park) = map_items.items(empty, "bookmark")
    empty.identity = Access("bob", "worker")
    with pytest.raises(RightsError, match="saved by ann"):
        map_items.rename(empty, "bookmark", "bridge", "mine")
    empty.identity = Access("pia", "planner")
    with pytest.raises(ConflictError, match="'park' is saved already"):
        map_items.rename(empty, "bookmark", "bridge", "park")
    with pytest.raises(NotFoundError, match="no bookmark 'mine'"):
        map_items.rename(empty, "bookmark", "mine", "bridge")
    map_items.rename(empty, "bookmark", "bridge", " old  bridge ")
    empty.identity = owner
    assert map_items.items(empty, "bookmark")[0] == replace(before, name="old bridge")


def test_one_s_own_is_safe_from_others(empty):
    owner = empty.identity
    empty.identity = replace(Access("ann", "dispatcher"))
    map_items.save(empty, "bookmark", "bridge", {"x": 1})
    empty.identity = Access("bob", "worker")
    with pytest.raises(ConflictError, match="saved already"):
        map_items.save(empty, "bookmark", "bridge", {"x": 2})
    with pytest.raises(RightsError, match="saved by ann"):
        map_items.delete(empty, "bookmark", "bridge")
    with pytest.raises(RightsError):
        map_items.save(empty, "style", "people", {})
    empty.identity = Access("pia", "planner")
    map_items.save(empty, "style", "people", {})
    empty.identity = owner
    map_items.delete(empty, "bookmark", "bridge")
