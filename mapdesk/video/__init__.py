"""Pictures from cameras and files: probing, capture in worker processes, generated clips.

``probe`` says in one sentence why a camera cannot be shown; ``Stream`` plays one address in a
process of its own; ``FrameSource`` is the seam a panel sees, ``StillSource`` its shipped fake;
``write_street_clips`` renders the demo's cameras. OpenCV is imported in the ``*_worker`` modules
alone, and those run in spawned processes alone (docs/adr: one process per stream).
"""

from mapdesk.video.address import redact
from mapdesk.video.clips import write_street_clips
from mapdesk.video.limits import Limits
from mapdesk.video.probe import probe, probe_many
from mapdesk.video.source import FrameSource, Picture, Statistics, StillSource, StreamState
from mapdesk.video.stream import Stream
from mapdesk.video.verdict import Verdict

__all__ = [
    "FrameSource",
    "Limits",
    "Picture",
    "Statistics",
    "StillSource",
    "Stream",
    "StreamState",
    "Verdict",
    "probe",
    "probe_many",
    "redact",
    "write_street_clips",
]
