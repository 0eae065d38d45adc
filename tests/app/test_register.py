"""The register in the window: brought in, looked through, corrected and undone, with real keys and clicks."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from mapdesk.app.register_model import TICK
from mapdesk.model.language import LANGUAGE
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, register_import
from mapdesk.store import people, places, staging
from mapdesk.store.schema import TABLES

PERSON = TABLES["person"]


@pytest.fixture
def heads(desk):
    """Heads of households of different units."""
    query = sa.select(PERSON).where(PERSON.c.relation == "head").order_by(PERSON.c.id).limit(20)
    with desk.store.connect() as connection:
        found = [dict(row) for row in connection.execute(query).mappings()]
    return list({row["unit_id"]: row for row in found}.values())


@pytest.fixture
def file(tmp_path, heads):
    """One changed person, two newcomers, a doubt and a row without a name."""
    path = tmp_path / "五月.csv"
    known = heads[0]
    path.write_text(
        "姓名,身份证号,电话,地址\n"
        f"{known['name']},{known['identity_number']},13800001111,\n"
        "新来的,,13800002222,不存在路99999号9栋9单元909室\n"
        "甲某,,13800003333,\n"
        "乙某,,13800005555,\n"
        ",,13800004444,\n",
        encoding="gb18030",
    )
    return path


@pytest.fixture
def wizard(hand):
    hand.shortcut("file.register")
    made = hand.desk.parts.register.dialog
    yield made
    if hand.desk.parts.register.dialog is made:
        made.close()
    hand.settled()


def staged(hand, wizard, file):
    """Go through the wizard to the change list."""
    hand.type(wizard.files.file, str(file))
    hand.press_button(wizard.next)
    hand.settled()
    hand.press_button(wizard.read)
    hand.settled()
    assert wizard.pages.currentWidget() is wizard.changes
    return wizard.changes


def choose(hand, changes, status):
    hand.press_button(changes.filters[status])
    assert changes.model.status == status
    changes.view.grab()
    hand.settled()


def test_one_row_is_accepted_a_doubt_settled_and_all_undone(hand, wizard, file, heads):
    store, register = hand.desk.store, hand.desk.parts.register
    changes = staged(hand, wizard, file)
    assert [changes.counts[one] for one in ("new", "changed", "doubtful", "refused")] == [
        2,
        1,
        1,
        1,
    ]
    choose(hand, changes, "refused")
    assert "has no name" in changes.model.data(changes.model.index(0, 4))
    choose(hand, changes, "doubtful")
    assert changes.review.name.text() == "新来的"
    assert not changes.review.settle.isEnabled()
    hand.type(changes.review.field.text, heads[1]["unit_id"])
    changes.review.field.text.textEdited.emit(heads[1]["unit_id"])
    hand.qtbot.waitUntil(lambda: bool(changes.review.unit), timeout=10_000)
    hand.press_button(changes.review.settle)
    hand.settled()
    assert (changes.counts["doubtful"], changes.counts["new"]) == (0, 3)
    choose(hand, changes, "changed")
    text = changes.model.data(changes.model.index(0, 4))
    assert "→ 13800001111" in text
    changes.view.selectRow(0)
    QTest.keyClick(changes.view, Qt.Key.Key_Space)
    assert changes.ticked.text() == "1 rows ticked"
    hand.press_button(wizard.accept_ticked)
    hand.settled()
    assert people.person(store, heads[0]["id"])["phone"] == "13800001111"
    assert changes.counts["new"] == 3
    hand.press_button(wizard.keep)
    assert [one["title"] for one in staging.waiting(store)] == ["五月.csv"]
    hand.shortcut("register.undo")
    hand.settled()
    assert people.person(store, heads[0]["id"])["phone"] == heads[0]["phone"]
    hand.shortcut("register.redo")
    hand.settled()
    assert people.person(store, heads[0]["id"])["phone"] == "13800001111"
    assert (len(register.done), register.undone) == (1, [])


def test_what_waits_is_gone_on_with_and_accepted_but_for_one(hand, wizard, file):
    store, access = hand.desk.store, hand.desk.session.access
    changes = staged(hand, wizard, file)
    hand.press_button(wizard.keep)
    hand.shortcut("file.waiting")
    hand.settled()
    hand.press_button(hand.desk.parts.register.dialog.go_on)
    again = hand.desk.parts.register.dialog
    changes = again.changes
    choose(hand, changes, "new")
    hand.press_button(changes.all)
    assert changes.model.ticks.whole == {"new"}
    changes.model.setData(
        changes.model.index(0, TICK), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole
    )
    left = changes.model.row(0)["id"]
    hand.press_button(again.accept_ticked)
    hand.settled()
    assert people.person(store, left) is None
    (row,) = register_import.waiting_rows(store, access, changes.batch_id, "new")
    assert row["id"] == left
    choose(hand, changes, "doubtful")
    hand.press_button(changes.review.drop)
    hand.settled()
    assert changes.counts["doubtful"] == 0
    hand.press_button(again.accept_all)
    hand.settled()
    assert people.person(store, left) is not None
    assert staging.waiting(store) == []
    assert hand.desk.parts.register.dialog is None


def test_a_dropped_file_is_looked_at_and_its_mapping_remembered(hand, wizard, file):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    wizard.files.dropEvent(
        QDropEvent(
            QPointF(QPoint(9, 9)),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    hand.settled()
    page = wizard.columns
    assert wizard.pages.currentWidget() is page
    assert page.mapping()["姓名"] == "name"
    assert page.table.item(1, 0).text()
    page.choices[0].setCurrentIndex(0)
    assert not wizard.read.isEnabled()
    page.choices[0].setCurrentIndex(page.choices[0].findData("name"))
    page.choices[2].setCurrentIndex(0)
    hand.press_button(wizard.read)
    hand.settled()
    _shown, mapping = register_import.look(hand.desk.store, file)
    assert "电话" not in mapping


def test_a_bad_file_is_refused_in_a_sentence_and_stopping_leaves_nothing(hand, wizard, file):
    hand.type(wizard.files.file, "nowhere.csv")
    hand.press_button(wizard.next)
    hand.settled()
    assert "nowhere.csv" in wizard.problem.text()
    wizard.take_file(file)
    hand.settled()
    wizard._stage()
    hand.press_button(wizard.work.stop)
    hand.settled()
    assert wizard.problem.text() == "Stopped; nothing was changed."
    hand.desk.jobs.close()
    assert staging.waiting(hand.desk.store) == []


def test_a_form_checks_refuses_and_tells_of_conflicts(hand, heads):
    desk, one = hand.desk, heads[0]
    desk.asking.card(Ref("person", one["id"]))
    hand.settled()
    hand.shortcut("register.edit")
    form = desk.parts.register.dialog
    hand.settled()
    phone = form.editors["phone"]
    assert phone.text() == one["phone"]
    phone.clear()
    hand.type(phone, "call me")
    hand.press_button(form.save)
    assert "no phone number" in form.problems["phone"].text()
    phone.clear()
    hand.type(phone, "13900009999")
    form.editors["sex"].setCurrentIndex(form.editors["sex"].findData(_other(one["sex"])))
    hand.press_button(form.save)
    hand.settled()
    assert "identity number" in form.problems["sex"].text()
    form.editors["sex"].setCurrentIndex(form.editors["sex"].findData(one["sex"]))
    access = desk.session.access
    correcting.correct(desk.store, access, form.ref, one, {"phone": "13700007777"})
    hand.press_button(form.save)
    hand.settled()
    assert form.problems["phone"].text() == "yours: 13900009999; now: 13700007777"
    assert not form.save.isEnabled()
    hand.press_button(form.mine)
    hand.settled()
    assert people.person(desk.store, one["id"])["phone"] == "13900009999"
    hand.shortcut("register.undo")
    hand.settled()
    assert people.person(desk.store, one["id"])["phone"] == "13700007777"


def _other(sex):
    return "male" if sex == "female" else "female"


def test_a_household_moves_and_units_are_split_and_joined(hand, heads):
    desk, one, other = hand.desk, heads[0], heads[1]
    store = desk.store
    desk.asking.card(Ref("person", one["id"]))
    hand.settled()
    hand.shortcut("register.move")
    move = desk.parts.register.dialog
    building = places.row(store, "building", other["building_id"])
    unit = places.row(store, "unit", other["unit_id"])
    hand.type(move.field.text, f"{building['address']} {unit['stair'] or ''} {unit['room']}")
    hand.qtbot.waitUntil(lambda: bool(move.field.found.count()), timeout=10_000)
    move.field.found.setCurrentRow(0)
    wanted = move.field.unit_id
    hand.press_button(move.do)
    hand.settled()
    assert people.person(store, one["id"])["unit_id"] == wanted != one["unit_id"]
    hand.shortcut("register.split")
    split = desk.parts.register.dialog
    hand.settled()
    hand.type(split.room, "9999")
    hand.press_button(split.do)
    hand.settled()
    made = places.where(store, "unit", "room", ["9999"])
    assert [row["building_id"] for row in made] == [building["id"]]
    hand.shortcut("register.join")
    join = desk.parts.register.dialog
    hand.settled()
    texts = [join.others.item(row).text() for row in range(join.others.count())]
    join.others.setCurrentRow(next(at for at, text in enumerate(texts) if "9999" in text))
    hand.press_button(join.do)
    hand.settled()
    assert places.where(store, "unit", "room", ["9999"]) == []


def slow(monkeypatch, name):
    """Let a function of `correcting` wait until the event that is returned is set."""
    go, work = threading.Event(), getattr(correcting, name)

    def slowly(*given):
        assert go.wait(10)
        return work(*given)

    monkeypatch.setattr(correcting, name, slowly)
    return go


def typed(hand, one, phone):
    """Type a phone of a person in the form that edits them, and return the form."""
    hand.desk.asking.card(Ref("person", one["id"]))
    hand.settled()
    hand.shortcut("register.edit")
    form = hand.desk.parts.register.dialog
    hand.settled()
    form.editors["phone"].clear()
    hand.type(form.editors["phone"], phone)
    return form


def test_a_form_closed_while_it_is_saved_is_written_and_undone(hand, heads, monkeypatch):
    desk, one = hand.desk, heads[0]
    form = typed(hand, one, "13900009999")
    go = slow(monkeypatch, "correct")
    hand.press_button(form.save)
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert not form.isVisible()
    go.set()
    hand.settled()
    assert people.person(desk.store, one["id"])["phone"] == "13900009999"
    assert desk.parts.register.dialog is None
    hand.shortcut("register.undo")
    hand.settled()
    assert people.person(desk.store, one["id"])["phone"] == one["phone"]


def test_a_form_closed_while_it_is_saved_comes_back_where_that_fails(hand, heads, monkeypatch):
    desk, one = hand.desk, heads[0]
    form = typed(hand, one, "13900009999")
    correcting.correct(desk.store, desk.session.access, form.ref, one, {"phone": "13700007777"})
    go = slow(monkeypatch, "correct")
    hand.press_button(form.save)
    QTest.keyClick(form, Qt.Key.Key_Escape)
    go.set()
    hand.settled()
    assert form.isVisible() and "13700007777" in form.problems["phone"].text()
    form.reject()
    assert desk.parts.register.dialog is None


def test_a_list_closed_while_it_undoes_leaves_a_way_forth(hand, heads, monkeypatch):
    desk, one = hand.desk, heads[0]
    ref = Ref("person", one["id"])
    correcting.correct(desk.store, desk.session.access, ref, one, {"phone": "13700007777"})
    hand.shortcut("register.changes")
    listed = desk.parts.register.dialog
    hand.settled()
    listed.table.selectRow(0)
    go = slow(monkeypatch, "undo")
    hand.press_button(listed.undo)
    assert desk.jobs.is_writing("register.undo")
    listed.close()
    go.set()
    hand.settled()
    assert people.person(desk.store, one["id"])["phone"] == one["phone"]
    hand.shortcut("register.undo")
    hand.settled()
    assert people.person(desk.store, one["id"])["phone"] == "13700007777"


def test_history_and_batches_are_shown_and_undone_from(hand, heads):
    desk, one = hand.desk, heads[0]
    ref = Ref("person", one["id"])
    correcting.correct(desk.store, desk.session.access, ref, one, {"phone": "13700007777"})
    desk.asking.card(ref)
    hand.settled()
    hand.shortcut("register.history")
    history = desk.parts.register.dialog
    hand.settled()
    assert history.tables["person"].item(0, 5).text().endswith("77")
    assert "137" not in history.tables["person"].item(0, 5).text()
    history.close()
    hand.shortcut("register.changes")
    listed = desk.parts.register.dialog
    hand.settled()
    listed.table.selectRow(0)
    hand.press_button(listed.undo)
    hand.settled()
    assert people.person(desk.store, one["id"])["phone"] == one["phone"]
    assert [listed.table.item(row, 5).text() for row in (0, 1)] == ["", "was undone"]
    listed.table.selectRow(1)
    assert not listed.undo.isEnabled()
    listed.close()


def test_without_a_purpose_nothing_is_shown(hand):
    hand.desk.commands.set_purpose("")
    hand.shortcut("file.register")
    assert hand.desk.parts.register.dialog is None
    assert hand.desk.messages.isVisible()


def test_the_card_offers_what_the_role_may(hand, heads):
    desk = hand.desk
    desk.asking.card(Ref("person", heads[0]["id"]))
    hand.settled()
    assert "run:register.edit" in desk.card_panel.text.toHtml()
    desk.card_panel.offer(frozenset({Right.PEOPLE}))
    html = desk.card_panel.text.toHtml()
    assert "run:register.edit" not in html
    assert "run:register.history" in html


def test_the_wizard_speaks_chinese(hand, file):
    hand.shortcut("view.language")
    assert LANGUAGE.code == "zh_CN"
    hand.shortcut("file.register")
    wizard = hand.desk.parts.register.dialog
    changes = staged(hand, wizard, Path(file))
    assert changes.filters["new"].text().startswith("新增")
    choose(hand, changes, "refused")
    assert changes.model.data(changes.model.index(0, 4)) == "没有姓名"
    wizard.close()
    hand.shortcut("view.language")
    hand.settled()
    QApplication.processEvents()
