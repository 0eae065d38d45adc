"""The window asks for passphrases, says what is wrong in one sentence, and opens what they open."""

import pytest
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit

from mapdesk.app import main
from mapdesk.app.new_dialog import NewDistrictDialog
from mapdesk.app.unlock_dialog import ChangePassphraseDialog, UnlockDialog, ask_in_window
from mapdesk.model.errors import CancelledError
from mapdesk.services import catalogue, districts, sealing
from mapdesk.services.unlocking import UNLOCKING
from mapdesk.store.folder import is_encrypted
from tests.app.conftest import answered, open_desk
from tests.conftest import PASSPHRASE

NEW = "another staple word"


@pytest.fixture
def application(no_leaks):
    return main.make_application([])


@pytest.fixture
def lock(sealed_folder):
    return sealing.lock_of(sealed_folder)


def press(dialog, button=QDialogButtonBox.StandardButton.Ok):
    QTest.mouseClick(dialog.buttons.button(button), Qt.MouseButton.LeftButton)
    answered(dialog)


def test_the_passphrase_opens(application, qtbot, lock, keyring):
    dialog = UnlockDialog(lock)
    qtbot.addWidget(dialog)
    dialog.show()
    QTest.keyClicks(dialog.passphrase, PASSPHRASE)
    dialog.remember.setChecked(True)
    press(dialog)
    assert dialog.result() == dialog.DialogCode.Accepted
    assert lock.key.fits(dialog.vault)
    assert keyring.keys == {lock.key.id: dialog.vault.data_key}


@pytest.mark.parametrize(
    ("language", "said"), [("en", "That is not the passphrase"), ("zh_CN", "口令不正确")]
)
def test_a_wrong_one_is_told_in_a_sentence_and_may_be_typed_again(
    application, qtbot, lock, language, said
):
    catalogue.speak(language)
    try:
        dialog = UnlockDialog(lock)
        qtbot.addWidget(dialog)
        dialog.show()
        QTest.keyClicks(dialog.passphrase, "not the passphrase")
        QTest.keyClick(dialog.passphrase, Qt.Key.Key_Return)
        answered(dialog)
        assert dialog.isVisible()
        assert dialog.problem.isVisible()
        assert dialog.problem.text().startswith(said)
        QTest.keyClicks(dialog.passphrase, PASSPHRASE)
        QTest.keyClick(dialog.passphrase, Qt.Key.Key_Return)
        answered(dialog)
        assert dialog.vault is not None
    finally:
        catalogue.speak("en")


def test_what_is_typed_is_hidden_until_asked_for(application, qtbot, lock):
    dialog = ChangePassphraseDialog(lock)
    qtbot.addWidget(dialog)
    fields = (dialog.old, dialog.new, dialog.again)
    assert {field.echoMode() for field in fields} == {QLineEdit.EchoMode.Password}
    dialog.show_text.setChecked(True)
    assert {field.echoMode() for field in fields} == {QLineEdit.EchoMode.Normal}


def test_a_closed_question_opens_nothing(application, lock):
    def close():
        QApplication.activeModalWidget().reject()

    QTimer.singleShot(0, close)
    with pytest.raises(CancelledError):
        ask_in_window(lock)


def test_the_passphrase_is_changed_in_the_window(application, qtbot, lock, sealed_folder):
    dialog = ChangePassphraseDialog(lock)
    qtbot.addWidget(dialog)
    dialog.show()
    for typed, sentence in (
        ((PASSPHRASE, NEW, NEW + "s"), "differ"),
        ((PASSPHRASE, "short", "short"), "12 characters"),
        ((NEW, NEW, NEW), "not the passphrase"),
    ):
        for field, text in zip((dialog.old, dialog.new, dialog.again), typed, strict=True):
            field.setText(text)
        press(dialog)
        assert sentence in dialog.problem.text()
    dialog.old.setText(PASSPHRASE)
    press(dialog)
    assert dialog.result() == dialog.DialogCode.Accepted
    assert sealing.lock_of(sealed_folder).open(NEW) is not None


def test_a_new_district_can_be_encrypted(application, qtbot, keyring, tmp_path):
    dialog = NewDistrictDialog(None)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.folder.setText(str(tmp_path / "d"))
    dialog.name.setText("Old town")
    assert not dialog.passphrase.isEnabled()
    dialog.encrypt.setChecked(True)
    dialog.passphrase.setText(PASSPHRASE)
    dialog.again.setText(NEW)
    button = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "differ" in dialog.problem.text()
    dialog.again.setText(PASSPHRASE)
    with qtbot.waitSignal(dialog.made, timeout=30_000):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert is_encrypted(tmp_path / "d")
    districts.open_district(tmp_path / "d").close()


def test_a_desk_works_on_an_encrypted_district_and_encrypts_copies(
    application, qtbot, sealed_folder, tmp_path
):
    desk = open_desk(qtbot, sealed_folder)
    try:
        desk.parts.vault.ask_and_encrypt(tmp_path / "copy")
        dialog = QApplication.activeModalWidget()
        dialog.new.setText(NEW)
        dialog.again.setText(NEW)
        press(dialog)
        qtbot.waitUntil(lambda: not desk.jobs.busy, timeout=60_000)
        assert sealing.lock_of(tmp_path / "copy").open(NEW) is not None
        desk.parts.vault.change_passphrase()
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ChangePassphraseDialog)
        dialog.reject()
    finally:
        desk.close()
        desk.wait_closed()
        QApplication.processEvents()
    assert UNLOCKING.lock_of(tmp_path / "copy") is not None
