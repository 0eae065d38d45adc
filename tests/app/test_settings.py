"""Who draws the map: by the settings, else by the OpenGL there is; chosen by mouse and keyboard, remembered."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialogButtonBox

from mapdesk.app import graphics, main
from mapdesk.app.settings import settings
from mapdesk.app.settings_actions import SettingsDialog


@pytest.mark.parametrize(
    ("way", "renderer", "widget"),
    [
        ("auto", "llvmpipe (LLVM 15.0.6, 256 bits)", False),
        ("auto", "Google SwiftShader", False),
        ("auto", "GDI Generic", False),
        ("auto", "NVIDIA GeForce RTX 3060/PCIe/SSE2", True),
        ("auto", "Mesa Intel(R) UHD Graphics 620 (KBL GT2)", True),
        ("auto", "", False),
        ("thread", "NVIDIA GeForce RTX 3060/PCIe/SSE2", False),
        ("widget", "llvmpipe (LLVM 15.0.6, 256 bits)", True),
        ("widget", "", False),
    ],
)
def test_the_presenter_follows_the_settings_and_the_renderer(way, renderer, widget):
    assert graphics.uses_widget(way, lambda: renderer) is widget


def test_what_the_settings_do_not_know_is_automatic():
    settings().setValue(graphics.SETTING, "steam")
    assert graphics.chosen(settings()) == "auto"
    settings().setValue(graphics.SETTING, "thread")
    assert graphics.chosen(settings()) == "thread"


def test_no_display_has_no_opengl_in_windows(qapp):
    assert graphics.renderer() == ""


def test_the_choice_is_made_by_keys_and_remembered(desk, qtbot):
    QTest.keyClick(desk, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = desk.findChildren(SettingsDialog)
    assert dialog.way.currentData() == "auto"
    assert "none in windows" in dialog.found.text()
    dialog.way.setFocus()
    QTest.keyClick(dialog.way, Qt.Key.Key_Down)
    assert dialog.way.currentData() == "thread"
    ok = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    QTest.mouseClick(ok, Qt.MouseButton.LeftButton)
    assert graphics.chosen(desk.settings) == "thread"
    assert "opened from now on" in desk.messages.label.text()


def test_a_choice_that_is_cancelled_is_forgotten(desk):
    desk.parts.settings.show()
    (dialog,) = desk.findChildren(SettingsDialog)
    dialog.way.setCurrentIndex(2)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert graphics.chosen(desk.settings) == "auto"


def test_a_window_without_opengl_draws_in_memory_whatever_is_wished(qtbot, town_folder, no_leaks):
    main.make_application([])
    settings().setValue(graphics.SETTING, "widget")
    window = main.open_window(town_folder)
    try:
        assert window.map.presenter.backdrop is None
    finally:
        window.close()
        window.wait_closed()
