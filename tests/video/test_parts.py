"""The small parts: shared pictures, measures of pace, the still source, clips."""

from __future__ import annotations

import math
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from mapdesk.model.errors import SetupError
from mapdesk.video.clips import write_street_clips
from mapdesk.video.frames import FrameBuffer
from mapdesk.video.pace import FilePace, LagMeter, RateMeter, Throttle
from mapdesk.video.shelf import BufferShelf
from mapdesk.video.source import FrameSource, StillSource


def test_shared_pictures() -> None:
    ours = FrameBuffer((8, 4))
    theirs = FrameBuffer((8, 4), ours.name)
    try:
        assert ours.latest() is None
        for number in range(1, 6):
            theirs.begin_frame()[:] = number
            theirs.publish(number, 10.0 + number, 25.0, math.nan)
            picture = ours.latest()
            assert picture is not None
            assert (picture.number, picture.captured) == (number, 10.0 + number)
            assert picture.pixels.shape == (4, 8, 4)
            assert (picture.pixels == number).all()
        assert ours.rate == 25.0
        assert math.isnan(ours.lag)
        theirs.begin_frame()[:] = 99  # half a picture is never seen
        after = ours.latest()
        assert after is not None
        assert (after.pixels == 5).all()
    finally:
        theirs.close(unlink=False)
        ours.close(unlink=True)


def test_pictures_are_never_torn() -> None:
    buffer = FrameBuffer((320, 180))

    def write() -> None:
        for number in range(1, 2000):
            buffer.begin_frame()[:] = number % 251
            buffer.publish(number, 0.0, 0.0, 0.0)

    writer = Thread(target=write)
    writer.start()
    while writer.is_alive():
        picture = buffer.latest()
        if picture is not None:
            assert (picture.pixels == picture.number % 251).all()
    writer.join()
    buffer.close(unlink=True)


def test_shelf_gives_buffers_back_in_order() -> None:
    shelf = BufferShelf()
    first = shelf.offer((8, 4))
    assert shelf.offer((8, 4)) == first
    second, third = shelf.offer((16, 8)), shelf.offer((4, 4))
    shelf.show(first)
    shelf.show(third)
    with pytest.raises(FileNotFoundError):
        FrameBuffer((16, 8), second)
    shelf.settle()
    assert shelf.offer((4, 4)) == third
    assert shelf.latest() is None
    shelf.close()
    assert shelf.latest() is None
    assert shelf.rate == 0
    assert shelf.lag is None


def test_lag_is_what_is_above_the_least_delay() -> None:
    meter = LagMeter()
    assert [meter.add(k / 25, 100 + k / 25) for k in range(3)] == pytest.approx([0, 0, 0], abs=1e-3)
    assert meter.add(3 / 25, 100 + 3 / 25 + 0.7) == pytest.approx(0.7, abs=0.01)
    assert meter.add(4 / 25, 100 + 4 / 25 - 0.2) == pytest.approx(0, abs=0.01)
    assert math.isnan(meter.add(0.0, 105.0))  # the camera's clock started anew
    assert meter.add(0.04, 105.04) == pytest.approx(0, abs=0.01)


def test_a_slow_camera_clock_is_no_lag() -> None:
    meter = LagMeter()
    hours = [meter.add(now * (1 - 1e-4), now) for now in np.arange(0, 4 * 3600, 1.0)]
    assert max(hours) < 0.01


def test_rate() -> None:
    meter = RateMeter()
    rates = [meter.add(k / 20) for k in range(200)]
    assert rates[0] == 0
    assert rates[-1] == pytest.approx(20)


def test_throttle_keeps_the_average_and_forgives_jitter() -> None:
    throttle = Throttle(25)
    jitter = np.random.default_rng(1).uniform(-0.005, 0.005, 250)
    assert all(throttle.allows(k / 25 + jitter[k]) for k in range(250))
    fast = Throttle(25)
    passed = sum(fast.allows(k / 100) for k in range(1000))
    assert 240 <= passed <= 255


def test_file_pace() -> None:
    pace = FilePace(10)
    assert pace.wait(5.0) == 0
    assert pace.wait(5.02) == pytest.approx(0.08)
    assert pace.wait(9.0) == 0  # fell behind: no race to catch up
    assert pace.wait(9.0) == pytest.approx(0.1)
    assert FilePace(0).wait(1.0) == 0


def test_still_source() -> None:
    events: list[str] = []
    still = StillSource("camera", (64, 36), events.append)
    source: FrameSource = still
    assert source.latest() is None
    assert source.state.name == "starting"
    source.start()
    still.advance()
    picture = source.latest()
    assert picture is not None
    assert picture.number == 2
    assert picture.pixels.shape == (36, 64, 4)
    assert not picture.pixels.flags.writeable
    still.reconnect("It stopped.")
    still.fail("It is gone.")
    assert source.state == ("failed", "It is gone.")
    source.resize((32, 18))
    still.advance()
    assert source.statistics.size == (32, 18)
    source.close()
    source.close()
    assert events == ["state", "frame", "frame", "state", "state", "frame", "state"]


def test_clips(clips: list[Path]) -> None:
    assert [path.name for path in clips] == ["street-1.mp4", "street-2.mp4"]
    for path in clips:
        assert path.stat().st_size > 10_000
        assert path.with_name(f"{path.stem}-sub.mp4").stat().st_size > 2_000


def test_clips_are_the_same_for_the_same_seed(clips: list[Path], tmp_path: Path) -> None:
    again = write_street_clips(tmp_path, count=1, seconds=0.6, fps=15)
    assert again[0].read_bytes() == clips[0].read_bytes()


def test_clips_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "street-1.mp4").mkdir()
    with pytest.raises(SetupError, match="could not be written"):
        write_street_clips(tmp_path, count=1, seconds=0.2)
