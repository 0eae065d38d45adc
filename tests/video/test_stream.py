"""Streams on a real RTSP server, on files, and on cameras that die in every way."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mapdesk.video import stream
from mapdesk.video.limits import Limits
from mapdesk.video.source import FrameSource
from mapdesk.video.stream import Stream
from tests.video.cameras import RtspServer, black_hole, closed_port, silent_camera
from tests.video.numbers import read_number
from tests.video.watching import PATIENCE, QUICK, Watched

Watch = Callable[..., Watched]


def test_pictures_arrive(server: RtspServer, watch: Watch) -> None:
    watched = watch(server.url("one"), None)
    picture = watched.wait_frames(20)
    assert picture.pixels.shape == (360, 640, 4)
    assert picture.pixels.dtype == np.uint8
    assert not picture.pixels.flags.writeable
    assert picture.pixels.flags.c_contiguous
    assert (picture.pixels[:, :, 3] == 255).all()
    burnt = read_number(picture.pixels, 360)
    assert burnt is not None  # OpenCV gives the first picture of some streams twice
    assert (picture.number - 1 - burnt) % 60 in (0, 1)
    assert abs(time.time() - picture.captured) < PATIENCE
    assert [state.name for state in watched.states] == ["playing"]
    assert watched.numbers == sorted(watched.numbers)
    assert watched.numbers[0] >= 1  # not 1 where the next came before it was looked at
    figures = watched.stream.statistics
    assert (figures.size, figures.codec) == ((640, 360), "h264")
    assert figures.decoder == "FFMPEG software"
    assert 0 < figures.frames_per_second < 60
    assert figures.lag_seconds is not None
    assert figures.lag_seconds >= 0


def test_h265(h265_server: RtspServer, watch: Watch) -> None:
    watched = watch(h265_server.url("one"), None)
    picture = watched.wait_frames(20)
    assert watched.stream.statistics.codec == "hevc"
    assert read_number(picture.pixels, 360) is not None


def test_pictures_fit_the_size_asked_for(server: RtspServer, watch: Watch) -> None:
    watched = watch(server.url("one"), (320, 320))
    assert watched.wait_frames(1).pixels.shape == (180, 320, 4)
    watched.stream.resize((64, 64))
    watched.wait(lambda w: (p := w.stream.latest()) is not None and p.pixels.shape[:2] == (36, 64))
    watched.stream.resize(None)
    watched.wait(
        lambda w: (p := w.stream.latest()) is not None and p.pixels.shape[:2] == (360, 640)
    )


def test_password(guarded_server: RtspServer, watch: Watch) -> None:
    watch(guarded_server.url("one", "admin:s3cret")).wait_frames(1)
    wrong = watch(guarded_server.url("one", "admin:hunter2"))
    state = wrong.wait_state("failed")
    assert "does not accept the user name admin" in state.sentence
    assert "hunter2" not in state.sentence


@pytest.mark.parametrize(
    ("path", "words"), [("three", "no stream at this path"), ("", "no stream at this path")]
)
def test_wrong_path(server: RtspServer, watch: Watch, path: str, words: str) -> None:
    assert words in watch(server.url(path)).wait_state("failed").sentence


def test_refused_camera_is_tried_again(server: RtspServer, watch: Watch) -> None:
    server.kill()
    watched = watch(server.url("one"))
    assert "Nothing accepts connections" in watched.wait_state("failed").sentence
    server.start()
    watched.wait_state("failed", "playing")
    assert watched.stream.state.sentence == ""


def test_black_hole(watch: Watch) -> None:
    with black_hole() as place:
        assert (
            "did not answer within 1 s" in watch(f"rtsp://{place}/x").wait_state("failed").sentence
        )


def test_dead_cameras_do_not_delay_a_good_one(server: RtspServer, watch: Watch) -> None:
    patient = Limits(probe=PATIENCE, open=2 * PATIENCE)
    with black_hole() as place, silent_camera() as (silent, playing):
        dead = [watch(silent, limits=patient) for _ in range(2)]
        dead += [watch(f"rtsp://{place}/{k}", limits=patient) for k in range(2)]
        assert playing.wait(PATIENCE)  # a dead one holds OpenCV's lock by now, in its process
        good = watch(server.url("one"))
        good.wait_frames(5)
        assert [one.states for one in dead] == [[]] * 4  # each of them still waits
        for one in dead:
            one.stream.close()
        for one in dead:
            assert one.stream.wait_closed(PATIENCE)


def test_silent_camera(watch: Watch) -> None:
    with silent_camera() as (silent, _):
        watched = watch(silent, limits=Limits(open=0.5))
        sentence = watched.wait_state("failed").sentence
        assert "could not be opened" in sentence or "sent no picture" in sentence
        watched.stream.close()
        assert watched.stream.wait_closed(PATIENCE)


def test_stall_and_recovery(server: RtspServer, watch: Watch) -> None:
    watched = watch(server.url("one"))
    before = watched.wait_frames(3).number
    server.say("stall one")
    state = watched.wait_state("playing", "reconnecting")
    assert "stopped sending pictures" in state.sentence
    kept = watched.stream.latest()
    assert kept is not None
    assert kept.number >= before
    assert watched.stream.statistics.frames_per_second == 0
    server.say("go one")
    watched.wait_state("playing", "reconnecting", "playing")
    assert watched.wait_frames(3).number > kept.number


def test_killed_server_and_restart(server: RtspServer, watch: Watch) -> None:
    watched = watch(server.url("one"))
    watched.wait_frames(3)
    server.kill()
    watched.wait_state("playing", "reconnecting")
    watched.wait(lambda w: "Nothing accepts connections" in w.stream.state.sentence)
    server.start()
    watched.wait_state("playing", "reconnecting", "playing")


def test_frozen_server(server: RtspServer, watch: Watch) -> None:
    watched = watch(server.url("one"))
    watched.wait_frames(3)
    server.freeze()
    watched.wait_state("playing", "reconnecting")
    watched.wait(lambda w: "did not answer" in w.stream.state.sentence)
    server.thaw()
    watched.wait_state("playing", "reconnecting", "playing")


def test_a_killed_worker_is_replaced(server: RtspServer, watch: Watch) -> None:
    watched = watch(server.url("one"))
    watched.wait_frames(3)
    (worker,) = multiprocessing.active_children()
    worker.kill()
    assert "ended unexpectedly" in watched.wait_state("playing", "reconnecting").sentence
    watched.wait_state("playing", "reconnecting", "playing")


def test_close_ends_the_worker(server: RtspServer, watch: Watch) -> None:
    watched = watch(server.url("one"))
    watched.wait_frames(1)
    (worker,) = multiprocessing.active_children()
    process_id = worker.pid
    assert process_id
    watched.stream.close()
    watched.stream.close()
    assert watched.stream.wait_closed(PATIENCE)
    assert watched.stream.state.name == "closed"
    assert watched.stream.latest() is None
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)
    watched.stream.start()  # a closed stream stays closed
    assert watched.stream.state.name == "closed"


def test_close_ends_a_worker_stuck_in_ffmpeg(watch: Watch) -> None:
    with silent_camera() as (silent, playing):
        watched = watch(silent, limits=Limits(open=2 * PATIENCE))
        assert playing.wait(PATIENCE)
        watched.stream.close()
        assert watched.stream.wait_closed(PATIENCE)
    assert not multiprocessing.active_children()
    assert [state.name for state in watched.states] == ["closed"]


def test_close_before_start() -> None:
    stream = Stream("rtsp://127.0.0.1/x", None, lambda _: None)
    stream.close()
    stream.start()
    assert stream.state.name == "closed"
    assert stream.wait_closed(0)


def test_file_loops_at_its_own_pace(clips: list[Path], watch: Watch) -> None:
    watched = watch(str(clips[0]))
    picture = watched.wait_frames(25)  # nine frames in the file
    assert picture.pixels.shape == (180, 320, 4)
    assert watched.stream.statistics.size == (640, 360)
    assert watched.stream.statistics.frames_per_second < 20  # fifteen, not as fast as it can


def test_missing_file(tmp_path: Path, watch: Watch) -> None:
    state = watch(str(tmp_path / "none.mp4")).wait_state("failed")
    assert "There is no video file" in state.sentence


def test_a_busy_machine_is_not_a_bad_file(
    clips: list[Path], watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_PROCESS_START", 0.0)
    watched = watch(str(clips[0]), limits=replace(QUICK, open=0.0))
    assert "trying again" in watched.wait_state("failed").sentence


def test_file_that_is_no_video(watch: Watch) -> None:
    assert "is not a video" in watch(__file__).wait_state("failed").sentence


def test_a_failing_callback_does_not_end_the_stream(
    clips: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    again = threading.Semaphore(0)

    def fail(_: object) -> None:
        again.release()
        raise RuntimeError("the panel is gone")

    stream = Stream(str(clips[0]), (64, 64), fail, QUICK)
    stream.start()
    for _ in range(4):
        assert again.acquire(timeout=PATIENCE)
    stream.close()
    assert stream.wait_closed(PATIENCE)
    assert "a stream's callback failed" in caplog.text


def test_the_parent_never_loads_opencv() -> None:
    code = (
        "import sys, mapdesk.video.stream, mapdesk.video.clips;"
        "assert 'cv2' not in sys.modules and 'PyQt6' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE)


def test_forgotten_streams_leave_nothing_behind(clips: list[Path], tmp_path: Path) -> None:
    script = tmp_path / "forgetful.py"
    script.write_text(
        "import sys, threading\n"
        "from mapdesk.video.stream import Stream\n"
        "if __name__ == '__main__':\n"
        "    seen = threading.Event()\n"
        "    stream = Stream(sys.argv[1], None, lambda event: seen.set())\n"
        "    stream.start()\n"
        "    assert seen.wait(30)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script), str(clips[0])],
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_stream_is_a_frame_source() -> None:
    source: FrameSource = Stream("x", None, lambda _: None)
    source.close()


def test_refused_says_so_without_a_process(watch: Watch) -> None:
    watch(f"rtsp://{closed_port()}/x").wait_state("failed")
    assert not multiprocessing.active_children()
