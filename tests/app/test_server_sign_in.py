"""Signing in to a district on a server, locking its desk and administering its users, with real keys."""

import time
from dataclasses import replace

import pytest
from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QInputDialog, QMessageBox

from mapdesk.app import main
from mapdesk.app.code_dialog import CodeDialog
from mapdesk.app.sign_in_actions import PasswordDialog
from mapdesk.app.sign_in_dialog import SignInDialog
from mapdesk.app.user_dialog import ResetDialog, UserDialog
from mapdesk.app.users_dialog import UsersDialog
from mapdesk.app.window import DeskWindow
from mapdesk.formats import qr_code
from mapdesk.model import codes
from mapdesk.model.users import Credentials, User
from mapdesk.services import districts, signing_in
from mapdesk.video.source import StillSource
from tests.app.test_sign_in import enter, press, sign_in
from tests.server_town import OWNER, Town, new_database

LI = Credentials("li", "a quiet harbour at dawn")
WANG = Credentials("wang", "seven boats on the water")
GIVEN = "given by the office"
WAIT = 30_000


@pytest.fixture(scope="module")
def office(postgres):
    """An empty district on a server with an administrator and an analyst."""
    town = Town(postgres, new_database(postgres), "", [])
    with districts.create_district(town.url(OWNER), "Office", "EPSG:32650") as store:
        signing_in.add_user(store, User("li", "administrator"), LI.password)
    place = f"postgresql:///{town.database}?host={postgres.socket}"
    with districts.open_district(place, LI) as store:
        signing_in.add_user(store, User("wang", "analyst", "王敏"), GIVEN)
    districts.open_district(
        place, replace(WANG, password=GIVEN, new_password=WANG.password)
    ).close()
    return place


@pytest.fixture
def open_as(qtbot, office, no_leaks, tmp_path):
    """Open the desk as somebody; it is closed at the end."""
    opened = []

    def open_desk(credentials):
        main.make_application([])
        memory = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
        window = DeskWindow(
            districts.open_district(office, credentials), StillSource, memory=memory
        )
        opened.append(window)
        window.show()
        qtbot.waitUntil(lambda: window.loaded and not window.jobs.busy, timeout=60_000)
        return window

    yield open_desk
    for window in opened:
        window.close()
        window.wait_closed()


@pytest.fixture
def dialog(qtbot, office):
    main.make_application([])
    made = SignInDialog(office, "Office", "")
    qtbot.addWidget(made)
    made.show()
    yield made
    made.reject()


def settled(qtbot, form):
    """Wait until the server has said yes or no."""
    qtbot.waitUntil(form.button.isEnabled, timeout=WAIT)


def test_the_name_alone_signs_in_off_the_windows_thread(dialog, qtbot):
    sign_in(dialog.form, replace(WANG, password="not the password"))
    settled(qtbot, dialog.form)
    assert "does not accept" in dialog.form.message.text()
    with qtbot.waitSignal(dialog.signed_in, timeout=WAIT) as signed:
        enter(dialog.form.password, WANG.password)
    store = signed.args[0]
    assert signing_in.name_of(store) == "wang"
    store.close()


def test_a_server_that_is_gone_is_one_sentence(qtbot):
    main.make_application([])
    dialog = SignInDialog("postgresql:///office?host=/nowhere", "Office", "")
    qtbot.addWidget(dialog)
    dialog.show()
    sign_in(dialog.form, WANG)
    settled(qtbot, dialog.form)
    assert "see that the server runs" in dialog.form.message.text()
    dialog.reject()


def test_an_address_without_a_user_asks_and_opens(qtbot, office, no_leaks, open_as):
    window = open_as(LI)
    press(window, "file.open_server")
    asked = window.findChild(QInputDialog)
    asked.setTextValue(office)
    asked.accept()
    (dialog,) = main._ASKING
    assert "postgresql:///" in dialog.windowTitle()
    sign_in(dialog.form, WANG)
    qtbot.waitUntil(lambda: bool(main._WINDOWS), timeout=WAIT)
    (opened,) = main._WINDOWS
    qtbot.waitUntil(lambda: opened.loaded and not opened.jobs.busy, timeout=60_000)
    assert opened.status.user.text() == "wang · Analyst"
    opened.close()
    opened.wait_closed()


def test_an_address_that_is_none_is_told(open_as):
    window = open_as(LI)
    window.commands.open_other("nonsense")
    assert "no URL of a database" in window.messages.label.text()


def test_a_locked_desk_opens_to_its_user_alone(open_as, qtbot):
    window = open_as(WANG)
    press(window, "file.lock")
    form = window.guard.screen.form
    assert form.user.text() == "wang"
    enter(form.password, LI.password)
    settled(qtbot, form)
    assert "does not accept" in form.message.text()
    enter(form.password, WANG.password)
    qtbot.waitUntil(lambda: window.guard.screen is None, timeout=WAIT)
    assert window.store.identity.role == "analyst"


def test_users_of_a_server_are_administered_in_the_window(open_as, office, qtbot):
    window = open_as(LI)
    press(window, "file.users")
    dialog = window.findChild(UsersDialog)

    def names():
        return [user.name for user in dialog._users]

    qtbot.waitUntil(lambda: names() == ["li", "wang"], timeout=WAIT)
    QTest.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    form = dialog.findChild(UserDialog)
    given = form.password.text()
    form.role.setCurrentIndex(form.role.findData("planner"))
    enter(form.name, "li")
    qtbot.waitUntil(lambda: "already" in form.problem.text(), timeout=WAIT)
    form.name.clear()
    enter(form.name, "chen")
    qtbot.waitUntil(lambda: names() == ["chen", "li", "wang"], timeout=WAIT)
    assert dialog.table.item(0, 4).text() == "first password"
    dialog.table.selectRow(0)
    QTest.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    reset = dialog.findChild(ResetDialog)
    enter(reset.password, "for one morning")
    qtbot.waitUntil(lambda: not reset.isVisible(), timeout=WAIT)
    new = Credentials("chen", "for one morning", "", "a sentence of my own")
    assert given != new.password
    with districts.open_district(office, new) as store:
        assert store.identity.role == "planner"
    qtbot.waitUntil(lambda: not window.jobs.busy, timeout=WAIT)
    dialog.table.selectRow(1)
    QTest.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    dialog.findChild(QMessageBox).accept()
    qtbot.waitUntil(lambda: "their own role" in dialog.problem.text(), timeout=WAIT)
    dialog.table.selectRow(0)
    QTest.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    dialog.findChildren(QMessageBox)[-1].accept()
    qtbot.waitUntil(lambda: names() == ["li", "wang"], timeout=WAIT)
    dialog.accept()


def test_ones_own_password_is_changed(open_as, office, qtbot):
    window = open_as(WANG)
    for old, new in (
        (WANG.password, "a brand new sentence"),
        ("a brand new sentence", WANG.password),
    ):
        press(window, "file.password")
        dialog = window.findChildren(PasswordDialog)[-1]
        QTest.keyClicks(dialog.form.password, old)
        QTest.keyClicks(dialog.form.new_password, new)
        enter(dialog.form.again, new)
        qtbot.waitUntil(lambda asked=dialog: not asked.isVisible(), timeout=WAIT)
        with districts.open_district(office, replace(WANG, password=new)):
            pass


def test_a_code_is_set_up_in_the_window_and_asked_for(open_as, office, qtbot, dialog):
    window = open_as(WANG)
    press(window, "file.code")
    asked = window.findChild(CodeDialog)
    secret = asked.secret
    assert asked.key.text().replace(" ", "") == secret
    assert asked.address.text().startswith("otpauth://totp/mapdesk%20Office%3Awang")
    drawn, rows = asked.picture.pixmap().toImage(), qr_code.squares(asked.address.text())
    square = drawn.width() // len(rows)
    seen = [
        [
            drawn.pixelColor(x * square + 1, y * square + 1).lightness() < 128
            for x in range(len(rows))
        ]
        for y in range(len(rows))
    ]
    assert seen == rows
    enter(asked.code, "12345")
    qtbot.waitUntil(lambda: bool(asked.problem.text()), timeout=WAIT)
    assert "not the code" in asked.problem.text()
    enter(asked.code, codes.code_at(secret, int(time.time() // codes.STEP) - 1))
    qtbot.waitUntil(lambda: not asked.isVisible(), timeout=WAIT)
    assert asked.key.text() == asked.secret == ""
    assert asked.picture.pixmap().isNull()
    sign_in(dialog.form, WANG)
    settled(qtbot, dialog.form)
    assert dialog.form.code.isVisible()
    with qtbot.waitSignal(dialog.signed_in, timeout=WAIT) as signed:
        enter(dialog.form.code, codes.code_at(secret, int(time.time() // codes.STEP)))
    signed.args[0].close()
    with districts.open_district(office, LI) as store:
        signing_in.clear_code(store, "wang")
