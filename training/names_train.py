"""
Fine-tune the names model on one CPU thread, under a clock.

    nice python names_train.py --data names_train.jsonl --made made.jsonl --minutes 80 --out runs/names

The clock decides the length: the learning rate falls to zero at the end of it, and every ten minutes the running
average of the weights is saved, which is usable at any moment.
"""

from __future__ import annotations

import argparse
import copy
import os
import random
import time
from pathlib import Path

import torch
from names_base import TAGS, load_base
from names_data import IGNORED, batches, encode, epoch, read_pieces, tokenizer
from transformers import BertForTokenClassification

SEED = 20261124
AVERAGE = 0.998  # of the running mean of the weights, a step
BODY_RATE, HEAD_RATE, WARM_STEPS = 2e-4, 1e-3, 60


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the labelled pieces, JSON lines")
    parser.add_argument("--made", type=Path, action="append", default=[], help="more pieces, as names_synthetic.py makes them")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", type=Path, help="folder of a checkpoint to go on from")
    parser.add_argument("--rate", type=float, default=1.0, help="factor on the learning rates")
    return parser.parse_args()


def optimiser(model: BertForTokenClassification) -> torch.optim.AdamW:
    """AdamW with a quicker head."""
    head = [value for name, value in model.named_parameters() if "classifier" in name]
    body = [value for name, value in model.named_parameters() if "classifier" not in name]
    return torch.optim.AdamW([{"params": body, "base": BODY_RATE}, {"params": head, "base": HEAD_RATE}], lr=BODY_RATE, weight_decay=0.01)


def loss_of(model: BertForTokenClassification, batch: tuple[torch.Tensor, ...]) -> torch.Tensor:
    """Cross entropy over the tokens with a verdict, in bfloat16 where the machine has it."""
    ids, mask, cases, tags = batch
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = model(input_ids=ids, attention_mask=mask, token_type_ids=cases).logits
    return torch.nn.functional.cross_entropy(scores.float().view(-1, len(TAGS)), tags.view(-1), ignore_index=IGNORED)


def train(given: argparse.Namespace) -> None:
    """Train until the clock runs out; leaves the averaged model in `out`."""
    torch.set_num_threads(int(os.environ.get("TT", "1")))
    torch.manual_seed(SEED)
    draw, tokens = random.Random(SEED), tokenizer()
    pieces = [piece for path in (given.data, *given.made) for piece in read_pieces(path)]
    model = BertForTokenClassification.from_pretrained(given.resume) if given.resume else load_base()
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.05
    average, optimizer = copy.deepcopy(model).eval(), optimiser(model)
    started, saved, step, seen, total = time.monotonic(), time.monotonic(), 0, 0, 0.0
    length = given.minutes * 60
    while time.monotonic() - started < length:
        for batch in batches(encode(epoch(pieces, draw), tokens), draw):
            spent = (time.monotonic() - started) / length
            if spent >= 1:
                break
            for group in optimizer.param_groups:
                group["lr"] = group["base"] * given.rate * min(1.0, step / WARM_STEPS) * (1 - spent)
            loss = loss_of(model, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            step, seen, total = step + 1, seen + int(batch[1].sum()), total + loss.item()
            if step % 10 == 0:
                _follow(average, model, AVERAGE**10 if step > 500 else 0.9)
            if step % 50 == 0:
                clock = time.monotonic() - started
                print(f"step {step} {clock:.0f} s loss {total / 50:.4f} {seen / clock:.0f} tokens/s", flush=True)
                total = 0.0
            if time.monotonic() - saved > 600:
                average.save_pretrained(given.out / "checkpoint")
                saved = time.monotonic()
    average.save_pretrained(given.out)
    print(f"done after {step} steps, {seen} tokens")


@torch.no_grad()
def _follow(average: BertForTokenClassification, model: BertForTokenClassification, keep: float) -> None:
    """Move the running mean one step towards the model."""
    for mean, value in zip(average.parameters(), model.parameters(), strict=True):
        mean.lerp_(value, 1 - keep)


if __name__ == "__main__":
    train(options())
