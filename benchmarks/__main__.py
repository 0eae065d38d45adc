"""Run the benchmarks: ``python -m benchmarks [--only GROUP ...]``."""

from __future__ import annotations

import argparse

from benchmarks import runner


def main() -> int:
    """Measure the groups asked for, print the table and write ``benchmarks/results.json``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        nargs="+",
        choices=runner.GROUPS,
        default=list(runner.GROUPS),
        metavar="GROUP",
        help=f"groups to run: {', '.join(runner.GROUPS)}; the other rows stay as they were",
    )
    runner.run(parser.parse_args().only)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
