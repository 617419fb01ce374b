"""LeakScope: from a sample of exposed records to a breach decision."""

from __future__ import annotations

import importlib
import os
from typing import Any

# onnxruntime keeps a device id on the disk and can send events to its maker; nothing here may, whichever library loads it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = "0.1.0"

#: Public functions and the module that defines each; imported on first use, so that the command line starts fast.
_PUBLIC = {
    "assess": "leakscope.assessment.api",
    "fields": "leakscope.api",
    "individuals": "leakscope.individuals",
    "scan": "leakscope.api",
}
__all__ = ["assess", "fields", "individuals", "scan"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(_PUBLIC[name])
    if not hasattr(module, name):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(module, name)
