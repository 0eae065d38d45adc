"""Bookmarks and tours kept with the district, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from mapdesk.layers.layer_style import LayerStyle
from mapdesk.model.errors import ConflictError, InputError, NotFoundError
from mapdesk.services import bookmarks, forgetting, saved_styles
from mapdesk.services.bookmarks import Bookmark, Stop, Tour
from mapdesk.store import map_items

HARBOUR = Bookmark("Harbour", 1.5, 2.5, 900.0, 30.0, 40.0, ("road", "building"), "dark", {"a": [1]})
HILL = Bookmark("Hill", 500.0, -20.0, 1800.0)


def test_a_view_comes_back_as_it_was_kept(town):
    bookmarks.keep(town, HARBOUR)
    bookmarks.keep(town, HILL)
    assert bookmarks.bookmarks(town) == [HARBOUR, HILL]
    assert bookmarks.bookmark(town, "Harbour") == HARBOUR


def test_renaming_keeps_it_and_never_replaces_another(town):
    bookmarks.keep(town, HARBOUR)
    bookmarks.keep(town, HILL)
    with pytest.raises(ConflictError):
        bookmarks.rename(town, "bookmark", "Harbour", "Hill")
    bookmarks.rename(town, "bookmark", "Harbour", "  Old   harbour ")
    assert [one.name for one in bookmarks.bookmarks(town)] == ["Hill", "Old harbour"]
    with pytest.raises(NotFoundError):
        bookmarks.rename(town, "bookmark", "Harbour", "x")


def test_a_tour_outlives_its_bookmarks(town):
    bookmarks.keep(town, HARBOUR)
    bookmarks.keep(town, HILL)
    made = bookmarks.make_tour(town, "Round", ["Hill", "Harbour", "Hill"], fly=3.0, stay=1.0)
    assert made.seconds == 9.0
    bookmarks.forget(town, "bookmark", "Hill")
    assert bookmarks.tour(town, "Round") == made
    bookmarks.forget(town, "tour", "Round")
    assert bookmarks.tours(town) == []


@pytest.mark.parametrize(
    "tour",
    [
        Tour("t", ()),
        Tour("t", (Stop(HILL),)),
        Tour("t", (Stop(HILL), Stop(HARBOUR, fly=-1))),
        Tour("t", (Stop(HILL), Stop(HARBOUR, stay=10_000))),
        Tour("t", (Stop(HILL, 5, 0), Stop(HARBOUR, 0, 0))),
    ],
)
def test_a_tour_that_cannot_be_played_is_refused(town, tour):
    with pytest.raises(InputError):
        bookmarks.keep_tour(town, tour)


HUGE = 10**400
VIEW = {"name": "a", "x": 1, "y": 1, "distance": 9, "bearing": 0, "pitch": 0}


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"x": "a"},
        {"stops": 3},
        {"stops": [{}]},
        {**VIEW, "x": HUGE},
        {"stops": 2 * [{"view": VIEW, "fly": HUGE, "stay": 1}]},
    ],
)
def test_what_cannot_be_read_is_left_out_and_named_when_asked_for(town, content):
    map_items.save(town, "bookmark", "odd", content)
    map_items.save(town, "tour", "odd", content)
    assert bookmarks.bookmarks(town) == bookmarks.tours(town) == []
    with pytest.raises(InputError, match="odd"):
        bookmarks.bookmark(town, "odd")
    with pytest.raises(InputError, match="odd"):
        bookmarks.tour(town, "odd")


def test_bookmarks_and_styles_are_written_at_the_same_time(town):
    """The window writes each kind on a thread of its own."""

    def styles() -> None:
        for number in range(12):
            saved_styles.save(town, f"Style {number}", LayerStyle())

    with ThreadPoolExecutor(1) as other:
        saved = other.submit(styles)
        for number in range(12):
            bookmarks.keep(town, Bookmark(f"View {number}", 0.0, 0.0, 500.0, 0.0, 45.0))
        saved.result()
    assert len(saved_styles.names(town)) == len(bookmarks.bookmarks(town)) == 12


def test_what_was_forgotten_comes_back_as_it_was_unless_its_name_is_taken(town):
    bookmarks.keep(town, HARBOUR)
    gone = bookmarks.forget(town, "bookmark", "Harbour")
    assert bookmarks.bookmarks(town) == []
    forgetting.bring_back(town, gone)
    assert bookmarks.bookmarks(town) == [HARBOUR]
    with pytest.raises(ConflictError, match="saved meanwhile"):
        forgetting.bring_back(town, gone)
