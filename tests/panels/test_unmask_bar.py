"""Asking for a reason beside the card, and counting down."""

import tomllib
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from mapdesk.model.language import LANGUAGE
from mapdesk.panels.unmask_bar import UnmaskBar

CATALOGUE = tomllib.loads(
    (Path(__file__).resolve().parents[2] / "data/translations/zh_CN.toml").read_text("utf-8")
)


class Clock:
    """Seconds that a test moves on."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def bar(qtbot, clock):
    made = UnmaskBar(clock=clock)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close_bar()


def click(widget):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_a_reason_is_asked_for_in_place(bar, qtbot):
    assert bar.begin_button.isVisible()
    assert not bar.reason.isVisible()
    click(bar.begin_button)
    assert bar.reason.isVisible()
    QTest.keyClicks(bar.reason, " lift ")
    with qtbot.waitSignal(bar.given) as given:
        QTest.keyClick(bar.reason, Qt.Key.Key_Return)
    assert given.args == ["lift"]


def test_no_reason_is_given_by_enter_alone_and_esc_leaves(bar, qtbot):
    click(bar.begin_button)
    with qtbot.assertNotEmitted(bar.given):
        QTest.keyClick(bar.reason, Qt.Key.Key_Return)
    QTest.keyClicks(bar.reason, "half a reas")
    QTest.keyClick(bar.reason, Qt.Key.Key_Escape)
    assert bar.begin_button.isVisible()
    assert bar.reason.text() == ""


def test_time_runs_out(bar, clock, qtbot):
    bar.count_down(600)
    clock.now += 0.2
    bar.check()
    assert "9:59" in bar.left.text()
    clock.now += 589
    bar.check()
    assert "0:10" in bar.left.text()
    with qtbot.waitSignal(bar.ended):
        clock.now += 11
    assert not bar.is_open
    assert bar.begin_button.isVisible()


def test_mask_now(bar, qtbot):
    bar.count_down(600)
    with qtbot.waitSignal(bar.ended):
        click(bar.mask_button)
    assert bar.begin_button.isVisible()


def test_it_speaks_the_language_in_force(bar):
    bar.count_down(600)
    LANGUAGE.install("zh_CN", CATALOGUE["texts"], CATALOGUE["sentences"])
    try:
        assert "后重新遮蔽" in bar.left.text()
        assert bar.mask_button.text() == "立即遮蔽"
    finally:
        LANGUAGE.install("en", {}, {})
