"""Errors that reach the window speak Chinese, values and all."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.model import errors
from mapdesk.model.language import Language

ROOT = Path(__file__).resolve().parents[1]
SENTENCES = tomllib.loads((ROOT / "data/translations/zh_CN.toml").read_text("utf-8"))["sentences"]
WINDOW = ("model", "services", "store", "app", "scene3d", "panels")
FAMILIES = {name for name, value in vars(errors).items() if isinstance(value, type)}

COMMAND_LINE = {
    "The demo district in {0} has {1} people, not {2}; choose another folder with --at, or delete that one.",
    "A demo district needs at least 500 people, not {0}.",
    "--seed must be 0 or more, not {0}.",
    "{0} holds another district, {1}; open it with 'mapdesk open {2}' or choose another folder with --at.",
    "--count must be at least 1, not {0}.",
    "'{0}' is not a layer; choose from {1}.",
    "--distance must be above 0 m, not {0}.",
    "'{0}': {1}",
    "'{0}': a {1} has no field '{2}'; choose from {3}.",
    "'{0}': write {1}= with the first value that counts.",
    "'{0}' is no condition; write one as in {1}.",
}
"""Sentences only a command can meet: commands speak English."""


def template(node):
    """Return a literal or f-string with its values numbered; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    values = iter(range(20))
    return "".join(
        part.value if isinstance(part, ast.Constant) else f"{{{next(values)}}}"
        for part in node.values
    )


def raised():
    """Return every error sentence of the folders the window runs on."""
    found = set()
    for folder in WINDOW:
        for path in (ROOT / "mapdesk" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and getattr(node.func, "id", "") in FAMILIES
                    and node.args
                ):
                    said = template(node.args[0])
                    if said:
                        found.add(said)
    return found


def test_every_error_of_the_window_is_translated():
    assert len(raised()) > 40
    missing = raised() - set(SENTENCES) - COMMAND_LINE
    assert not missing, "not in [sentences] of zh_CN.toml:\n" + "\n".join(sorted(missing))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_placeholders_agree(sentence):
    places = set(re.findall(r"\{\d+\}", sentence))
    assert set(re.findall(r"\{\d+\}", SENTENCES[sentence])) <= places


@given(
    st.sampled_from(sorted(SENTENCES)),
    st.lists(st.from_regex(r"[\w/ ]{1,12}", fullmatch=True), min_size=6, max_size=6),
)
def test_a_filled_sentence_is_recognised(sentence, values):
    language = Language()
    language.install("zh_CN", {}, {sentence: SENTENCES[sentence]})
    said = language.sentence(sentence.format(*values))
    assert said != sentence.format(*values)
    assert "{" not in said


def test_an_unknown_sentence_stays_as_it_is():
    language = Language()
    language.install("zh_CN", {}, SENTENCES)
    assert language.sentence("Nobody ever said this.") == "Nobody ever said this."
