"""
Speed of a scan against its floors and its peers, in one run on one corpus; medians of three.

Run: python benchmarks/speed.py [MEGABYTES] [--peers]

Prints megabytes of NDJSON per second of processor time, single process, and how much sooner two processes are done.
Peers that are not installed are left out; `kingfisher` and `betterleaks` are sought on the path, and their start is taken off.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson
import polars as pl

from leakscope.catalogue import load
from leakscope.corpus import make
from leakscope.detection.kernel import Kernel
from leakscope.engines import local
from leakscope.engines.batch import Work, examine
from leakscope.model import Batch
from leakscope.safety.keys import new_key

REPEATS = 3
#: Records that a slow peer reads; its rate does not depend on how many.
PEER_RECORDS = 60


def rate(run: Callable[[], object], size_bytes: int) -> float:
    """Megabytes per second of processor time, the median of some runs."""
    seconds = []
    for _ in range(REPEATS):
        started = time.process_time()
        run()
        seconds.append(time.process_time() - started)
    return size_bytes / 1e6 / statistics.median(seconds)


def scan_of(lines: list[bytes], *, plain: bool = False) -> Callable[[], object]:
    """A scan as the command makes it: a cold kernel's caches, findings written as NDJSON; `plain`: without the compiled scan."""
    catalogue, key = load(), new_key()

    def run() -> None:
        kernel = Kernel(catalogue, key)
        if plain:
            kernel._scan_of = lambda source, size_bytes: None  # type: ignore[method-assign]
        with tempfile.TemporaryFile() as out:
            for at in range(0, len(lines), 4000):
                part = lines[at : at + 4000]
                found = kernel.find_batch(Batch(source="s", first_record=at, records=len(part), lines=b"".join(part)))
                found.drop("value", "key").write_ndjson(out)

    return run


def batches_of(lines: list[bytes]) -> list[Batch]:
    """The records as an assessment reads them."""
    parts = [(at, lines[at : at + 4000]) for at in range(0, len(lines), 4000)]
    return [Batch(source="s", first_record=at, records=len(part), lines=b"".join(part)) for at, part in parts]


def assess_of(lines: list[bytes]) -> Callable[[], object]:
    """The cheap tier of an assessment: values, findings, conversations, prose."""
    work = Work(key=new_key())
    return lambda: [examine(batch, work) for batch in batches_of(lines)]


def two_workers(lines: list[bytes]) -> float:
    """How many times sooner two processes are done with the cheap tier than one, by the clock."""
    seconds = []
    for workers in (1, 2):
        started = time.perf_counter()
        for _ in local.run(iter(batches_of(lines)), Work(key=new_key()), workers=workers):
            pass
        seconds.append(time.perf_counter() - started)
    return seconds[0] / seconds[1]


def command_rate(command: list[str], path: Path) -> float:
    """Megabytes per second of processor time of a peer's command, less what it takes for an empty file."""
    with tempfile.NamedTemporaryFile(suffix=".ndjson") as empty:
        empty.write(b"{}\n")
        empty.flush()
        spent = [statistics.median(_children_seconds([*command, str(one)]) for _ in range(REPEATS)) for one in (path, empty.name)]
    return path.stat().st_size / 1e6 / (spent[0] - spent[1])


def _children_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


#: Our own command, measured as the peers are: reading the file, without looking for names in running text.
OURS = [sys.executable, "-m", "leakscope", "scan", "--format", "ndjson", "--time-budget", "0s", "--workers", "1"]
#: Secret scanners with catalogues of hundreds of rules, on one thread, without asking any service.
COMMANDS = {
    "kingfisher": ["kingfisher", "scan", "--no-validate", "--no-update-check", "--format", "json", "--jobs", "1", "--output", "/dev/null"],
    "betterleaks": ["betterleaks", "--log-level", "error", "--jobs", "1", "-o", "-"],
}


def floors(path: Path) -> dict[str, Callable[[], object]]:
    """What reading and parsing alone cost."""
    return {
        "read the file": path.read_bytes,
        "parse each line (orjson)": lambda: [orjson.loads(line) for line in path.open("rb")],
        "parse into columns (Polars)": lambda: pl.read_ndjson(path, infer_schema_length=1000),
    }


def background(lines: list[bytes]) -> list[bytes]:
    """The same records without anything to find: values of the quiet ones only."""
    kernel = Kernel(load(), new_key())
    found = kernel.find_batch(Batch(source="s", first_record=0, records=len(lines), lines=b"".join(lines)))
    hit = set(found["record"])
    return [line for number, line in enumerate(lines) if number not in hit]


def adversarial(count: int) -> list[bytes]:
    """Records of dense digits, hex and base64-like runs."""
    import random

    draw = random.Random(11)
    alphabets = ("0123456789", "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "0123456789 -.:")
    return [orjson.dumps({f"f{n}": "".join(draw.choices(alphabets[n % 4], k=200)) for n in range(6)}) + b"\n" for _ in range(count)]


def presidio(lines: list[bytes]) -> Callable[[], object] | None:
    """Presidio's own patterns, without its language model; each line as one text."""
    try:
        from presidio_analyzer import RecognizerRegistry
    except ImportError:
        return None
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers()
    recognizers = [one for one in registry.recognizers if type(one).__name__ != "SpacyRecognizer"]
    texts = [line.decode() for line in lines[:PEER_RECORDS]]

    def run() -> None:
        for text in texts:
            for one in recognizers:
                one.analyze(text, one.supported_entities, None)

    return run


def main() -> None:
    """Make the corpus, measure, print one table."""
    megabytes = float(next((word for word in sys.argv[1:] if word.replace(".", "").isdigit()), "20"))
    with tempfile.TemporaryDirectory() as folder:
        make("log_stream", rows=int(megabytes * 520), seed=3, folder=Path(folder))
        path = Path(folder) / "log_stream.ndjson"
        lines = path.read_bytes().splitlines(keepends=True)
        size = path.stat().st_size
        print(f"{len(lines)} records, {size / 1e6:.1f} MB, {len(load().detectors)} rules, leakscope {version('leakscope-impact') if _installed() else 'from source'}")
        for name, run in floors(path).items():
            print(f"{name:40s} {rate(run, size):8.1f} MB/s")
        quiet, dense = background(lines), adversarial(len(lines) // 2)
        print(f"{'scan, founding shape':40s} {rate(scan_of(lines), size):8.2f} MB/s")
        print(f"{'scan, the same without the compiled scan':40s} {rate(scan_of(lines, plain=True), size):8.2f} MB/s")
        print(f"{'cheap tier of an assessment':40s} {rate(assess_of(lines), size):8.2f} MB/s")
        print(f"{'two processes against one':40s} {two_workers(lines):8.2f} times")
        print(f"{'scan, records without findings':40s} {rate(scan_of(quiet), sum(map(len, quiet))):8.2f} MB/s")
        print(f"{'scan, dense digits and base64':40s} {rate(scan_of(dense), sum(map(len, dense))):8.2f} MB/s")
        print(f"{'leakscope scan, file to findings':40s} {command_rate(OURS, path):8.2f} MB/s")
        peer = presidio(lines) if "--peers" in sys.argv else None
        for name, command in COMMANDS.items() if "--peers" in sys.argv else ():
            if shutil.which(command[0]):
                print(f"{name:40s} {command_rate(command, path):8.2f} MB/s")
        if peer:
            print(f"{'Presidio, patterns only, ' + version('presidio-analyzer'):40s} {rate(peer, sum(map(len, lines[:PEER_RECORDS]))):8.3f} MB/s")


def _installed() -> bool:
    try:
        version("leakscope-impact")
    except PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    main()
