"""Things done to a district in the window, each with what undoes it."""

from __future__ import annotations

from collections.abc import Callable

from mapdesk.app.jobs import Fail, Jobs, Progress

Step = Callable[[], "Step"]
"""Does something to the store, and returns what undoes it. Any thread."""


class Steps:
    """What was done to one kind of thing, to be undone and done again. GUI thread only.

    Parameters
    ----------
    key : str
        What its writes are called among the jobs.
    done : callable
        Called after each.
    refuse : callable
        Takes the sentence where there is nothing to be undone.
    nothing : str
        That sentence.
    """

    def __init__(
        self,
        jobs: Jobs,
        key: str,
        done: Callable[[], None],
        refuse: Callable[[str], None],
        nothing: Callable[[], str],
    ) -> None:
        self._jobs, self._key, self._done = jobs, key, done
        self._refuse, self._nothing = refuse, nothing
        self._undo: list[Step] = []
        self._redo: list[Step] = []

    @property
    def depth(self) -> tuple[int, int]:
        """How many can be undone, and how many done again."""
        return len(self._undo), len(self._redo)

    def do(self, step: Step, fail: Fail | None = None) -> None:
        """Do something new."""
        self._run(step, self._undo, self._redo.clear, fail)

    def undo(self) -> None:
        """Take back what was done last."""
        self._again(self._undo, self._redo)

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._again(self._redo, self._undo)

    def _again(self, steps: list[Step], back: list[Step]) -> None:
        """Do the last of `steps`; it stays one of them where it fails. One at a time."""
        if self._jobs.is_writing(self._key):
            return
        if steps:
            self._run(steps[-1], back, steps.pop, None)
        else:
            self._refuse(self._nothing())

    def _run(
        self, step: Step, undoing: list[Step], then: Callable[[], object], fail: Fail | None
    ) -> None:
        def work(_progress: Progress) -> Step:
            return step()

        def done(back: Step) -> None:
            then()
            undoing.append(back)
            self._done()

        self._jobs.run_write(self._key, work, done, fail)
