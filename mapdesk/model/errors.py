"""What can go wrong, in two families.

::

    MapdeskError                    base of everything mapdesk raises on purpose
    |-- WorldError                  the world did it: one sentence, with what to do; shown to the user
    |   |-- InputError              a file, row or field that cannot be used
    |   |   `-- CrsError            coordinates that contradict themselves or the user
    |   |-- NotFoundError           an id or a folder that is not there
    |   |-- BusyError               another process holds the district
    |   |-- PurposeError            personal data asked for without saying why
    |   |-- RightsError             the role of the user does not allow it
    |   |   `-- ApprovalDueError    so many people leave the desk with a second person's approval only
    |   |-- SignInError             who it is has not been proved
    |   |   |-- LockedError         too many wrong passwords; for how long is said
    |   |   |-- CodeDueError        the password is right, the code of an authenticator is missing
    |   |   `-- PasswordDueError    the password is right, but its user must choose another first
    |   |-- FullError               the disk has no room for what was to be written
    |   |-- ConflictError           someone else changed the same thing meanwhile
    |   |-- StreamError             a camera that cannot be shown, with its reason
    |   `-- SetupError              a part of the machine is missing (font, OpenGL, extension)
    `-- CancelledError              the user stopped the work; nothing was changed

Anything else (``ValueError``, ``KeyError`` ...) that reaches the top is our own fault: it goes to the
log with its traceback and the user reads that the desk erred, never the traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapdesk.model.outgoing import Parcel


class MapdeskError(Exception):
    """Base of both families."""


class WorldError(MapdeskError):
    """The world failed. ``str(error)`` is one sentence that says what to do."""


class InputError(WorldError):
    """A file, row or field cannot be used."""


class CrsError(InputError):
    """Coordinates contradict what they are said to be; both sides are named."""


class NotFoundError(WorldError):
    """Something named by the user does not exist."""


class BusyError(WorldError):
    """Another process holds the district; its process id is named."""


class PurposeError(WorldError):
    """Personal data was asked for without a purpose."""

    @classmethod
    def needed_for(cls, what: str) -> PurposeError:
        """Return the error of somebody who asked for `what` and stated no purpose."""
        return cls(
            f"Say in two characters or more what you need {what} for: --purpose TEXT, or Purpose in "
            "the tool bar."
        )


class RightsError(WorldError):
    """The user's role, or the areas it is given for, do not allow this."""


class ApprovalDueError(RightsError):
    """More people would leave the desk than one user may take out alone; nothing was written.

    Attributes
    ----------
    parcel : Parcel or None
        What a second person can be asked to let out.
    """

    parcel: Parcel | None = None


class SignInError(WorldError):
    """A wrong name, password or code, a locked account, or nobody signed in."""


class LockedError(SignInError):
    """Too many wrong passwords under one name.

    Parameters
    ----------
    sentence : str
    seconds : float
        For how long from now.
    """

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class CodeDueError(SignInError):
    """The password is right; a code of the user's authenticator is asked for too."""


class PasswordDueError(SignInError):
    """The password is right but was given by an administrator; the user chooses another first."""


class FullError(WorldError):
    """The disk of a district has no room for what was to be written; nothing was changed."""


class ConflictError(WorldError):
    """Someone else changed the same thing meanwhile; nothing was overwritten."""


class StreamError(WorldError):
    """A camera stream cannot be shown; the reason is given."""


class SetupError(WorldError):
    """The machine lacks something mapdesk needs; how to get it is said."""


class CancelledError(MapdeskError):
    """The user stopped the work."""
