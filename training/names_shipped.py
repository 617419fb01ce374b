"""The weights of a model that ships, unpacked from its 8-bit ONNX form, to train on or to learn from without its checkpoint."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from names_base import load_base
from onnx import numpy_helper
from transformers import BertForTokenClassification


def load_shipped(path: Path) -> BertForTokenClassification:
    """
    A model of the base's shape with the weights of `path`; each is within half a step of 8 bits of what was trained.

    Args:
        path: as `names_export.py` writes it: every matrix one `MatMulInteger` named after its module, every table one `Gather`.
    """
    graph = onnx.load(path).graph
    stored = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
    weights = {name.removeprefix("model."): value.copy() for name, value in stored.items() if name.startswith("model.") and value.dtype == np.float32}
    weights = {name: value for name, value in weights.items() if not name.endswith(("_scale", "_zero_point"))}
    for name in stored:
        if name.startswith("model.") and name.endswith("_quantized"):
            whole = name.removesuffix("_quantized")
            weights[whole.removeprefix("model.")] = _floats(stored, whole)
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            module = node.name.strip("/").removesuffix("/MatMul_quant").replace("/", ".").removeprefix("model.")
            weights[f"{module}.weight"] = _floats(stored, node.input[1].removesuffix("_quantized")).T
    model = load_base()
    missing, unknown = model.load_state_dict({name: torch.tensor(np.ascontiguousarray(value)) for name, value in weights.items()}, strict=False)
    if unknown or [name for name in missing if "position_ids" not in name]:
        raise SystemExit(f"{path} lacks {missing} or has {unknown} too much")
    return model


def _floats(stored: dict[str, np.ndarray], name: str) -> np.ndarray:
    """One table or matrix of 8-bit weights as floats; scales are of the whole or of each column."""
    zero, scale = stored[f"{name}_zero_point"].astype(np.float32), stored[f"{name}_scale"]
    return (stored[f"{name}_quantized"].astype(np.float32) - zero) * scale


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoint")
    parser.add_argument("--model", type=Path, required=True, help="a model.onnx that holds all layers, as 1.0.0 did")
    given = parser.parse_args()
    load_shipped(given.model).save_pretrained(given.out)
