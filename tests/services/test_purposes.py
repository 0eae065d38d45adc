"""The list of usual purposes: edited by administrators and security officers, on record."""

import pytest

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, NotFoundError, RightsError
from mapdesk.model.rights import ROLES
from mapdesk.services import purposes
from mapdesk.store import audit

ACCESS = Access.owner()


def test_a_list_is_kept_sorted_on_either_engine(town):
    assert purposes.usual(town) == []
    assert purposes.add(town, ACCESS, "  走访  老人 ") == "走访 老人"
    purposes.add(town, ACCESS, "fire drill")
    assert purposes.usual(town) == ["fire drill", "走访 老人"]
    purposes.remove(town, ACCESS, "fire drill")
    assert purposes.usual(town) == ["走访 老人"]
    assert [row["kind"] for row in audit.last(town)] == ["change"] * 3


@pytest.mark.parametrize("text", ["", "x", " x ", "y" * 121])
def test_a_purpose_has_two_characters_or_more(empty, text):
    with pytest.raises(InputError, match="A purpose has"):
        purposes.add(empty, ACCESS, text)


def test_none_is_there_twice_or_removed_twice(empty):
    purposes.add(empty, ACCESS, "'; DROP TABLE purpose; --")
    with pytest.raises(InputError, match="already"):
        purposes.add(empty, ACCESS, "'; DROP TABLE purpose; --")
    purposes.remove(empty, ACCESS, "'; DROP TABLE purpose; --")
    with pytest.raises(NotFoundError):
        purposes.remove(empty, ACCESS, "'; DROP TABLE purpose; --")


@pytest.mark.embedded
@pytest.mark.parametrize("role", list(ROLES))
def test_who_edits_it(empty, role):
    empty.identity = Access("tester", role)
    if role in ("administrator", "security", "owner"):
        purposes.add(empty, empty.identity, "fire drill")
        purposes.remove(empty, empty.identity, "fire drill")
    else:
        with pytest.raises(RightsError):
            purposes.add(empty, empty.identity, "fire drill")
        with pytest.raises(RightsError):
            purposes.remove(empty, empty.identity, "fire drill")
    assert purposes.usual(empty) == []
