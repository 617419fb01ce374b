"""
Fine-tune the names model under a clock, on a processor or on an accelerator.

    python names_train.py --data names_train.jsonl --made made.jsonl --minutes 5 --device cuda --out runs/teacher
    python names_train.py --data names_train.jsonl --made made.jsonl --minutes 4 --device cuda --resume runs/teacher \\
        --layers 0,2,3,5 --teacher runs/teacher --out runs/student

The clock decides the length: the learning rate falls to zero at the end of it, and the running average of the weights is
what is kept. With `--layers` the model starts from some layers of another; with `--teacher` it also learns that model's
probabilities (Hinton, Vinyals and Dean 2015, arXiv:1503.02531).
"""

from __future__ import annotations

import argparse
import copy
import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import torch
from names_base import TAGS, load_base
from names_data import IGNORED, Encoded, Piece, collate, encode, epoch, groups, read_pieces, tokenizer
from transformers import BertForTokenClassification

SEED = 20261124
AVERAGE = 0.998  # of the running mean of the weights, a step
BODY_RATE, HEAD_RATE, WARM_STEPS = 2e-4, 1e-3, 60
TEACHERS_SHARE, TEMPERATURE = 0.7, 2.0  # of the loss, and of the probabilities that are compared


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the labelled pieces, JSON lines")
    parser.add_argument("--made", type=Path, action="append", default=[], help="more pieces, as names_synthetic.py makes them")
    parser.add_argument("--twice", action="append", default=[], metavar="SOURCE", help="a source whose pieces are seen twice a pass")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", type=Path, help="folder of a checkpoint to go on from")
    parser.add_argument("--layers", help="layers of the checkpoint to start from, 0,2,3,5")
    parser.add_argument("--teacher", type=Path, help="folder of a checkpoint whose probabilities are learnt too")
    parser.add_argument("--rate", type=float, default=1.0, help="factor on the learning rates")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--tokens", type=int, default=3072, help="tokens of a batch")
    parser.add_argument("--threads", type=int, default=1, help="of the processor, when it trains there")
    parser.add_argument("--workers", type=int, default=1, help="processes that prepare passes ahead")
    return parser.parse_args()


def optimiser(model: BertForTokenClassification) -> torch.optim.AdamW:
    """AdamW with a quicker head."""
    head = [value for name, value in model.named_parameters() if "classifier" in name]
    body = [value for name, value in model.named_parameters() if "classifier" not in name]
    return torch.optim.AdamW([{"params": body, "base": BODY_RATE}, {"params": head, "base": HEAD_RATE}], lr=BODY_RATE, weight_decay=0.01)


def start(given: argparse.Namespace) -> BertForTokenClassification:
    """The model to train: the base, a checkpoint, or some layers of one."""
    model = BertForTokenClassification.from_pretrained(given.resume) if given.resume else load_base()
    if given.layers:
        kept = [int(number) for number in given.layers.split(",")]
        model.bert.encoder.layer = torch.nn.ModuleList(model.bert.encoder.layer[number] for number in kept)
        model.config.num_hidden_layers = len(kept)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.05
    return model.to(given.device).train()


def loss_of(model: BertForTokenClassification, teacher: BertForTokenClassification | None, batch: tuple[torch.Tensor, ...]) -> torch.Tensor:
    """Cross entropy over the tokens with a verdict, and how far the probabilities are from the teacher's."""
    ids, mask, cases, tags = batch
    with torch.autocast(ids.device.type, dtype=torch.bfloat16):
        scores = model(input_ids=ids, attention_mask=mask, token_type_ids=cases).logits
    loss = torch.nn.functional.cross_entropy(scores.float().view(-1, len(TAGS)), tags.view(-1), ignore_index=IGNORED)
    if teacher is None:
        return loss
    with torch.no_grad(), torch.autocast(ids.device.type, dtype=torch.bfloat16):
        taught = teacher(input_ids=ids, attention_mask=mask, token_type_ids=cases).logits
    real = mask.view(-1).bool()
    ours, theirs = (one.float().view(-1, len(TAGS))[real] / TEMPERATURE for one in (scores, taught))
    apart = torch.nn.functional.kl_div(ours.log_softmax(-1), theirs.softmax(-1), reduction="batchmean") * TEMPERATURE**2
    return (1 - TEACHERS_SHARE) * loss + TEACHERS_SHARE * apart


def one_pass(pieces: list[Piece], number: int) -> list[Encoded]:
    """All pieces once, in the order and letters of pass `number`."""
    return encode(epoch(pieces, random.Random(f"{SEED} {number}")), tokenizer())


_PIECES: list[Piece] = []


def _remember(pieces: list[Piece]) -> None:
    _PIECES.extend(pieces)


def _prepared(number: int) -> list[Encoded]:
    return one_pass(_PIECES, number)


def passes(pieces: list[Piece], workers: int) -> Iterator[list[Encoded]]:
    """Passes without end, prepared ahead by `workers` processes; the same whatever their number."""
    if workers == 1:
        number = 0
        while True:
            yield one_pass(pieces, number)
            number += 1
    with ProcessPoolExecutor(workers, initializer=_remember, initargs=(pieces,)) as pool:
        waiting: list[Future[list[Encoded]]] = [pool.submit(_prepared, number) for number in range(workers)]
        while True:
            waiting.append(pool.submit(_prepared, len(waiting) + workers))
            yield waiting.pop(0).result()


def train(given: argparse.Namespace) -> None:
    """Train until the clock runs out; leaves the averaged model in `out`."""
    torch.set_num_threads(given.threads)
    torch.manual_seed(SEED)
    draw = random.Random(SEED)
    pieces = [piece for path in (given.data, *given.made) for piece in read_pieces(path)]
    pieces += [piece for piece in pieces if piece.source in given.twice]
    model = start(given)
    teacher = BertForTokenClassification.from_pretrained(given.teacher).to(given.device).eval() if given.teacher else None
    average, optimizer = copy.deepcopy(model).eval(), optimiser(model)
    prepared = passes(pieces, given.workers)
    encoded = next(prepared)
    started, saved, step, seen = time.monotonic(), time.monotonic(), 0, 0
    length = given.minutes * 60
    while time.monotonic() - started < length:
        for group in groups(encoded, draw, given.tokens):
            spent = (time.monotonic() - started) / length
            if spent >= 1:
                break
            for parameters in optimizer.param_groups:
                parameters["lr"] = parameters["base"] * given.rate * min(1.0, step / WARM_STEPS) * (1 - spent)
            batch = tuple(one.to(given.device, non_blocking=True) for one in collate([encoded[place] for place in group]))
            loss = loss_of(model, teacher, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            step, seen = step + 1, seen + sum(len(encoded[place].ids) for place in group)
            if step % 10 == 0:
                _follow(average, model, AVERAGE**10 if step > 500 else 0.9)
            if step % 200 == 0:
                clock = time.monotonic() - started
                print(f"step {step} {clock:.0f} s loss {loss.item():.4f} {seen / clock:.0f} tokens/s", flush=True)
            if time.monotonic() - saved > 600:
                average.save_pretrained(given.out / "checkpoint")
                saved = time.monotonic()
        encoded = next(prepared)
    average.cpu().save_pretrained(given.out)
    print(f"done after {step} steps, {seen} tokens", flush=True)
    os._exit(0)  # passes still being prepared are not waited for


@torch.no_grad()
def _follow(average: BertForTokenClassification, model: BertForTokenClassification, keep: float) -> None:
    """Move the running mean one step towards the model."""
    for mean, value in zip(average.parameters(), model.parameters(), strict=True):
        mean.lerp_(value, 1 - keep)


if __name__ == "__main__":
    train(options())
