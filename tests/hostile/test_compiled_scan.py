"""The compiled scan reads hostile records without touching memory that is not its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from leakscope.corpus import make
from leakscope.detection.native import build

ROOT = Path(__file__).parents[2]
#: Damages records as a transfer, an editor or an enemy does, and reads them; what stands in them is not printed.
READING = """
import random, sys
from pathlib import Path
from leakscope.detection.native import library
library.FOLDER = Path(sys.argv[1])
from leakscope.catalogue import load
from leakscope.detection.native import scan
assert scan.available()
draw, lines = random.Random(7), Path(sys.argv[2]).read_bytes().splitlines()
def judged(told, value, rules):
    spans = [sorted(draw.randrange(len(value) + 1) for _ in range(2)) for _ in range(draw.randrange(4))]
    return scan.Verdict(spans, "x" if draw.random() < 0.2 else "")
surroundings = lambda path, key: scan.Surroundings(hash(key) % 3, frozenset(range(0, 1500, 7)), len(key) % 4 == 0, False, key)
scanner = scan.NativeScan(load().detectors, 0.5, surroundings, judged)
values = 0
for _ in range(3000):
    line = bytearray(draw.choice(lines))
    for _ in range(draw.randrange(6)):
        at, way = draw.randrange(len(line) or 1), draw.randrange(5)
        if way == 0: line[at:at + 1] = bytes([draw.randrange(256)])
        elif way == 1: del line[at:at + draw.randrange(1, 40)]
        elif way == 2: line[at:at] = bytes(draw.choice(b'{}[]",:\\\\u0123tfn') for _ in range(draw.randrange(1, 6)))
        elif way == 3: del line[at:]
        else: line[at:at] = line[draw.randrange(len(line) or 1):][:60]
    read = scanner.lines(bytes(line) + b"\\n" + draw.choice(lines), everything=draw.random() < 0.5)
    values += len(list(read.found())) + len(read.sights.span)
    scanner.possible(surroundings("", "ab"), line.decode("utf-8", "replace"))
print(values > 3000)
"""


def _runtime(name: str) -> str | None:
    """Where the compiler keeps a sanitizer's runtime library."""
    cc = build.compiler()
    if cc is None:
        return None
    found = subprocess.run([cc, f"-print-file-name={name}"], capture_output=True, text=True, check=False).stdout.strip()
    return found if Path(found).is_absolute() and Path(found).exists() else None


@pytest.mark.slow
@pytest.mark.skipif(not (_runtime("libasan.so") and _runtime("libubsan.so")), reason="needs a C compiler with sanitizers, as gcc has on Linux")
def test_damaged_records_keep_the_scan_within_its_memory(tmp_path: Path) -> None:
    """Three thousand damaged records under the address and undefined-behaviour sanitizers end well."""
    make("log_stream", rows=400, seed=5, folder=tmp_path)
    flags = ("-std=gnu11", "-O1", "-fPIC", "-shared", "-fvisibility=hidden", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined")
    subprocess.run([str(build.compiler()), *flags, "-o", str(tmp_path / build.LIBRARY), str(build.FOLDER / "scan.c")], check=True, capture_output=True)
    environment = {**os.environ, "LD_PRELOAD": f"{_runtime('libasan.so')} {_runtime('libubsan.so')}", "ASAN_OPTIONS": "detect_leaks=0", "PYTHONPATH": str(ROOT)}

    run = subprocess.run([sys.executable, "-c", READING, str(tmp_path), str(tmp_path / "log_stream.ndjson")], env=environment, capture_output=True, text=True, timeout=500, check=False)

    assert "ERROR: AddressSanitizer" not in run.stderr
    assert "runtime error" not in run.stderr
    assert (run.returncode, run.stdout.strip()) == (0, "True")
