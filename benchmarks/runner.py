"""Running groups of benchmarks, judging them by ``goals.toml`` and keeping their results."""

from __future__ import annotations

import importlib
import json
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measuring import Result

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
GROUPS = ("scene", "app", "store", "register", "video")

_HEADS = ("id", "ours", "peer", "unit", "ratio", "goal", "met", "against")


def run(groups: Sequence[str]) -> None:
    """Measure `groups`, print all rows and write them; rows of other groups stay as they were."""
    goals = tomllib.loads((HERE / "goals.toml").read_text("utf-8"))
    rows = {str(row["id"]): row for row in _kept() if str(row["id"]).split(".", 1)[0] not in groups}
    for group in groups:
        for benchmark in importlib.import_module(f"benchmarks.{group}").BENCHMARKS:
            print(f"{group}: {benchmark.__name__} ...", file=sys.stderr, flush=True)
            result = benchmark()
            note = result.get("note")
            if note:
                print(f"{result['id']}: {note}", file=sys.stderr, flush=True)
            rows[str(result["id"])] = judged(result, goals, group)
    order = [key for bound in goals.values() for key in bound]
    kept = sorted(rows.values(), key=lambda row: _position(order, str(row["id"])))
    RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(table(kept))


def judged(result: Result, goals: dict[str, dict[str, float]], group: str) -> dict[str, object]:
    """Return a row of ``results.json``: the result with its ratio, its goal and whether it is met.

    What could not be measured, on either side, is never met.
    """
    key, ours, peer = str(result["id"]), result["ours"], result["peer"]
    alone = key in goals["ours"]
    goal = goals["ours"][key] if alone else goals["ratio"][key]
    ratio = ours / peer if isinstance(ours, float) and isinstance(peer, float) else None
    judged_by = ours if alone else ratio
    found: dict[str, object] = {
        "id": key,
        "ours": ours,
        "peer": peer,
        "peer_name": result["peer_name"],
        "unit": result["unit"],
        "ratio": ratio,
        "goal": goal,
        "met": isinstance(judged_by, float) and judged_by <= goal,
        "command": f"make bench ONLY={group}",
    }
    return found | ({"note": result["note"]} if "note" in result else {})


def table(rows: Sequence[dict[str, object]]) -> str:
    """Return the rows as a table."""
    cells = [_HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(_HEADS))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if 0 < at < 6 and at != 3 else text.ljust(width)
            for at, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def _cells(row: dict[str, object]) -> tuple[str, ...]:
    alone = row["peer_name"] is None
    return (
        str(row["id"]),
        _number(row["ours"]),
        "-" if alone else _number(row["peer"]),
        str(row["unit"]),
        "-" if alone else _number(row["ratio"]),
        f"<= {row['goal']:g}",
        "yes" if row["met"] else "NO",
        "no peer" if alone else str(row["peer_name"]),
    )


def _number(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else "missing"


def _position(order: list[str], key: str) -> int:
    return order.index(key) if key in order else len(order)


def _kept() -> list[dict[str, object]]:
    if not RESULTS.is_file():
        return []
    kept: list[dict[str, object]] = json.loads(RESULTS.read_text("utf-8"))
    return kept
