"""
Our checks beside those of python-stdnum and phonenumbers on random candidates: how many both accept, and where they differ.

Run: python benchmarks/validators.py [CANDIDATES]
"""

from __future__ import annotations

import sys
from pathlib import Path

import phonenumbers
import stdnum

from leakscope.catalogue import load
from leakscope.validators import validator

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.validators.test_against_libraries import ALL, COMPARISONS, compared, phones, valid_phone  # noqa: E402


def main() -> None:
    """Print the table of the docs."""
    candidates = int(sys.argv[1]) if len(sys.argv) > 1 else ALL
    reasons = {rule.validator: rule.differs for rule in load().detectors if rule.differs}
    print(f"python-stdnum {stdnum.__version__}, phonenumbers {phonenumbers.__version__}, {candidates:,} random candidates each\n")
    print("| check | library's | candidates | only here | only there | why |\n|---|---|---|---|---|---|")
    for one in COMPARISONS:
        wider, stricter = compared(one, candidates, 11)
        why = reasons.get(one.ours, "") if wider or stricter else ""
        print(f"| {one.ours} | {one.theirs.removeprefix('stdnum:')} | `{one.shape}` | {len(wider):,} | {len(stricter):,} | {why} |")
    check = validator("phone_international")
    made = [(check(text), valid_phone(text)) for text in phones(candidates, 5)]
    print(f"| phone_international | phonenumbers | country code and 6 to 11 digits | {sum(a and not b for a, b in made)} | {sum(b and not a for a, b in made)} | |")


if __name__ == "__main__":
    main()
