"""Signing in to the window, locking it, and administering users, with real keys."""

import threading
import time
from dataclasses import replace

import pytest
from PyQt6.QtCore import QPoint, QSettings, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDialog, QInputDialog, QMessageBox

from mapdesk.app import main
from mapdesk.app.actions import ACTIONS
from mapdesk.app.base_map_actions import STEEPER, TERRAIN
from mapdesk.app.code_dialog import CodeDialog
from mapdesk.app.idle import IdleWatch
from mapdesk.app.sign_in_actions import PasswordDialog
from mapdesk.app.sign_in_dialog import SignInDialog
from mapdesk.app.user_dialog import ResetDialog, UserDialog
from mapdesk.app.users_dialog import UsersDialog
from mapdesk.app.window import DeskWindow
from mapdesk.model import codes
from mapdesk.model.access import Access
from mapdesk.model.errors import LockedError, SignInError
from mapdesk.model.rights import ROLES, USER_ROLES
from mapdesk.model.users import Credentials, User
from mapdesk.services import catalogue, districts, signing_in
from mapdesk.store import places
from mapdesk.video.source import StillSource
from tests.app.conftest import answered

LI = Credentials("li", "a quiet harbour at dawn")
WANG = Credentials("wang", "seven boats on the water")
GIVEN = "given by the office"

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def office(town_folder):
    """The town with an administrator and an analyst."""
    with districts.open_district(town_folder) as store:
        signing_in.add_user(store, User("li", "administrator", "李"), LI.password)
        signing_in.add_user(store, User("wang", "analyst", "王敏"), GIVEN)
        signing_in.prove(store, Credentials("wang", GIVEN, "", WANG.password))
    return town_folder


@pytest.fixture
def open_as(qtbot, office, no_leaks, tmp_path):
    """Open the desk as somebody; it is closed at the end."""
    opened = []

    def open_desk(credentials):
        main.make_application([])
        memory = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
        store = districts.open_district(office, credentials)
        window = DeskWindow(store, StillSource, memory=memory)
        opened.append(window)
        window.show()
        qtbot.waitUntil(lambda: window.loaded and not window.jobs.busy, timeout=60_000)
        return window

    yield open_desk
    for window in opened:
        window.close()
        window.wait_closed()
    QApplication.processEvents()


@pytest.fixture
def dialog(qtbot, office):
    """The question of who opens the town."""
    main.make_application([])
    made = SignInDialog(office, "Test town", "")
    qtbot.addWidget(made)
    made.show()
    return made


class Checking:
    """Holds the checks of passwords up until it is told how they end."""

    def __init__(self, check):
        self._check = check
        self._begun, self._may_end = threading.Event(), threading.Event()
        self._refused = False
        self._armed = False
        self.count = 0

    def arm(self):
        self._armed = True

    def __call__(self, *given):
        if not self._armed:
            return self._check(*given)
        self.count += 1
        self._begun.set()
        assert self._may_end.wait(30)
        if self._refused:
            raise SignInError("refused in the test")
        return self._check(*given)

    def wait(self):
        return self._begun.wait(30)

    def go_on(self):
        self._may_end.set()

    def refuse(self):
        self._refused = True
        self._may_end.set()


@pytest.fixture
def checking(office, monkeypatch):
    """Passwords whose check takes as long as the test wants."""
    made = Checking(signing_in.prove)
    monkeypatch.setattr(signing_in, "prove", made)
    yield made
    made.go_on()


def enter(field, text):
    """Type into a field and press Enter."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    answered(field)


def sign_in(form, credentials):
    QTest.keyClicks(form.user, credentials.user)
    enter(form.password, credentials.password)


# ---------------------------------------------------------------------------- before the window


def test_enter_signs_in(dialog, qtbot):
    with qtbot.waitSignal(dialog.signed_in) as signed:
        sign_in(dialog.form, WANG)
    store = signed.args[0]
    assert store.identity == Access("wang", "analyst")
    assert not dialog.isVisible()
    assert dialog.form.password.text() == ""
    store.close()


def test_a_wrong_password_is_one_sentence_and_selected(dialog):
    sign_in(dialog.form, replace(WANG, password="not the password"))
    assert dialog.isVisible()
    assert "wrong" in dialog.form.message.text()
    assert dialog.form.password.hasSelectedText()


def test_one_enter_is_one_attempt(dialog):
    attempts = []
    dialog.form.entered.connect(attempts.append)
    sign_in(dialog.form, replace(WANG, password="not the password"))
    enter(dialog.form.password, "not the password either")
    QTest.mouseClick(dialog.form.button, Qt.MouseButton.LeftButton)
    answered(dialog)
    assert len(attempts) == 3


def test_the_dialog_is_busy_while_a_password_is_checked(dialog, checking):
    form = dialog.form
    checking.arm()
    QTest.keyClicks(form.user, WANG.user)
    QTest.keyClicks(form.password, WANG.password)
    QTest.keyClick(form.password, Qt.Key.Key_Return)
    assert checking.wait()
    assert form.button.text() == "Checking…"
    assert not form.button.isEnabled()
    QTest.keyClicks(form.password, "typed too late")
    QTest.keyClick(form.password, Qt.Key.Key_Return)
    assert form.password.text() == WANG.password
    checking.refuse()
    answered(dialog)
    assert form.button.text() == "Sign in"
    assert form.message.text() == "refused in the test"
    assert checking.count == 1


def test_a_sign_in_closed_while_it_is_checked_opens_nothing(dialog, checking, qtbot, office):
    checking.arm()
    QTest.keyClicks(dialog.form.user, WANG.user)
    QTest.keyClicks(dialog.form.password, WANG.password)
    QTest.keyClick(dialog.form.password, Qt.Key.Key_Return)
    assert checking.wait()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    with qtbot.assertNotEmitted(dialog.signed_in):
        checking.go_on()
        answered(dialog)
    districts.open_district(office, WANG).close()


def test_the_locked_desk_is_worked_while_the_password_is_checked(open_as, checking):
    window = open_as(WANG)
    window.guard.lock()
    form = window.guard.screen.form
    checking.arm()
    QTest.keyClicks(form.password, WANG.password)
    QTest.keyClick(form.password, Qt.Key.Key_Return)
    assert checking.wait()
    assert form.button.text() == "Checking…"
    assert window.guard.screen is not None
    checking.go_on()
    answered(window)
    assert window.guard.screen is None


def test_enter_without_a_password_asks_nobody(dialog):
    enter(dialog.form.user, "wang")
    assert dialog.form.message.text() == ""
    assert dialog.focusWidget() is dialog.form.password


def test_a_locked_name_counts_down(dialog, qtbot):
    for _ in range(5):
        dialog.form.user.clear()
        dialog.form.password.clear()
        sign_in(dialog.form, replace(WANG, password="not the password"))
    assert "15:00" in dialog.form.message.text()
    qtbot.waitUntil(lambda: "14:5" in dialog.form.message.text(), timeout=10_000)


def test_the_end_of_a_lock_is_told(dialog, qtbot):
    dialog.form.refuse(LockedError("locked", 1.0))
    qtbot.waitUntil(lambda: "over" in dialog.form.message.text(), timeout=10_000)


def test_a_first_password_is_changed_in_the_same_window(dialog, qtbot, office):
    with districts.open_district(office, LI) as store:
        signing_in.reset_password(store, "wang", "for one morning")
    form = dialog.form
    sign_in(form, Credentials("wang", "for one morning"))
    assert form.new_password.isVisible()
    QTest.keyClicks(form.new_password, "a brand new sentence")
    enter(form.again, "another sentence")
    assert "differ" in form.message.text()
    with qtbot.waitSignal(dialog.signed_in) as signed:
        enter(form.again, "a brand new sentence")
    signed.args[0].close()


def test_a_code_is_asked_for_when_it_is_due(dialog, qtbot, office):
    secret = codes.new_secret()
    step = int(time.time() // codes.STEP)
    with districts.open_district(office, WANG) as store:
        signing_in.set_own_code(store, secret, codes.code_at(secret, step - 1))
    assert not dialog.form.code.isVisible()
    sign_in(dialog.form, WANG)
    assert dialog.form.code.isVisible()
    enter(dialog.form.code, "12345")
    assert "wrong" in dialog.form.message.text()
    with qtbot.waitSignal(dialog.signed_in) as signed:
        enter(dialog.form.code, codes.code_at(secret, int(time.time() // codes.STEP)))
    signed.args[0].close()


def test_a_district_with_users_asks_before_its_window_opens(qtbot, office, no_leaks):
    main.make_application([])
    assert main.ask_and_open(office, Credentials("wang", "")) is None
    (asked,) = main._ASKING
    assert asked.form.user.text() == "wang"
    enter(asked.form.password, WANG.password)
    (window,) = main._WINDOWS
    assert window.store.identity.user == "wang"
    assert main._ASKING == []
    assert main.ask_and_open(office) is window
    qtbot.waitUntil(lambda: window.loaded and not window.jobs.busy, timeout=60_000)
    window.close()
    window.wait_closed()
    QApplication.processEvents()


def test_known_credentials_ask_nothing_and_wrong_ones_do(qtbot, office, no_leaks):
    main.make_application([])
    assert main.ask_and_open(office, replace(WANG, password="not the password")) is None
    (asked,) = main._ASKING
    assert "wrong" in asked.form.message.text()
    asked.reject()
    assert main._ASKING == []
    window = main.ask_and_open(office, WANG)
    qtbot.waitUntil(lambda: window.loaded and not window.jobs.busy, timeout=60_000)
    window.close()
    window.wait_closed()
    QApplication.processEvents()


# ---------------------------------------------------------------------------- rights


@pytest.mark.parametrize("role", USER_ROLES)
def test_actions_are_as_wide_as_the_role(open_as, role):
    window = open_as(WANG)
    window.store.identity = Access("wang", role)
    window.guard.refresh()
    for action in ACTIONS:
        qt_action = window.actions_table.qt[action.id]
        if action.id in (TERRAIN, STEEPER):
            continue  # there is none in this district
        may = action.right is None or action.right in ROLES[role].rights
        assert qt_action.isEnabled() == may, action.id
        if not may:
            able = [ROLES[key].title for key in USER_ROLES if action.right in ROLES[key].rights]
            assert qt_action.toolTip() == f"Only for: {', '.join(able)}"


def test_a_disabled_action_is_run_by_nothing(open_as):
    window = open_as(WANG)
    window.commands.run_id("file.users")
    assert window.findChildren(QDialog) == []
    offered = [command for command, _title, _keys in window.actions_table.commands()]
    assert "file.users" not in offered
    assert "file.lock" in offered


def test_the_window_says_who_is_signed_in_in_both_languages(open_as):
    window = open_as(WANG)
    assert window.status.user.text() == "wang · Analyst"
    catalogue.speak("zh_CN")
    assert window.status.user.text() == "wang · 分析员"
    assert "仅限：管理员" in window.actions_table.qt["file.users"].toolTip()
    catalogue.speak("en")


# ---------------------------------------------------------------------------- lock


def press(window, action):
    """Press an action's keys. Windows are not active off screen, so it is triggered itself."""
    window.actions_table.qt[action].trigger()


def test_lock_hides_everything_and_the_password_brings_it_back(open_as, qtbot):
    window = open_as(WANG)
    window.docks["Layers"].hide()
    window.commands.set_purpose("fire drill")
    before = window.grab().toImage()
    press(window, "file.lock")
    screen = window.guard.screen
    assert screen.isVisible() and screen.geometry() == window.rect()
    hidden = [window.map, window.card_panel, window.search_panel, window.menuBar()]
    assert not any(part.isVisible() for part in hidden)
    assert not any(action.isEnabled() for action in window.actions_table.qt.values())
    assert not any(action.isEnabled() for action in window.plugins.actions.values())
    window.resize(window.width() - 90, window.height() - 60)
    assert screen.geometry() == window.rect()
    window.resize(window.width() + 90, window.height() + 60)
    enter(screen.form.password, "not the password")
    assert "wrong" in screen.form.message.text()
    assert window.guard.screen is screen
    enter(screen.form.password, WANG.password)
    assert window.guard.screen is None
    assert all(part.isVisible() for part in hidden)
    assert not window.docks["Layers"].isVisible()
    assert window.docks["Search"].isVisible()
    assert window.session.access == Access("wang", "analyst"), "the purpose is forgotten by lock"
    assert window.actions_table.qt["file.import"].isEnabled() is False
    assert window.actions_table.qt["select.streams"].isEnabled()
    qtbot.waitUntil(lambda: window.grab().toImage().size() == before.size())


def test_nobody_else_unlocks(open_as):
    window = open_as(WANG)
    window.guard.lock()
    form = window.guard.screen.form
    assert form.user.isReadOnly()
    enter(form.password, LI.password)
    assert window.guard.screen is not None


def test_a_lock_closes_streams_and_dialogs(open_as, qtbot):
    window = open_as(WANG)
    window.commands.set_purpose("fire drill")
    window.commands.open_streams([places.features(window.store, "camera").ids[0]])
    qtbot.waitUntil(lambda: len(window.walls) == 1, timeout=30_000)
    window.commands.show_about()
    window.guard.lock()
    assert window.walls == []
    assert not any(dialog.isVisible() for dialog in window.findChildren(QDialog))


def test_a_desk_closed_while_locked_remembers_its_layout(open_as):
    window = open_as(WANG)
    window.docks["Layers"].hide()
    window.guard.lock()
    window.close()
    window.wait_closed()
    again = open_as(WANG)
    assert again.docks["Search"].isVisible()
    assert not again.docks["Layers"].isVisible()


def test_without_users_there_is_nothing_to_unlock_with(desk):
    press(desk, "file.lock")
    assert desk.guard.screen is None
    assert "no users" in desk.messages.label.text()


class Clock:
    """A clock that tests set."""

    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def watch(qtbot):
    main.make_application([])
    clock = Clock()
    made = IdleWatch(600.0, QApplication.instance(), clock)
    made.begin()
    yield made, clock
    made.end()
    made.deleteLater()


def test_keys_and_mouse_keep_the_desk_open(watch, dialog, qtbot):
    made, clock = watch
    for act in (
        lambda: QTest.keyClick(dialog.form.user, Qt.Key.Key_A),
        lambda: QTest.mouseClick(dialog.form.button, Qt.MouseButton.LeftButton),
        lambda: QTest.mouseMove(dialog.form.button, QPoint(3, 3)),
    ):
        clock.seconds += 500
        act()
        clock.seconds += 500
        assert not made.check()
        QTest.keyClick(dialog.form.user, Qt.Key.Key_A)
    clock.seconds += 600
    with qtbot.waitSignal(made.expired):
        assert made.check()


def test_the_key_that_comes_too_late_is_swallowed(watch, dialog, qtbot):
    made, clock = watch
    clock.seconds += 601
    with qtbot.waitSignal(made.expired):
        QTest.keyClick(dialog.form.user, Qt.Key.Key_A)
    assert dialog.form.user.text() == ""
    QTest.keyClick(dialog.form.user, Qt.Key.Key_A)
    assert dialog.form.user.text() == "a"


def test_an_idle_desk_locks_itself(open_as):
    window = open_as(WANG)
    window.guard.watch.expired.emit()
    assert window.guard.screen is not None


# ---------------------------------------------------------------------------- users


def test_the_first_user_makes_the_owner_an_administrator(desk, qtbot):
    press(desk, "file.users")
    dialog = desk.findChild(UsersDialog)
    assert dialog.empty.isVisible()
    QTest.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    form = dialog.findChild(UserDialog)
    QTest.keyClicks(form.name, "li")
    QTest.keyClicks(form.password, LI.password)
    enter(form.again, "something else")
    assert "differ" in form.problem.text()
    enter(form.again, LI.password)
    assert desk.store.identity == Access("li", "administrator")
    assert desk.status.user.text() == "li · Administrator"
    assert not desk.actions_table.qt["file.import"].isEnabled()
    assert not desk.purpose.isEnabled()
    assert not dialog.empty.isVisible()
    dialog.accept()


def test_users_are_added_changed_and_removed(open_as, office):
    window = open_as(LI)
    press(window, "file.users")
    dialog = window.findChild(UsersDialog)
    QTest.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    form = dialog.findChild(UserDialog)
    given = form.password.text()
    assert len(given) >= 10
    form.role.setCurrentIndex(form.role.findData("worker"))
    form.areas.list.item(0).setCheckState(Qt.CheckState.Checked)
    enter(form.name, "li")
    assert "already" in form.problem.text()
    form.name.clear()
    enter(form.name, "chen")
    assert [user.name for user in dialog._users] == ["chen", "li", "wang"]
    assert len(dialog._users[0].areas) == 1
    dialog.table.selectRow(2)
    QTest.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    reset = dialog.findChild(ResetDialog)
    enter(reset.password, "for one morning")
    assert dialog._users[2].is_provisional
    dialog.table.selectRow(1)
    QTest.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    dialog.findChild(QMessageBox).accept()
    assert "last administrator" in dialog.problem.text()
    dialog.table.selectRow(2)
    QTest.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    dialog.findChildren(QMessageBox)[-1].accept()
    assert [user.name for user in dialog._users] == ["chen", "li"]
    dialog.accept()
    window.close()
    window.wait_closed()
    with pytest.raises(SignInError):
        districts.open_district(office, WANG)
    new = Credentials("chen", given, "", "a sentence of my own")
    with districts.open_district(office, new) as store:
        assert store.identity.role == "worker"


def test_a_user_is_changed_and_grids_are_found_by_typing(open_as):
    window = open_as(LI)
    press(window, "file.users")
    dialog = window.findChild(UsersDialog)
    dialog.table.selectRow(1)
    QTest.mouseClick(dialog.change, Qt.MouseButton.LeftButton)
    form = dialog.findChild(UserDialog)
    name = form.areas.list.item(3).text()
    shown = form.areas.list
    form.areas.text.setText(name)
    visible = [row for row in range(shown.count()) if not shown.item(row).isHidden()]
    assert 3 in visible and len(visible) < shown.count()
    form.role.setCurrentIndex(form.role.findData("auditor"))
    form.active.setChecked(False)
    enter(form.title, "Little Wang")
    assert dialog._users[1].role == "auditor"
    assert dialog._users[1].title == "Little Wang"
    assert dialog._users[1].active is False
    dialog.accept()


def test_ones_own_password_is_changed_in_the_window(open_as, office):
    window = open_as(WANG)
    press(window, "file.password")
    dialog = window.findChild(PasswordDialog)
    QTest.keyClicks(dialog.form.password, WANG.password)
    QTest.keyClicks(dialog.form.new_password, "a brand new sentence")
    enter(dialog.form.again, "a brand new sentence")
    assert not dialog.isVisible()
    window.close()
    window.wait_closed()
    with districts.open_district(office, replace(WANG, password="a brand new sentence")):
        pass


def test_a_code_is_set_up_in_the_window(open_as, office, qtbot):
    window = open_as(WANG)
    press(window, "file.code")
    dialog = window.findChild(CodeDialog)
    secret = dialog.secret
    enter(dialog.code, "12345")
    qtbot.waitUntil(lambda: "not the code" in dialog.problem.text())
    enter(dialog.code, codes.code_at(secret, int(time.time() // codes.STEP)))
    qtbot.waitUntil(lambda: not dialog.isVisible())
    with districts.open_district(office, LI) as store:
        (wang,) = (user for user in signing_in.all_users(store) if user.name == "wang")
        assert wang.has_code


def test_minutes_before_the_lock_are_chosen_and_remembered(open_as):
    window = open_as(WANG)
    assert window.guard.minutes == 10
    press(window, "file.idle")
    dialog = window.findChild(QInputDialog)
    assert (dialog.intMinimum(), dialog.intMaximum(), dialog.intValue()) == (1, 60, 10)
    dialog.setIntValue(3)
    dialog.accept()
    assert window.guard.watch.limit == 180
    assert "3 min" in window.messages.label.text()
    window.close()
    assert open_as(WANG).guard.watch.limit == 180


def test_minutes_that_somebody_wrote_by_hand_are_kept_in_bounds(open_as):
    window = open_as(WANG)
    for kept, minutes in (("0", 1), ("999", 60), ("soon", 10), ("2.4", 2)):
        window.settings.setValue("idle_minutes", kept)
        assert window.guard.minutes == minutes
