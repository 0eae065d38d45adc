"""Commands of encrypted districts, and the question for a passphrase on the terminal."""

from __future__ import annotations

import argparse
import getpass
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from mapdesk.model.errors import InputError
from mapdesk.model.language import tr
from mapdesk.store.engines.urls import shown

if TYPE_CHECKING:
    from mapdesk.cli.answer import Answer
    from mapdesk.services.districts import Progress
    from mapdesk.services.unlocking import Lock
    from mapdesk.store.vault import Vault


def ask_on_terminal() -> None:
    """Have passphrases asked for on the terminal, where there is one."""
    from mapdesk.services.unlocking import UNLOCKING

    if sys.stdin is not None and sys.stdin.isatty():
        UNLOCKING.ask = _ask


def _ask(lock: Lock) -> Vault:
    return lock.open(getpass.getpass(tr("Passphrase of {place}:", place=lock.place) + " "))


def _known_passphrase(lock: Lock) -> str:
    from mapdesk.services.unlocking import KEY_FILE_VARIABLE, passphrase_from

    found = passphrase_from(KEY_FILE_VARIABLE)
    return found or _typed(tr("Passphrase of {place}:", place=lock.place) + " ", KEY_FILE_VARIABLE)


def _new_passphrase() -> str:
    """Return the passphrase that is to be, typed twice or read from a file.

    Raises
    ------
    InputError
        The two differ, or nobody can be asked.
    """
    from mapdesk.services.sealing import check_new
    from mapdesk.services.unlocking import NEW_KEY_FILE_VARIABLE, passphrase_from

    found = passphrase_from(NEW_KEY_FILE_VARIABLE)
    if found is not None:
        return found
    typed = _typed(tr("New passphrase:") + " ", NEW_KEY_FILE_VARIABLE)
    check_new(typed, getpass.getpass(tr("The same again:") + " "))
    return typed


def _typed(question: str, variable: str) -> str:
    if sys.stdin is None or not sys.stdin.isatty():
        raise InputError(
            "Nobody can be asked for a passphrase here; put it in a file that only you can read and name "
            f"that file in {variable}."
        )
    return getpass.getpass(question)


def new_encrypted(options: argparse.Namespace) -> Answer:
    """Make an empty encrypted district."""
    from mapdesk.cli.answer import Answer
    from mapdesk.services import sealing

    if options.district is None or isinstance(options.district, str):
        raise InputError("An encrypted district lies in a folder: mapdesk new DIR --encrypted")
    with sealing.create_encrypted_district(
        options.district, options.name, options.crs, _new_passphrase(), remember=options.remember
    ) as store:
        crs, where = store.district.crs, store.place
    return Answer(
        {"place": where, "name": options.name, "crs": crs, "encrypted": True},
        tr(
            "Made {name} ({crs}) in {place}, encrypted; without the passphrase nobody can open it, "
            "mapdesk's makers included.",
            name=options.name,
            crs=crs,
            place=where,
        ),
    )


def encrypt(options: argparse.Namespace, progress: Progress) -> Answer:
    """Copy a district into a new, encrypted folder."""
    from mapdesk.cli.answer import Answer
    from mapdesk.services import sealing
    from mapdesk.services.copying import RECORD_STAYS

    digests = sealing.encrypt_district(
        options.district, options.target, _new_passphrase(), progress
    )
    rows = sum(digest.rows for digest in digests.values())
    return Answer(
        {name: asdict(digest) for name, digest in digests.items()},
        tr(
            "Copied {count:,} rows to {target}, encrypted, and compared them. {district} is still "
            "there as it was.",
            count=rows,
            target=options.target,
            district=shown(options.district),
        )
        + " "
        + tr(RECORD_STAYS, place=shown(options.district)),
    )


def passphrase(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Change a district's passphrase, or have the keyring remember or forget its key."""
    from mapdesk.cli.answer import Answer
    from mapdesk.services import sealing

    lock = sealing.lock_of(options.district)
    if options.forget:
        lock.forget()
        return Answer({"remembered": False}, tr("The keyring has forgotten the key."))
    old = _known_passphrase(lock)
    if options.remember:
        lock.open(old, remember=True)
        return Answer({"remembered": True}, tr("The keyring remembers the key."))
    sealing.change_passphrase(lock, old, _new_passphrase())
    return Answer(
        {"changed": True},
        tr("The passphrase is changed; backups made before still open with the old one."),
    )
