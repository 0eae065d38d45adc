"""Pictures from cameras and files: probing, capture in worker processes, generated clips.

``probe`` says in one sentence why a camera cannot be shown; ``stream.Stream`` plays one address in
a process of its own; ``source.FrameSource`` is the seam a panel sees, ``source.StillSource`` its
shipped fake; ``clips.write_street_clips`` renders the demo's cameras. OpenCV is imported in the
``*_worker`` modules alone, and those run in spawned processes alone.

Import from the modules: this file stays empty, so that a worker process loads no more than it
needs (asyncio and TLS, which the probe takes, would add a third to its start).
"""
