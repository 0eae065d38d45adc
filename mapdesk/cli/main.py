"""Running a command: parse, do, print, and turn every error of the world into one sentence."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from mapdesk.cli import commands, vault_commands
from mapdesk.cli.answer import Answer
from mapdesk.cli.arguments import parser
from mapdesk.cli.grammar import SERVERS
from mapdesk.cli.progress import TerminalProgress
from mapdesk.cli.terminal import SystemTerminal, Terminal
from mapdesk.model.errors import CancelledError, WorldError
from mapdesk.model.language import tr_sentence
from mapdesk.services import catalogue, signing_in

LOG = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None, terminal: Terminal | None = None) -> int:
    """Run the command line and return the exit status.

    0 is done, 1 refused or bad news, 2 our own fault, 130 stopped.

    Parameters
    ----------
    terminal : Terminal, optional
        Who is asked for names and passwords; the system's own by default.
    """
    _speak_utf8()
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in words
    catalogue.speak(_language(words))
    progress = TerminalProgress(sys.stderr)
    try:
        options = parser().parse_args(words)
        options.terminal = terminal or SystemTerminal()
        _warn_of_password(options, as_json=as_json)
        vault_commands.ask_on_terminal()
        answer = commands.COMMANDS[options.command](options, progress)
        progress.clear()
        if isinstance(answer, int):
            return answer
        _print(answer, as_json=as_json)
        status = answer.status
    except WorldError as error:
        progress.clear()
        _complain(tr_sentence(str(error)), as_json=as_json)
        return 1
    except (KeyboardInterrupt, CancelledError):
        progress.clear()
        _complain(tr_sentence("Stopped; nothing was changed."), as_json=as_json)
        return 130
    except BrokenPipeError:
        return 0
    except Exception as error:  # noqa: BLE001 - our own fault: logged, never shown as a traceback
        progress.clear()
        from mapdesk.cli.log import write_traceback

        path = write_traceback(error)
        sentence = f"mapdesk erred ({type(error).__name__}: {error}); details are in {path}."
        _complain(tr_sentence(sentence), as_json=as_json)
        return 2
    return status


def _warn_of_password(options: argparse.Namespace, *, as_json: bool) -> None:
    """Say that a password in a URL is seen by others; the command goes on."""
    given = [one for one in vars(options).values() if isinstance(one, str)]
    if any(signing_in.has_password(one) for one in given if one.startswith(SERVERS)):
        sentence = tr_sentence(
            "A password in a URL is seen by everyone on this machine: keep it in PGPASSWORD, in a "
            "service file, or by 'mapdesk sign-in --remember'."
        )
        said = json.dumps({"warning": sentence}, ensure_ascii=False) if as_json else sentence
        print(said, file=sys.stderr)


def _language(words: Sequence[str]) -> str:
    """Return the language asked for, whatever else may be wrong with what was typed."""
    for word, after in pairwise((*words, "")):
        said = word.removeprefix("--language=") if word != "--language" else after
        if word.startswith("--language") and said in catalogue.LANGUAGES:
            return said
    return catalogue.of_system()


def _print(answer: Answer, *, as_json: bool) -> None:
    if as_json or answer.text is None:
        print(
            json.dumps(
                answer.data, ensure_ascii=False, indent=None if as_json else 1, default=_plain
            )
        )
    elif answer.text:
        print(answer.text)


def _complain(sentence: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": sentence}, ensure_ascii=False), file=sys.stderr)
    else:
        print(sentence, file=sys.stderr)


def _plain(value: Any) -> object:
    """Write what JSON does not know: dates in ISO 8601, paths and the rest as text."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _speak_utf8() -> None:
    """Print Chinese whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
