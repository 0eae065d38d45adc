"""The typeface of printed pages, cut to what the tests print: the whole one takes half a second a document."""

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path

from fontTools import subset

from mapdesk.formats import pdf

TESTS = Path(__file__).parent
TEXTS = ((TESTS, "*.py"), (TESTS.parent / "data", "*.toml"), (TESTS.parent / "mapdesk", "*.py"))
"""Where all that is printed comes from."""

whole = pdf.typeface


def small(folder: Path) -> AbstractContextManager[Path]:
    """Return a context that gives the file of what is cut, in `folder`."""
    return nullcontext(_cut(folder))


@cache
def _cut(folder: Path) -> Path:
    letters = {chr(code) for code in range(0x20, 0x250)}
    for root, names in TEXTS:
        for path in root.rglob(names):
            letters.update(path.read_text(encoding="utf-8"))
    options = subset.Options(
        hinting=False, name_IDs=["*"], layout_features=["kern", "ccmp", "locl"]
    )
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(letters))
    path = folder / "typeface.otf"
    with whole() as shipped, subset.load_font(shipped, options) as font:
        cutter.subset(font)
        subset.save_font(font, path, options)
    return path
