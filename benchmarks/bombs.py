"""
Opens each bomb as a run would, and tells what it cost and how it ended.

    python benchmarks/bombs.py [NAME...]

One line a bomb, each in a process of its own: megabytes on the disk, seconds and processor seconds, highest memory of this process and of the reading child above what they had before, the
records that were read, and the reasons in the account. The ceiling is 2 GiB for the child, and the same is held here for both together.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from leakscope.model import SetAside
from leakscope.safety import jail
from leakscope.sources import expand, read
from leakscope.sources.evidence import gather
from tests.hostile.bombs import BOMBS


class Memory(threading.Thread):
    """Watches the resident memory of this process and its children; `peak_mib` is the highest sum above the start."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._over = threading.Event()
        self._start = self._now()
        self.peak_mib = 0.0

    def _now(self) -> int:
        own = os.getpid()
        children = Path(f"/proc/{own}/task/{own}/children")
        pids = [own, *map(int, children.read_text().split())] if children.exists() else [own]
        total = 0
        for pid in pids:
            try:
                total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            except (OSError, IndexError):
                continue
        return total

    def run(self) -> None:
        """Look every 10 ms."""
        while not self._over.wait(0.01):
            self.peak_mib = max(self.peak_mib, (self._now() - self._start) / (1 << 20))

    def stop(self) -> float:
        """The peak in MiB."""
        self._over.set()
        self.join()
        return self.peak_mib


def opened(path: Path) -> tuple[int, Counter[str]]:
    """Records read, and pieces set aside by reason."""
    records, reasons = 0, Counter()
    for evidence in gather([str(path)]):
        for found in [evidence] if isinstance(evidence, SetAside) else expand(evidence):
            for piece in [found] if isinstance(found, SetAside) else read(*found):
                if isinstance(piece, SetAside):
                    reasons[piece.reason] += 1
                else:
                    records += piece.records
    return records, reasons


def _processor_seconds() -> float:
    """Of this process and of its children that have ended."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def measure(name: str, folder: Path) -> str:
    """One line of the table."""
    file, make = BOMBS[name]
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    make(path)
    on_disk = path.stat().st_blocks * 512
    memory = Memory()
    memory.start()
    began, before = time.monotonic(), _processor_seconds()
    records, reasons = opened(path)
    seconds = time.monotonic() - began
    peak = memory.stop()
    jail.close()
    processor = _processor_seconds() - before
    path.unlink()
    shown = ", ".join(f"{reason} {count:,}" if count > 1 else reason for reason, count in sorted(reasons.items()))
    return f"| {name} | {on_disk / 1e6:,.1f} | {seconds:.1f} | {processor:.1f} | {peak:,.0f} | {records:,} | {shown or 'nothing'} |"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        with tempfile.TemporaryDirectory() as folder:
            print(measure(sys.argv[2], Path(folder)), flush=True)
        sys.exit()
    print("| bomb | MB on disk | seconds | of them processor | peak MiB | records read | set aside as |\n|---|---|---|---|---|---|---|", flush=True)
    for name in BOMBS:
        if not sys.argv[1:] or any(one in name for one in sys.argv[1:]):
            subprocess.run([sys.executable, __file__, "--one", name], check=False)
