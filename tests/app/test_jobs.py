"""Work off the GUI thread: which of it is dropped, and which never is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from mapdesk.app.jobs import UNKNOWN, Jobs, Progress
from mapdesk.app.window_parts import DeskStatusBar


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


def noting(what: str, done: list[str], wait: threading.Event) -> Callable[[Progress], None]:
    def work(_progress: Progress) -> None:
        assert wait.wait(10)
        done.append(what)

    return work


def nothing(_answer: object) -> None:
    return


def test_every_write_is_done_in_order_and_every_answer_comes(jobs: Jobs, qtbot: QtBot) -> None:
    done, answers, wait = [], [], threading.Event()
    for what in "abcd":
        jobs.run_write("bookmark", noting(what, done, wait), answers.append)
    assert jobs.is_writing("bookmark")
    assert not jobs.is_writing("book")
    wait.set()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert done == ["a", "b", "c", "d"]
    assert len(answers) == 4


def test_a_slow_write_holds_no_other_kind_up_and_is_told_of(jobs: Jobs, qtbot: QtBot) -> None:
    done, wait, go = [], threading.Event(), threading.Event()
    go.set()
    with qtbot.waitSignal(jobs.progressed, timeout=10_000) as told:
        for what in "ab":
            jobs.run_write("landmark", noting(what, done, wait), nothing)
        with qtbot.waitSignal(jobs.ended, timeout=10_000):
            jobs.run_write("bookmark", noting("c", done, go), nothing)
        assert done == ["c"] and jobs.is_writing("landmark")
    assert told.args[0].startswith("landmark") and told.args[2] == UNKNOWN
    wait.set()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert done == ["c", "a", "b"]


def test_a_slow_write_is_shown_and_cannot_be_stopped_by_mistake(qtbot: QtBot) -> None:
    bar = DeskStatusBar(nothing)
    qtbot.addWidget(bar)
    bar.show()
    bar.show_work("landmark #1", "Still writing; you can go on meanwhile", UNKNOWN)
    assert bar.work.isVisible() and bar.bar.maximum() == 0 and not bar.cancel.isVisible()
    bar.show_work("import", "Reading", 0.5)
    assert bar.bar.value() == 50 and bar.cancel.isVisible()
    bar.end_work("landmark #1")
    assert bar.bar.isVisible()
    bar.end_work("import")
    assert not bar.bar.isVisible()


def test_a_write_that_fails_when_its_window_is_gone_is_in_the_log(jobs: Jobs, caplog) -> None:
    wait = threading.Event()

    def fail(_progress: Progress) -> None:
        assert wait.wait(10)
        raise OSError("no room")

    jobs.run_write("style", fail, nothing)
    jobs.stop()
    wait.set()
    jobs.close()
    assert "not kept" in caplog.text and "no room" in caplog.text


def test_a_later_question_drops_an_earlier_one_that_waits(jobs: Jobs, qtbot: QtBot) -> None:
    done, answers, wait = [], [], threading.Event()
    for what in "abcd":  # three threads take three of them
        jobs.run(what, noting(what, done, wait), nothing)
    jobs.run("d", noting("e", done, wait), answers.append)
    wait.set()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert sorted(done) == ["a", "b", "c", "e"]
    assert answers == [None]


def test_after_the_end_nothing_is_written(jobs: Jobs) -> None:
    done, go = [], threading.Event()
    go.set()
    jobs.run_write("style", noting("a", done, go), nothing)
    jobs.stop()
    for prefix in ("style", "bookmark"):
        jobs.run_write(prefix, noting("b", done, go), nothing)
    assert not jobs.busy
    jobs.close()
    assert done == ["a"]


def test_a_window_that_closes_writes_what_was_asked_for(jobs: Jobs) -> None:
    done, answers, wait = [], [], threading.Event()
    for what in "ab":
        jobs.run_write("style", noting(what, done, wait), answers.append)
    jobs.stop()
    assert not jobs.busy
    wait.set()
    jobs.close()
    assert done == ["a", "b"]
    assert answers == []
