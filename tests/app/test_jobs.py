"""Work off the GUI thread: which of it is dropped, and which never is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from mapdesk.app.jobs import Jobs, Progress


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


def test_a_later_question_drops_an_earlier_one_that_waits(jobs: Jobs, qtbot: QtBot) -> None:
    done, answers, wait = [], [], threading.Event()
    for what in "abcd":  # three threads take three of them
        jobs.run(what, noting(what, done, wait), nothing)
    jobs.run("d", noting("e", done, wait), answers.append)
    wait.set()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert sorted(done) == ["a", "b", "c", "e"]
    assert answers == [None]


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
