"""What a model makes of the held-out rows: how it rates the expected answers, and what it writes itself."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch.nn.functional import cross_entropy
from transformers import GenerationConfig, PreTrainedTokenizerBase

from workers import conversation
from workers.conversation import Encoded
from workers.evaluation.metrics import Answered
from workers.loading import Loaded
from workers.rows import Row

Item = TypeVar("Item")
# Told after every batch: the share of the batches that is done.
Tick = Callable[[float], None]


@dataclass(frozen=True)
class Settings:
    """How answers are rated and written; see the engine's Config for the reasons."""

    system_prompt: str
    max_length: int
    max_new_tokens: int
    temperature: float
    batch_size: int
    seed: int


@dataclass(frozen=True)
class Answers:
    """One entry for every row that left room for an answer, in order, and the places of those rows."""

    answered: list[Answered]
    places: list[int]
    cut: int


def answer_all(loaded: Loaded, rows: Sequence[Row], settings: Settings, tick: Tick) -> Answers:
    """Rate the expected answers, then write own ones, batch by batch."""
    encoded = [conversation.encode(loaded.tokenizer, r.prompt, r.answer, settings.system_prompt) for r in rows]
    places = [place for place, one in enumerate(encoded) if one.answer_start < settings.max_length]
    kept = [encoded[place] for place in places]
    losses = _losses(loaded, kept, settings, lambda share: tick(share / 4))
    texts = _texts(loaded, [rows[place] for place in places], settings, lambda share: tick(0.25 + share * 0.75))
    answered = [
        Answered(text, rows[place].answer, loss, tokens)
        for place, text, (loss, tokens) in zip(places, texts, losses, strict=True)
    ]
    return Answers(answered, places, sum(len(one.ids) > settings.max_length for one in kept))


def _losses(loaded: Loaded, encoded: list[Encoded], settings: Settings, tick: Tick) -> list[tuple[float, int]]:
    """(sum of negative log-likelihoods in nats, number of answer tokens) of every row."""
    found: list[tuple[float, int]] = []
    for batch in _batches(encoded, settings.batch_size):
        found += _batch_losses(loaded, batch, settings.max_length)
        tick(len(found) / len(encoded))
    return found


@torch.inference_mode()
def _batch_losses(loaded: Loaded, batch: Sequence[Encoded], max_length: int) -> list[tuple[float, int]]:
    sequences = [one.ids[:max_length] for one in batch]
    longest = max(map(len, sequences))
    # Padded at the end: no token looks ahead, so what stands behind a row changes nothing in it.
    ids = torch.tensor([ids + [loaded.tokenizer.pad_token_id] * (longest - len(ids)) for ids in sequences])
    labels = torch.full_like(ids, -100)
    for line, (one, sequence) in enumerate(zip(batch, sequences, strict=True)):
        labels[line, one.answer_start : len(sequence)] = ids[line, one.answer_start : len(sequence)]
    mask = torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids in sequences])
    logits = loaded.model(input_ids=ids.to(loaded.device), attention_mask=mask.to(loaded.device)).logits.float()
    # The logits at one place foretell the token at the next.
    target = labels[:, 1:].to(loaded.device)
    loss = cross_entropy(logits[:, :-1].transpose(1, 2), target, reduction="none", ignore_index=-100)
    counts = (target != -100).sum(dim=1)
    return [(float(total), int(count)) for total, count in zip(loss.double().sum(dim=1), counts, strict=True)]


def _texts(loaded: Loaded, rows: list[Row], settings: Settings, tick: Tick) -> list[str]:
    torch.manual_seed(settings.seed)
    written: list[str] = []
    for batch in _batches(rows, settings.batch_size):
        questions = [
            conversation.encode_question(loaded.tokenizer, row.prompt, settings.system_prompt)[: settings.max_length]
            for row in batch
        ]
        written += _batch_texts(loaded, questions, settings)
        tick(len(written) / len(rows))
    return written


@torch.inference_mode()
def _batch_texts(loaded: Loaded, questions: list[list[int]], settings: Settings) -> list[str]:
    longest = max(map(len, questions))
    pad = loaded.tokenizer.pad_token_id
    # Padded in front: writing goes on from the last token.
    ids = torch.tensor([[pad] * (longest - len(ids)) + ids for ids in questions]).to(loaded.device)
    mask = torch.tensor([[0] * (longest - len(ids)) + [1] * len(ids) for ids in questions]).to(loaded.device)
    output = loaded.model.generate(input_ids=ids, attention_mask=mask, generation_config=_generation(loaded, settings))
    return [_text(loaded.tokenizer, line) for line in output[:, longest:]]


def _text(tokenizer: PreTrainedTokenizerBase, ids: torch.Tensor) -> str:
    text: str = tokenizer.decode(ids, skip_special_tokens=True)
    return text.strip()


def _generation(loaded: Loaded, settings: Settings) -> GenerationConfig:
    """Only these settings: what a model's folder suggests would make two models answer under different rules."""
    is_sampling = settings.temperature > 0
    return GenerationConfig(
        max_new_tokens=settings.max_new_tokens,
        do_sample=is_sampling,
        temperature=settings.temperature if is_sampling else None,
        eos_token_id=loaded.model.generation_config.eos_token_id or loaded.tokenizer.eos_token_id,
        pad_token_id=loaded.tokenizer.pad_token_id,
    )


def _batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
