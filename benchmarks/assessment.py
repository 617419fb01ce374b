"""
Processor time and memory of an assessment, stage by stage, on a made log table or on a file.

    python benchmarks/assessment.py 200000
    python benchmarks/assessment.py FILE --expensive-sample 0

Memory is that of this process and of those it started, sampled ten times a second; `kept` is what is resident when the stage is over.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from leakscope.assessment import run, stages
from leakscope.assessment.state import Run
from leakscope.corpus import make

_TICKS, _PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Measured:
    """
    What one stage took.

    Args:
        stage: its name.
        processor_seconds: of all processes.
        seconds: by the clock.
        peak_mb: most memory resident while it ran.
        kept_mb: resident at its end.
    """

    stage: str
    processor_seconds: float = 0.0
    seconds: float = 0.0
    peak_mb: float = 0.0
    kept_mb: float = 0.0


def _processes() -> Iterator[int]:
    """This process and its children; an assessment's workers start none of their own."""
    yield os.getpid()
    for task in Path("/proc/self/task").iterdir():
        try:
            yield from map(int, (task / "children").read_text().split())
        except OSError:
            continue


def resident_mb() -> float:
    """Resident memory of all processes; pages shared by several are counted for each."""
    return sum(_resident_pages(process) for process in _processes()) * _PAGE / 1e6


def _resident_pages(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def processor_seconds() -> float:
    """Processor time of this process, of its living children and of those that ended."""
    ended = os.times()
    return time.process_time() + ended.children_user + ended.children_system + sum(_used(process) for process in _processes() if process != os.getpid())


def _used(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def _watched(measured: Measured) -> Iterator[None]:
    """Fill `measured` with what happens inside."""
    over = threading.Event()

    def sample() -> None:
        while not over.wait(0.1):
            measured.peak_mb = max(measured.peak_mb, resident_mb())

    sampler = threading.Thread(target=sample, daemon=True)
    began, used = time.perf_counter(), processor_seconds()
    sampler.start()
    try:
        yield
    finally:
        measured.seconds, measured.processor_seconds = time.perf_counter() - began, processor_seconds() - used
        measured.kept_mb = resident_mb()
        over.set()
        sampler.join()
        measured.peak_mb = max(measured.peak_mb, measured.kept_mb)


def measured_assessment(path: Path, *, expensive_sample: int | None = None) -> list[Measured]:
    """Every stage of an assessment of `path`, in order; the case is thrown away."""
    result: list[Measured] = []

    def watched(stage: stages.Stage) -> stages.Stage:
        def of(before: Run) -> Run:
            result.append(Measured(stage.name))
            with _watched(result[-1]):
                return stage.run(before)

        return replace(stage, run=of)

    plain = stages.STAGES
    stages.STAGES = tuple(map(watched, plain))
    try:
        with tempfile.TemporaryDirectory() as folder:
            assessed = run.assess(run.options_from(paths=[str(path)], case=Path(folder) / "case", expensive_sample=expensive_sample))
            print(f"{assessed.data['individuals']['estimated']} people")
            print(f"case: {sum(one.stat().st_size for one in assessed.case.rglob('*') if one.is_file()) / 1e6:.0f} MB")
    finally:
        stages.STAGES = plain
    return result


def main() -> None:
    """Measure one assessment and print a row per stage."""
    subject, *more = sys.argv[1:] or ["100000"]
    sample = int(more[1]) if more[:1] == ["--expensive-sample"] else None
    with tempfile.TemporaryDirectory() as folder:
        path = make("log_stream", rows=int(subject), seed=3, folder=Path(folder)) if subject.isdigit() else Path(subject)
        print(f"{path.stat().st_size / 1e6:.0f} MB")
        rows = measured_assessment(path, expensive_sample=sample)
    print("stage      processor s   clock s   peak MB   kept MB")
    for row in rows:
        print(f"{row.stage:10} {row.processor_seconds:11.1f} {row.seconds:9.1f} {row.peak_mb:9.0f} {row.kept_mb:9.0f}")
    print(f"{'all':10} {sum(one.processor_seconds for one in rows):11.1f} {sum(one.seconds for one in rows):9.1f} {max(one.peak_mb for one in rows):9.0f}")


if __name__ == "__main__":
    main()
