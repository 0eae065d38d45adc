"""One map, one table, one book: what the store knows of a grid is in it, and no more than one may see."""

from datetime import date

import pytest

from mapdesk.formats.grid_book import MapPicture
from mapdesk.model.access import Access
from mapdesk.model.errors import ApprovalDueError, NotFoundError, PurposeError, RightsError
from mapdesk.model.selection import Ref
from mapdesk.services import grid_books, making_up
from mapdesk.store import people, places, published, statistics
from tests.formats.printed import behind, texts
from tests.formats.test_grid_sheet import png

DAY = date(2026, 5, 4)
PICTURE = MapPicture(png(), 500.0, "nobody")


def as_role(store, role, purpose="grid visit"):
    store.identity = Access("li", role, purpose)
    return store.identity


@pytest.fixture
def grid(town):
    """The community most people live in."""
    grids = [row["id"] for row in places.where(town, "grid", "level", [2])]
    return max(grids, key=lambda key: people.count_of_grid(town, key))


def test_counts_agree_with_the_make_up(town, grid):
    access = as_role(town, "analyst")
    book, parcel = grid_books.book_of(town, access, grid, PICTURE, today=DAY)
    made, _other = making_up.make_up_of(town, access, Ref("grid", grid), today=DAY)
    assert (book.people_count, book.households_count) == (made.people, made.households)
    assert sum(book.pyramid.male) + sum(book.pyramid.female) == made.people
    assert sum(each.people for each in book.buildings) == made.people
    assert sum(each.households for each in book.buildings) == made.households
    assert sum(each.units for each in book.buildings) == made.units == book.units_count
    assert book.buildings_count == len(book.buildings) > 10
    assert sum(share.count for share in book.unit_uses) == made.units
    assert book.workers
    assert all("*" in worker.phone for worker in book.workers if worker.phone)
    assert book.chain[0] == town.district.name
    assert not book.holds_back
    assert parcel.people == 0
    assert parcel.personal


def test_who_may_only_count_gets_no_small_counts_and_none_of_buildings(town, grid):
    published.publish(town, DAY)
    planner = as_role(town, "planner", "")
    book, parcel = grid_books.book_of(town, planner, grid, PICTURE, today=DAY)
    assert book.holds_back
    assert all(each.people is None and each.households is None for each in book.buildings)
    shown = [one for one in (*book.pyramid.male, *book.pyramid.female) if one]
    assert all(one >= 10 for one in shown)
    assert not parcel.personal
    with pytest.raises(RightsError):
        grid_books.book_of(town, planner, grid, PICTURE, doors=True)


@pytest.mark.embedded
def test_doors_count_as_people_taken_out(town, grid, tmp_path):
    access = as_role(town, "analyst")
    gathered = grid_books.book_of(town, access, grid, PICTURE, doors=True, today=DAY)
    book, parcel = gathered
    assert parcel.people == book.people_count > 100
    assert sum(door.people for door in book.doors) == parcel.people
    assert all("*" in name for door in book.doors for name in door.names)
    with pytest.raises(ApprovalDueError):
        grid_books.print_book(town, access, gathered, tmp_path / "grid.pdf")
    assert not (tmp_path / "grid.pdf").exists()


@pytest.mark.embedded
def test_the_sheet_says_what_it_is_of_and_who_printed_it(town, grid, tmp_path):
    access = as_role(town, "analyst")
    gathered = grid_books.book_of(town, access, grid, PICTURE, today=DAY)
    path = tmp_path / "grid.pdf"
    grid_books.print_book(town, access, gathered, path, "A3")
    said = texts(path)
    assert gathered[0].name in said[0]
    assert f"{gathered[0].people_count:,}" in said[0]
    assert any("grid visit" in line for line in said[0])
    assert any("li" in line for line in behind(path)[0])
    assert len(said) > 1


@pytest.mark.embedded
@pytest.mark.parametrize(
    "role", ["dispatcher", "worker", "registrar", "auditor", "security", "nobody"]
)
def test_who_may_not_export_prints_nothing(town, grid, role):
    with pytest.raises(RightsError):
        grid_books.book_of(town, as_role(town, role), grid, PICTURE)


@pytest.mark.embedded
def test_a_purpose_and_a_grid_are_needed(town, grid):
    with pytest.raises(PurposeError):
        grid_books.book_of(town, as_role(town, "analyst", ""), grid, PICTURE)
    with pytest.raises(NotFoundError):
        grid_books.book_of(town, as_role(town, "analyst"), "nowhere", PICTURE)


@pytest.mark.embedded
def test_a_grid_without_people_has_a_sheet_too(town, tmp_path):
    access = as_role(town, "analyst")
    pyramids = statistics.pyramids_of_grids(town, DAY)
    bare = next(key for key, pyramid in pyramids.items() if not pyramid.any())
    gathered = grid_books.book_of(town, access, bare, PICTURE, doors=True, today=DAY)
    grid_books.print_book(town, access, gathered, tmp_path / "bare.pdf")
    assert (gathered[0].people_count, gathered[0].density) == (0, 0)
