"""Selections add and subtract as sets do, and a session speaks only of changes."""

from hypothesis import given
from hypothesis import strategies as st

from mapdesk.model.access import Access
from mapdesk.model.selection import Selection
from mapdesk.model.session import Session

ids = st.lists(st.sampled_from("abcdefgh"), unique=True).map(sorted).map(tuple)
selections = st.dictionaries(st.sampled_from(["camera", "building"]), ids.filter(bool)).map(
    Selection
)


@given(selections, selections)
def test_adding_and_subtracting_are_set_operations(one, other):
    for noun in ("camera", "building"):
        mine, theirs = set(one.ids(noun)), set(other.ids(noun))
        assert set(one.combined(other, "add").ids(noun)) == mine | theirs
        assert set(one.combined(other, "subtract").ids(noun)) == mine - theirs
        assert one.combined(other, "replace").ids(noun) == other.ids(noun)


def test_a_session_emits_once_and_only_for_changes():
    session = Session(Access("me", "analyst"))
    heard = []
    session.selection_changed.connect(heard.append)
    selection = Selection({"camera": ("a",)})
    session.select(selection)
    session.select(Selection({"camera": ("a",)}))
    assert heard == [selection]
