"""Passwords of the desk's user in the system's keyring, kept there only when the user says so."""

from __future__ import annotations

from pathlib import Path

from mapdesk.model.errors import SetupError
from mapdesk.model.users import key_of
from mapdesk.store.database import Place
from mapdesk.store.engines.urls import place_name, server_url, without_user

_SERVICE = "mapdesk sign-in"


def remember(place: Place, user: str, password: str) -> None:
    """Keep a password for `user` at a district.

    Raises
    ------
    SetupError
        The system has no keyring, or it is locked.
    """
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    try:
        keyring.set_password(_SERVICE, _entry(place, user), password)
    except NoKeyringError as error:
        raise SetupError(
            "This system has no keyring to remember passwords in; install one, such as GNOME Keyring "
            "or KWallet, or name a file in MAPDESK_PASSWORD_FILE."
        ) from error
    except KeyringError as error:
        raise SetupError(
            f"The system's keyring refuses ({error}); unlock it and try again."
        ) from error


def remembered(place: Place, user: str) -> str | None:
    """Return the password kept for `user`, or None where there is none or no keyring to ask."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(_SERVICE, _entry(place, user))
    except KeyringError:
        return None


def forget(place: Place, user: str) -> bool:
    """Forget a password and say whether there was one."""
    import keyring
    from keyring.errors import NoKeyringError, PasswordDeleteError

    try:
        keyring.delete_password(_SERVICE, _entry(place, user))
    except (PasswordDeleteError, NoKeyringError):
        return False
    return True


def _entry(place: Place, user: str) -> str:
    if isinstance(place, Path):
        return f"{key_of(user)} at {place.resolve()}"
    return f"{key_of(user)} at {place_name(without_user(server_url(place)))}"
