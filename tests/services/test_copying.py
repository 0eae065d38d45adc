"""A district moves between engines without loss, whole or not at all."""

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, NotFoundError, RightsError, WorldError
from mapdesk.model.shapes import Circle
from mapdesk.services import copying, districts
from mapdesk.store import audit, media, people, places
from mapdesk.store.copying import COPIED, digest_of


def copy_between(source, target, progress):
    with districts.open_district(source) as store:
        return copying.copy_district(store, target, progress, in_clear=True)


def test_there_and_back_nothing_changes(town_folder, postgres, tmp_path, progress):
    clip = bytes(range(256)) * 100
    with districts.open_district(town_folder) as store:
        media.keep(store, "media/gate/clip.bin", clip)
    url, back = postgres.new_database(), tmp_path / "back"
    there = copy_between(town_folder, url, progress)
    again = copy_between(url, back, progress)
    assert there == again
    assert there["person"].rows == 3000
    assert {table.name for table in COPIED} == set(there)
    with districts.open_district(town_folder) as one, districts.open_district(back) as other:
        assert one.district == other.district
        assert one.secret() == other.secret()
        assert dict(media.files(one)) == dict(media.files(other))
        for table in COPIED:
            assert digest_of(one, table) == digest_of(other, table), table.name
        xmin, ymin, xmax, ymax = places.extent(one)
        circle = Circle((xmin + xmax) / 2, (ymin + ymax) / 2, 900)
        assert places.ids_within(one, "building", circle) == places.ids_within(
            other, "building", circle
        )
    with districts.open_district(url) as shared:
        assert media.local(shared, "media/gate/clip.bin").read_bytes() == clip
        building = places.features(shared, "building").ids[0]
        assert people.count_in(shared, [building]) == len(people.of_building(shared, building))


def test_a_changed_cell_changes_the_digest(town):
    person = COPIED[[table.name for table in COPIED].index("person")]
    before = digest_of(town, person)
    with town.engine.begin() as connection:
        first = connection.scalar(sa.select(person.c.id).limit(1))
        connection.execute(sa.update(person).where(person.c.id == first).values(name="另一个"))
    after = digest_of(town, person)
    assert before.rows == after.rows
    assert before.content != after.content


def test_nothing_is_copied_over_something(town_folder, town_url, tmp_path, progress):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    with pytest.raises(InputError, match="not empty"):
        copy_between(town_folder, tmp_path / "full", progress)
    with pytest.raises(InputError, match="holds a district already"):
        copy_between(town_folder, town_url, progress)
    with districts.open_district(town_url) as store:
        assert places.counts(store)["person"] == 3000


def test_a_copy_that_is_stopped_leaves_nothing(town_folder, postgres, tmp_path):
    url = postgres.new_database()

    def stop(text, _part):
        if text == "Copying unit":
            raise WorldError("stopped")

    for place in (url, tmp_path / "half"):
        with pytest.raises(WorldError, match="stopped"):
            copy_between(town_folder, place, stop)
    with pytest.raises(NotFoundError):
        districts.open_district(url)
    assert not (tmp_path / "half").exists()


@pytest.mark.parametrize("path", ["../audit/secret", "/etc/hostname", "media/../../x"])
def test_no_path_leads_out_of_the_district(town, path):
    with pytest.raises(NotFoundError):
        media.local(town, path)


def test_a_backup_of_either_engine_is_the_whole_district(town, tmp_path, progress):
    media.keep(town, "media/gate/clip.bin", b"a clip" * 99)
    file = tmp_path / "town.zip"
    assert copying.backup(town, file, progress) == file.stat().st_size
    assert [path.name for path in tmp_path.iterdir() if path.name != "town"] == ["town.zip"]
    (row, *_older) = audit.search(town, kind="export")
    assert (row["action"], row["subject"]) == ("back up", "town.zip")
    districts.restore(file, tmp_path / "again", progress)
    with districts.open_district(tmp_path / "again") as again:
        assert again.district == town.district
        assert dict(media.files(again)) == dict(media.files(town))
        for table in COPIED:
            assert digest_of(again, table) == digest_of(town, table), table.name


def test_a_backup_takes_its_right_and_leaves_no_file_without(town, tmp_path, progress):
    town.identity = Access("li", "analyst", "a test")
    with pytest.raises(RightsError):
        copying.backup(town, tmp_path / "town.zip", progress)
    assert not list(tmp_path.glob("*.zip"))


def test_a_backup_that_cannot_be_written_leaves_nothing(town, tmp_path, progress):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(WorldError):
        copying.backup(town, tmp_path / "file" / "town.zip", progress)
    assert not list(tmp_path.glob(".backup-*"))
