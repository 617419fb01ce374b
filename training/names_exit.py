"""
Train the head that leaves windows which name nothing after the first layers of a finished model.

    python names_exit.py --checkpoint runs/names --layer 2 --data names_train.jsonl --made made.jsonl

The model itself stays as it is. The head is two small matrices on the states after `--layer`; it learns the whole model's
probability that a token is part of a name, and a window is read on when one of its tokens reaches the threshold (early
exit: Xin and others 2020, DeeBERT, arXiv:2004.12993). Printed is what a threshold would leave and miss in windows that
the head has not seen; the head is written to `exit.pt` of the checkpoint, where `names_export.py` finds it.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
import torch
from names_data import collate, encode, read_pieces, tokenizer, vary
from transformers import BertForTokenClassification

SEED, WIDTH, POSITIVES = 20261127, 96, 3.0  # POSITIVES: weight of a token that is part of a name
PASSES, BATCH, RATE = 8, 2048, 3e-3
SEEN = 0.75  # share of the windows that the head learns from
NAMED = 0.5  # probability from which a window counts as naming something


def head_of(size: int) -> torch.nn.Sequential:
    """States to one logit a token."""
    return torch.nn.Sequential(torch.nn.Linear(size, WIDTH), torch.nn.ReLU(), torch.nn.Linear(WIDTH, 1))


@torch.no_grad()
def states_of(model: BertForTokenClassification, layer: int, pieces: list) -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    """States after `layer`, the whole model's probability of a name, and the window's number, of every token."""
    encoded = sorted(encode(pieces, tokenizer()), key=lambda piece: len(piece.ids))
    states, named, window = [], [], []
    for begin in range(0, len(encoded), 16):
        ids, mask, cases, _ = collate(encoded[begin : begin + 16])
        said = model(input_ids=ids, attention_mask=mask, token_type_ids=cases, output_hidden_states=True)
        real = mask.bool()
        states.append(said.hidden_states[layer][real].half())
        named.append((1 - said.logits.softmax(-1)[..., 0])[real])
        window.append((torch.arange(len(ids))[:, None] + begin).expand_as(mask)[real])
    return torch.cat(states), torch.cat(named), torch.cat(window).numpy()


def fit(states: torch.Tensor, named: torch.Tensor) -> torch.nn.Sequential:
    """A head on standardised states, with the standardising folded into its first matrix."""
    mean, spread = states.mean(0), states.std(0) + 1e-3
    head = head_of(states.shape[1])
    optimizer = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=0.01)
    weight = torch.tensor(POSITIVES)
    for _ in range(PASSES):
        for places in torch.randperm(len(states)).split(BATCH):
            scores = head((states[places] - mean) / spread).squeeze(-1)
            loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, named[places], pos_weight=weight)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        for group in optimizer.param_groups:
            group["lr"] *= 0.7
    with torch.no_grad():
        head[0].weight /= spread
        head[0].bias -= head[0].weight @ mean
    return head


@torch.no_grad()
def report(head: torch.nn.Sequential, states: torch.Tensor, named: torch.Tensor, window: np.ndarray) -> None:
    """For some thresholds: naming windows that are left, and empty windows that are read on all the same."""
    _, place = np.unique(window, return_inverse=True)
    highest, truth = np.full(place.max() + 1, -np.inf), np.zeros(place.max() + 1)
    np.maximum.at(highest, place, head(states).squeeze(-1).numpy())
    np.maximum.at(truth, place, named.numpy())
    for threshold in (-1.0, -0.5, 0.0, 0.5, 1.0):
        on = highest >= threshold
        print(f"threshold {threshold:+.1f}: {(~on)[truth >= NAMED].mean():.2%} of naming windows left, {on[truth < NAMED].mean():.0%} of empty ones read on")


def main() -> None:
    """Fit, report, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--layer", type=int, default=2, help="counted from 1")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--made", type=Path, required=True)
    parser.add_argument("--pieces", type=int, default=14_000)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    draw = random.Random(SEED)
    chosen = draw.sample(read_pieces(given.data), given.pieces * 2 // 3) + draw.sample(read_pieces(given.made), given.pieces // 3)
    model = BertForTokenClassification.from_pretrained(given.checkpoint).eval()
    states, named, window = states_of(model, given.layer, [vary(piece, draw) for piece in chosen])
    seen = torch.tensor(np.random.default_rng(SEED).random(window.max() + 1)[window] < SEEN)
    head = fit(states[seen].float(), named[seen])
    report(head, states[~seen].float(), named[~seen], window[~seen.numpy()])
    torch.save({"layer": given.layer, "head": head.state_dict()}, given.checkpoint / "exit.pt")


if __name__ == "__main__":
    main()
