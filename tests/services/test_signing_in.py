"""The door of a district with users, and what is on record of who came to it."""

import pytest

from mapdesk.model.access import Access
from mapdesk.model.errors import NotFoundError, RightsError, SignInError
from mapdesk.model.users import Credentials, User
from mapdesk.services import districts, signing_in
from mapdesk.store import audit, places, user_file

LI, WANG = "a quiet harbour at dawn", "seven boats on the water"

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("quick_hashes")]


def records(store):
    """Return what is on record, oldest first, seen as an auditor."""
    before, store.identity = store.identity, Access("zhao", "auditor")
    found = [(look["who"], look["action"], look["subject"]) for look in audit.last(store)]
    store.identity = before
    return found[::-1]


def test_the_owner_becomes_the_administrator(empty):
    signing_in.add_user(empty, User("li", "administrator"), LI)
    assert empty.identity == Access("li", "administrator")
    assert [action for _who, action, _what in records(empty)] == ["add user"]


def test_opening_without_users_is_as_it_was(empty):
    empty.close()
    assert not signing_in.is_needed(empty.folder)
    with districts.open_district(empty.folder) as store:
        assert store.identity == Access.owner()
    with pytest.raises(SignInError, match="no users yet"):
        districts.open_district(empty.folder, Credentials("li", LI))


def test_opening_with_users_needs_one_of_them(empty):
    signing_in.add_user(empty, User("li", "administrator"), LI)
    empty.close()
    assert signing_in.is_needed(empty.folder)
    with pytest.raises(SignInError, match="say who you are"):
        districts.open_district(empty.folder)
    with pytest.raises(SignInError, match="wrong"):
        districts.open_district(empty.folder, Credentials("li", WANG))
    with districts.open_district(empty.folder, Credentials("li", LI)) as store:
        assert store.identity == Access("li", "administrator")
        assert [who + ": " + action for who, action, _what in records(store)][1:] == [
            "li: sign in refused",
            "li: sign in",
        ]


def test_a_refusal_leaves_nobody_signed_in_and_the_store_closed(empty):
    signing_in.add_user(empty, User("li", "administrator"), LI)
    with pytest.raises(SignInError):
        signing_in.enter(empty, Credentials("li", WANG))
    assert empty.identity.role == "nobody"
    with pytest.raises(RightsError):
        places.counts(empty)


def test_own_password(empty):
    signing_in.add_user(empty, User("li", "administrator"), LI)
    with pytest.raises(SignInError, match="wrong"):
        signing_in.set_own_password(empty, WANG, "another long one")
    signing_in.set_own_password(empty, LI, "another long one")
    assert signing_in.prove(empty, Credentials("li", "another long one")).user == "li"
    actions = [action for _who, action, _what in records(empty)]
    assert actions == ["add user", "sign in refused", "set own password", "sign in"]


def test_areas_must_be_grids(town):
    signing_in.add_user(town, User("li", "administrator"), LI)
    with pytest.raises(NotFoundError, match="nowhere"):
        signing_in.add_user(town, User("wang", "analyst", areas=("nowhere",)), WANG)
    assert [user.name for user in signing_in.all_users(town)] == ["li"]


def test_users_go_into_a_backup_and_come_back(empty, tmp_path, progress):
    folder = empty.folder
    districts.backup(empty, tmp_path / "before.zip", progress)
    signing_in.add_user(empty, User("li", "administrator"), LI)
    with pytest.raises(RightsError, match="backing up"):
        districts.backup(empty, tmp_path / "after.zip", progress)
    empty.identity = Access("wu", "security")
    districts.backup(empty, tmp_path / "after.zip", progress)
    empty.close()
    districts.restore(tmp_path / "after.zip", tmp_path / "again", progress)
    assert signing_in.is_needed(tmp_path / "again")
    with districts.open_district(tmp_path / "again", Credentials("li", LI)) as store:
        assert store.identity.role == "administrator"
    assert user_file.has_users(folder)
