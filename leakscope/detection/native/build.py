"""
Compiles the native scan with the C compiler that is there; without one LeakScope works the same, only slower.

    python -m leakscope.detection.native.build
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
_SOURCES = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(FOLDER.glob("*.[ch]")))).hexdigest()[:12]
#: File name of the compiled scan: platform and sources are part of it, so that one compiled elsewhere or from other sources is none.
LIBRARY = f"scan-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}-{_SOURCES}.so"
_FLAGS = ("-std=gnu11", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-DNDEBUG")


def compiler() -> str | None:
    """The C compiler to use: `CC`, else the first of cc, gcc and clang; null when there is none, or on Windows."""
    if sys.platform == "win32":
        return None
    return next((found for name in (os.environ.get("CC"), "cc", "gcc", "clang") if name and (found := shutil.which(name))), None)


def build(folder: Path = FOLDER) -> Path | None:
    """
    Compile `scan.c` into `folder`.

    Returns:
        The library, or null when there is no compiler or it fails; then nothing is left behind.
    """
    cc = compiler()
    if cc is None:
        return None
    with tempfile.TemporaryDirectory() as work:
        made = Path(work) / LIBRARY
        try:
            subprocess.run([cc, *_FLAGS, "-o", str(made), str(FOLDER / "scan.c")], check=True, capture_output=True, timeout=300)
        except (OSError, subprocess.SubprocessError):
            return None
        target = folder / LIBRARY
        partial = target.with_suffix(f".{os.getpid()}")
        shutil.copyfile(made, partial)
        partial.replace(target)
    return target


if __name__ == "__main__":
    built = build()
    sys.stdout.write(f"{built.name}\n" if built else "not built: no C compiler, or it failed\n")
