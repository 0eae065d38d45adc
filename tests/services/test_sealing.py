"""Keys are found, asked for, remembered and changed; backups of encrypted districts are sealed."""

import shutil

import pytest

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, SetupError, SignInError
from mapdesk.services import cameras, city, districts, scenery, sealing
from mapdesk.services.copying import copy_district
from mapdesk.services.unlocking import (
    KEY_FILE_VARIABLE,
    UNLOCKING,
    Lock,
    SystemKeyring,
    nobody_to_ask,
    passphrase_from,
)
from mapdesk.store import media, places
from mapdesk.store.copying import COPIED, digest_of
from mapdesk.store.keyfile import KeyFile
from mapdesk.store.vault import MAGIC
from mapdesk.video.clips import write_street_clips
from tests.conftest import CHEAP, PASSPHRASE
from tests.video.watching import Watched

pytestmark = pytest.mark.usefixtures("plain_folders")

NEW = "another staple word"


def new(folder, **more):
    return sealing.create_encrypted_district(
        folder, "Old town", "EPSG:32650", PASSPHRASE, cost=CHEAP, **more
    )


def test_the_keyring_opens_what_it_remembers(keyring, tmp_path):
    new(tmp_path / "d", remember=True).close()
    UNLOCKING.ask = nobody_to_ask
    with districts.open_district(tmp_path / "d") as store:
        assert store.district.name == "Old town"
    lock = sealing.lock_of(tmp_path / "d")
    keyring.keys[lock.key.id] = b"x" * 32
    with pytest.raises(SignInError, match=KEY_FILE_VARIABLE):
        districts.open_district(tmp_path / "d")
    keyring.keys[lock.key.id] = b"damaged"
    assert lock.remembered() is None
    lock.forget()
    assert not keyring.keys


def test_without_a_keyring_nothing_is_remembered_and_that_is_said(tmp_path):
    assert SystemKeyring().get("a") is None
    SystemKeyring().remove("a")
    with pytest.raises(SetupError, match="no keyring"):
        SystemKeyring().put("a", b"k" * 32)


def test_a_remembered_key_outlives_a_changed_passphrase(keyring, tmp_path):
    new(tmp_path / "d", remember=True).close()
    sealing.change_passphrase(sealing.lock_of(tmp_path / "d"), PASSPHRASE, NEW)
    lock = sealing.lock_of(tmp_path / "d")
    assert lock.remembered() is not None
    with pytest.raises(SignInError):
        lock.open(PASSPHRASE)
    assert lock.open(NEW).data_key == lock.remembered().data_key


def test_changing_a_passphrase_writes_the_key_file_alone(sealed_folder):
    before = {path: path.read_bytes() for path in sealed_folder.rglob("*") if path.is_file()}
    sealing.change_passphrase(sealing.lock_of(sealed_folder), PASSPHRASE, NEW)
    after = {path: path.read_bytes() for path in sealed_folder.rglob("*") if path.is_file()}
    assert before.keys() == after.keys()
    assert [path.name for path in before if before[path] != after[path]] == ["key.toml"]


def test_a_wrong_old_passphrase_changes_nothing(sealed_folder):
    before = (sealed_folder / "key.toml").read_bytes()
    with pytest.raises(SignInError):
        sealing.change_passphrase(sealing.lock_of(sealed_folder), NEW, NEW)
    with pytest.raises(InputError):
        sealing.change_passphrase(sealing.lock_of(sealed_folder), PASSPHRASE, "short")
    assert (sealed_folder / "key.toml").read_bytes() == before
    with pytest.raises(InputError, match="differ"):
        sealing.check_new(NEW, NEW + "s")


def test_a_plain_district_has_no_lock(town_folder):
    with pytest.raises(InputError, match="is not encrypted"):
        sealing.lock_of(town_folder)


def test_a_passphrase_file_is_for_one_pair_of_eyes(tmp_path):
    assert passphrase_from("MAPDESK_NOT_SET") is None


def test_an_encrypted_copy_has_every_row_clip_and_secret(town_folder, keyring, tmp_path, progress):
    clip = town_folder / "media" / "gate" / "clip.bin"
    clip.parent.mkdir()
    clip.write_bytes(b"pictures" * 10_000)
    with districts.open_district(town_folder) as store:
        secret = store.secret()
    sealing.encrypt_district(town_folder, tmp_path / "a", PASSPHRASE, progress, cost=CHEAP)
    sealing.encrypt_district(tmp_path / "a", tmp_path / "b", PASSPHRASE, progress, cost=CHEAP)
    with districts.open_district(tmp_path / "b") as store:
        with pytest.raises(InputError, match="--in-clear"):
            copy_district(store, tmp_path / "c", progress)
        assert not (tmp_path / "c").exists()
        copy_district(store, tmp_path / "c", progress, in_clear=True)
    assert KeyFile.read(tmp_path / "a").wrapped != KeyFile.read(tmp_path / "b").wrapped
    assert (tmp_path / "c" / "media" / "gate" / "clip.bin").read_bytes() == clip.read_bytes()
    with (
        districts.open_district(town_folder) as one,
        districts.open_district(tmp_path / "b") as two,
    ):
        assert two.district == one.district
        assert two.secret() == secret
        assert dict(media.files(two)) == {"media/gate/clip.bin": clip.read_bytes()}
        for table in COPIED:
            assert digest_of(one, table) == digest_of(two, table), table.name


def test_meshes_are_cached_and_sealed(sealed_town):
    origin = sealed_town.district.origin
    city.keep(sealed_town, city.whole(sealed_town, origin))
    scenery.ground(sealed_town, origin)
    kept = [path for path in (sealed_town.folder / "cache").iterdir() if path.is_file()]
    assert len(kept) == 2
    assert all(path.read_bytes().startswith(MAGIC) for path in kept)
    assert city.begin(sealed_town, origin).is_kept
    kept[0].write_bytes(kept[1].read_bytes())
    assert city.whole(sealed_town, origin).tiles


def test_a_clip_plays_from_memory(sealed_town, tmp_path):
    (clip,) = write_street_clips(tmp_path / "clips", count=1, seconds=0.6)
    media.keep(sealed_town, "media/street-1.mp4", clip.read_bytes())
    shutil.rmtree(tmp_path / "clips")
    camera = next(
        row["id"]
        for row in places.rows(sealed_town, "camera", places.features(sealed_town, "camera").ids)
        if row["main_stream"] == "media/street-1.mp4"
    )
    with sealed_town.connect() as connection:
        connection.exec_driver_sql("UPDATE camera SET sub_stream = NULL")
    (address,) = cameras.open_cameras(
        sealed_town, Access("tester", "analyst", "checking a clip"), [camera]
    )
    watched = Watched(address.main)
    watched.stream.start()
    try:
        assert watched.wait_frames(12).pixels.shape == (180, 320, 4)
    finally:
        watched.stream.close()
        assert watched.stream.wait_closed(10)
    assert not any((sealed_town.folder / "media").iterdir())


def test_a_backup_comes_back_whole(sealed_town, sealed_folder, tmp_path, progress):
    file = tmp_path / "town.backup"
    size = districts.backup(sealed_town, file, progress)
    assert size == file.stat().st_size
    counts = places.counts(sealed_town)
    districts.restore(file, tmp_path / "back", progress)
    with districts.open_district(tmp_path / "back") as back:
        assert places.counts(back) == counts
    assert not list(tmp_path.glob(".restore-*"))


def test_a_backup_opens_with_the_passphrase_of_its_day(
    sealed_town, sealed_folder, tmp_path, progress
):
    districts.backup(sealed_town, tmp_path / "town.backup", progress)
    sealing.change_passphrase(sealing.lock_of(sealed_folder), PASSPHRASE, NEW)
    UNLOCKING.ask = refuse_all_but(NEW)
    with pytest.raises(SignInError):
        districts.restore(tmp_path / "town.backup", tmp_path / "back", progress)
    assert not (tmp_path / "back").exists()
    UNLOCKING.ask = refuse_all_but(PASSPHRASE)
    districts.restore(tmp_path / "town.backup", tmp_path / "back", progress)


def refuse_all_but(passphrase):
    def ask(lock: Lock):
        return lock.open(passphrase)

    return ask


@pytest.mark.parametrize("part", [0.0, 0.3, 0.999])
@pytest.mark.parametrize("harm", ["cut", "bit"])
def test_a_backup_that_was_meddled_with_is_refused(sealed_town, tmp_path, progress, part, harm):
    file = tmp_path / "town.backup"
    districts.backup(sealed_town, file, progress)
    content = bytearray(file.read_bytes())
    start = content.index(MAGIC) + 60
    place = start + int((len(content) - start) * part)
    if harm == "cut":
        del content[place:]
    else:
        content[place] ^= 1
    file.write_bytes(content)
    with pytest.raises(InputError, match="changed"):
        districts.restore(file, tmp_path / "back", progress)
    assert not (tmp_path / "back").exists()
    assert not list(tmp_path.glob(".restore-*"))
