"""A few RTSP cameras on gst-rtsp-server, run by the system's Python as a process of its own.

Needs python3-gi, gir1.2-gst-rtsp-server-1.0 (which brings the base, good and bad plug-ins) and
gstreamer1.0-plugins-ugly (x264enc). Nothing else: pictures are made here and encoded once at the
start, so that a playing camera costs next to nothing.

Every frame carries its number as a row of black and white squares at the top left
(``tests/video/numbers.py`` reads it). Every client gets the loop from its first key frame on, as
a camera that answers PLAY with a key frame. Words on standard input:

    stall NAME    the camera stays connected and sends nothing
    go NAME       it sends again
    quit          end; the end of standard input does the same

Standard output gets ``ready PORT`` and ``ok WORD NAME``. With ``--times FILE`` the moment each frame
was handed to the network is written there: float64 CLOCK_MONOTONIC seconds by frame number.
"""

from __future__ import annotations

import argparse
import mmap
import random
import struct
import sys
import threading
import time
from dataclasses import dataclass, field

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

LOOP_SECONDS = 4
KEY_FRAME_SECONDS = 2
ENCODERS = {
    "h264": "x264enc speed-preset=veryfast aud=true",
    "h265": "x265enc speed-preset=ultrafast log-level=none",
}
PAYERS = {
    "h264": "h264parse config-interval=-1 ! rtph264pay aggregate-mode=zero-latency",
    "h265": "h265parse config-interval=-1 ! rtph265pay aggregate-mode=zero-latency",
}
_BITS = 16


def draw_frame(number, width, height, texture):
    """Return one I420 frame: a moving texture, with `number` and its check burnt in."""
    edge = max(12, height // 24) // 2 * 2
    check = (number ^ (number >> 4) ^ (number >> 8)) & 15
    value = number << 4 | check
    squares = b"".join(
        (b"\xeb" if value >> (_BITS - 1 - bit) & 1 else b"\x10") * edge for bit in range(_BITS)
    )
    rows = []
    for row in range(height):
        start = (row * 997 + number * 3 + (row // 40) * number) % (len(texture) - width)
        pixels = texture[start : start + width]
        if row < edge:
            pixels = squares + pixels[len(squares) :]
        elif row < edge + edge // 2:
            pixels = b"\x80" * len(squares) + pixels[len(squares) :]
        rows.append(pixels)
    chroma = bytes([110 + number % 40]) * (width * height // 4) + b"\x8c" * (width * height // 4)
    return b"".join(rows) + chroma


def encode(width, height, rate, codec):
    """Return the loop's access units, each a bytes object."""
    dots = random.Random(1).randbytes(1 << 16)
    texture = dots.translate(bytes(96 + value // 6 for value in range(256)))
    pipeline = Gst.parse_launch(
        f"appsrc name=source format=time caps=video/x-raw,format=I420,width={width},"
        f"height={height},framerate={rate}/1 ! {ENCODERS[codec]} tune=zerolatency "
        f"key-int-max={rate * KEY_FRAME_SECONDS} bitrate={width * height // 460} ! "
        f"video/x-{codec},stream-format=byte-stream,alignment=au ! "
        "appsink name=sink sync=false max-buffers=0"
    )
    source, sink = pipeline.get_by_name("source"), pipeline.get_by_name("sink")
    pipeline.set_state(Gst.State.PLAYING)
    for number in range(rate * LOOP_SECONDS):
        buffer = Gst.Buffer.new_wrapped(draw_frame(number, width, height, texture))
        buffer.pts = number * Gst.SECOND // rate
        buffer.duration = Gst.SECOND // rate
        source.emit("push-buffer", buffer)
    source.emit("end-of-stream")
    units = []
    while (sample := sink.emit("pull-sample")) is not None:
        buffer = sample.get_buffer()
        units.append(buffer.extract_dup(0, buffer.get_size()))
    pipeline.set_state(Gst.State.NULL)
    return units


@dataclass
class Camera:
    """One mount point; its clients are appsrc elements with the number of their next frame."""

    name: str
    rate: int
    codec: str
    units: list
    times: mmap.mmap | None
    is_stalled: bool = False
    clients: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, ending):
        """Send a frame to every client at each tick until `ending` is set."""
        due = time.monotonic()
        while True:
            due = max(due + 1 / self.rate, time.monotonic() - 1)
            if ending.wait(max(0.0, due - time.monotonic())):
                return
            if not self.is_stalled:
                with self.lock:
                    self.clients = [client for client in self.clients if self.send(client)]

    def send(self, client):
        """Push the client's next frame; False if the client has gone."""
        number = client[1] % len(self.units)
        client[1] += 1
        if self.times is not None:
            struct.pack_into("d", self.times, 8 * number, time.monotonic())
        buffer = Gst.Buffer.new_wrapped(self.units[number])
        return client[0].emit("push-buffer", buffer) == Gst.FlowReturn.OK


class Factory(GstRtspServer.RTSPMediaFactory):
    """Makes a pipeline for each client."""

    def __init__(self, camera):
        super().__init__()
        self.camera = camera
        self.set_shared(False)
        self.set_latency(0)
        self.set_protocols(GstRtsp.RTSPLowerTrans.TCP | GstRtsp.RTSPLowerTrans.UDP)

    def do_create_element(self, _url):
        """Called by the server for each client."""
        return Gst.parse_launch(
            "( appsrc name=source is-live=true do-timestamp=true format=time max-bytes=0 caps="
            f"video/x-{self.camera.codec},stream-format=byte-stream,alignment=au,"
            f"framerate={self.camera.rate}/1 ! {PAYERS[self.camera.codec]} "
            "name=pay0 pt=96 config-interval=-1 )"
        )

    def do_configure(self, media):
        """Called by the server once the pipeline stands."""
        source = media.get_element().get_by_name("source")
        with self.camera.lock:
            self.camera.clients.append([source, 0])


def protect(server, user, password, method):
    """Ask clients for a password; return the role that may look."""
    auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if method == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    return permissions


def tell(*words):
    """Write a line to whoever started this process."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def obey(cameras, loop):
    """Read words until the end."""
    for line in sys.stdin:
        word, _, name = line.strip().partition(" ")
        if word == "quit":
            break
        cameras[name].is_stalled = word == "stall"
        tell("ok", word, name)
    loop.quit()


def main():
    """Serve until told to quit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--camera", action="append", default=[], metavar="NAME=WxH@RATE[:h265]")
    parser.add_argument("--user", metavar="NAME:PASSWORD:digest|basic")
    parser.add_argument("--times", metavar="FILE")
    options = parser.parse_args()
    Gst.init(None)

    times = None
    if options.times:
        with open(options.times, "w+b") as file:
            file.truncate(8 * 4096)
            times = mmap.mmap(file.fileno(), 8 * 4096)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    permissions = protect(server, *options.user.split(":")) if options.user else None
    cameras, encoded, ending = {}, {}, threading.Event()
    for option in options.camera:
        name, shape = option.split("=")
        size, _, rate = shape.partition("@")
        rate, _, codec = rate.partition(":")
        codec = codec or "h264"
        width, height = map(int, size.split("x"))
        if shape not in encoded:
            encoded[shape] = encode(width, height, int(rate), codec)
        camera = cameras[name] = Camera(name, int(rate), codec, encoded[shape], times)
        factory = Factory(camera)
        if permissions is not None:
            factory.set_permissions(permissions)
        server.get_mount_points().add_factory(f"/{name}", factory)
        threading.Thread(target=camera.run, args=(ending,), daemon=True).start()
    loop = GLib.MainLoop()
    if not server.attach(None):
        sys.exit("the port is taken")
    threading.Thread(target=obey, args=(cameras, loop), daemon=True).start()
    tell("ready", server.get_bound_port())
    loop.run()
    ending.set()


if __name__ == "__main__":
    main()
