"""Copying a district and publishing its statistics from the window."""

from PyQt6.QtWidgets import QInputDialog

from mapdesk.services import districts
from mapdesk.store import published
from mapdesk.store.scope import local_today
from tests.app.conftest import answered
from tests.app.test_sign_in import press


def test_a_district_is_copied_to_a_new_folder(desk, tmp_path):
    press(desk, "file.copy")
    asked = desk.findChild(QInputDialog)
    asked.setTextValue(str(tmp_path / "copy"))
    asked.accept()
    answered(desk)
    assert "rows copied and compared" in desk.messages.label.text()
    with districts.open_district(tmp_path / "copy") as copy:
        assert districts.describe(copy).counts == districts.describe(desk.store).counts


def test_a_place_that_is_taken_is_refused(desk, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    for typed, said in (("  ", "where the copy"), (str(tmp_path / "full"), "not empty")):
        press(desk, "file.copy")
        asked = desk.findChildren(QInputDialog)[-1]
        asked.setTextValue(typed)
        asked.accept()
        answered(desk)
        assert said in desk.messages.label.text()


def test_statistics_are_published_from_the_window(desk):
    press(desk, "file.publish")
    answered(desk)
    assert "Published the statistics of" in desk.messages.label.text()
    assert published.statistics_for(desk.store, local_today())[""].people == 3000
