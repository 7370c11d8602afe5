"""How well a model answers rows that it never saw, with intervals, alone or beside a baseline on the same rows."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch

from workers.errors import EngineError
from workers.evaluation.answers import Answers, Settings, Tick, answer_all
from workers.evaluation.intervals import CONFIDENCE, Floats, difference, draw_counts, interval
from workers.evaluation.metrics import METRICS, Answered, bleu_signature, statistics
from workers.loading import Loaded, load
from workers.model_files import file_digest
from workers.rows import Row, read_rows

Progress = Callable[[float, str], None]
# Their values hang on how a tokenizer cuts the text, so models with different ones cannot be compared by them.
TOKEN_METRICS = ("loss", "perplexity")


@dataclass(frozen=True)
class Config:
    """One evaluation."""

    model: str  # model folder or hub id
    data_path: str  # JSON Lines of held-out rows; tuning writes them to held_out.jsonl
    baseline: str = ""  # a second model on the same rows, usually the base; empty: none
    prompt_column: str = "question"  # what a person asks
    answer_column: str = "answer"  # what the model is to answer
    system_prompt: str = ""  # the one the model was tuned with
    max_new_tokens: int = 96  # a support answer is about 40 tokens; a model that never ends costs this many
    temperature: float = 0.0  # 0 is greedy: the same model gives the same answers, so the figures can be repeated
    max_length: int = 512  # tokens of a row that are rated; as in tuning
    batch_size: int = 32  # rows at once; changes the speed, not the figures beyond rounding
    resamples: int = 1000  # enough for the ends of a 95 % interval; more moves them in the third digit
    example_rows: int = 5  # rows shown word for word, spread evenly over the data
    seed: int = 20  # the bootstrap's draws, and sampling where temperature is above 0
    threads: int = 2  # torch threads
    device: str = "auto"  # auto, cpu or cuda


@dataclass(frozen=True)
class Score:
    """One metric of one model over all rows, with its 95 % interval."""

    name: str
    unit: str
    better: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """Model less baseline in one metric. `improved`: better by more than chance, the interval excludes zero."""

    name: str
    unit: str
    better: str
    model: float
    baseline: float
    difference: float
    low: float
    high: float
    excludes_zero: bool
    improved: bool


@dataclass(frozen=True)
class Example:
    """One row word for word; `baseline_got` is empty without a baseline."""

    prompt: str
    expected: str
    got: str
    baseline_got: str


@dataclass(frozen=True)
class Result:
    """The scores and everything needed to take them again."""

    rows: int
    rows_left_out: int
    rows_cut: int
    answer_tokens: int
    scores: list[Score]
    baseline_scores: list[Score]
    comparisons: list[Comparison]
    examples: list[Example]
    model_weights_sha256: str
    baseline_weights_sha256: str
    data_sha256: str
    same_tokenizer: bool
    confidence: float
    resamples: int
    method: str
    bleu_signature: str
    max_new_tokens: int
    temperature: float
    seed: int
    device: str
    seconds: float
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Measured:
    """A loaded model with its answers."""

    loaded: Loaded
    answers: Answers


def run(config: Config, on_progress: Progress) -> Result:
    """Rate and write answers, score them, compare.

    Raises EngineError: those of `workers.loading` and `workers.rows`, config.invalid, data.too_long.
    """
    began = time.monotonic()
    _check(config)
    torch.set_num_threads(config.threads)
    rows = read_rows(Path(config.data_path), config.prompt_column, config.answer_column)
    share = 0.5 if config.baseline else 1.0
    model = _measure(config, config.model, rows, _ticker(on_progress, "Model", 0.0, share))
    baseline = None
    if config.baseline:
        baseline = _measure(config, config.baseline, rows, _ticker(on_progress, "Baseline", share, share))
    on_progress(0.95, "Drawing the intervals")
    return _result(config, rows, model, baseline, began)


def _check(config: Config) -> None:
    wrong = [
        name
        for name, is_right in (
            ("max_new_tokens", config.max_new_tokens >= 1),
            ("temperature", config.temperature >= 0),
            ("max_length", config.max_length >= 8),
            ("batch_size", config.batch_size >= 1),
            ("resamples", config.resamples >= 100),
            ("threads", config.threads >= 1),
        )
        if not is_right
    ]
    if wrong:
        raise EngineError("config.invalid", f"These settings are out of their range: {', '.join(wrong)}.")


def _ticker(on_progress: Progress, who: str, start: float, width: float) -> Tick:
    return lambda share: on_progress((start + width * share) * 0.95, f"{who}: {share:.0%} of the answers")


def _measure(config: Config, source: str, rows: list[Row], tick: Tick) -> _Measured:
    loaded = load(source, config.device)
    settings = Settings(
        system_prompt=config.system_prompt,
        max_length=config.max_length,
        max_new_tokens=config.max_new_tokens,
        temperature=config.temperature,
        batch_size=config.batch_size,
        seed=config.seed,
    )
    return _Measured(loaded, answer_all(loaded, rows, settings, tick))


def _result(config: Config, rows: list[Row], model: _Measured, baseline: _Measured | None, began: float) -> Result:
    places = _common_places(model, baseline)
    counts = draw_counts(len(places), config.resamples, config.seed)
    ours = _at(model, places)
    theirs = _at(baseline, places) if baseline else []
    own, other = statistics(ours), statistics(theirs) if theirs else {}
    same_tokenizer = baseline is None or model.loaded.tokenizer.get_vocab() == baseline.loaded.tokenizer.get_vocab()
    scores, baseline_scores = _scores(own, counts), _scores(other, counts) if other else []
    return Result(
        rows=len(places),
        rows_left_out=len(rows) - len(places),
        rows_cut=model.answers.cut,
        answer_tokens=sum(one.tokens for one in ours),
        scores=scores,
        baseline_scores=baseline_scores,
        comparisons=_comparisons(own, other, counts, same_tokenizer) if other else [],
        examples=_examples([rows[place] for place in places], ours, theirs, config.example_rows),
        model_weights_sha256=model.loaded.weights_sha256,
        baseline_weights_sha256=baseline.loaded.weights_sha256 if baseline else "",
        data_sha256=file_digest(Path(config.data_path)),
        same_tokenizer=same_tokenizer,
        confidence=CONFIDENCE,
        resamples=config.resamples,
        method=f"percentile bootstrap over {len(places)} rows, {config.resamples} times; loss on answer tokens only",
        bleu_signature=bleu_signature(),
        max_new_tokens=config.max_new_tokens,
        temperature=config.temperature,
        seed=config.seed,
        device=model.loaded.device,
        seconds=time.monotonic() - began,
        notes=_notes(scores, same_tokenizer),
    )


def _common_places(model: _Measured, baseline: _Measured | None) -> list[int]:
    places = model.answers.places
    if baseline:
        shared = set(baseline.answers.places)
        places = [place for place in places if place in shared]
    if len(places) < 2:
        raise EngineError("data.too_long", "Fewer than two rows leave room for an answer; there is nothing to compare.")
    return places


def _at(measured: _Measured, places: list[int]) -> list[Answered]:
    by_place = dict(zip(measured.answers.places, measured.answers.answered, strict=True))
    return [by_place[place] for place in places]


def _scores(by_metric: dict[str, Floats], counts: Floats) -> list[Score]:
    found = [(metric, interval(by_metric[metric.name], metric.value, counts)) for metric in METRICS]
    return [Score(m.name, m.unit, m.better, one.value, one.low, one.high) for m, one in found]


def _comparisons(
    own: dict[str, Floats], other: dict[str, Floats], counts: Floats, same_tokenizer: bool
) -> list[Comparison]:
    found = []
    for metric in METRICS:
        if metric.name in TOKEN_METRICS and not same_tokenizer:
            continue
        gap = difference(own[metric.name], other[metric.name], metric.value, counts)
        model, baseline = (metric.value(by[metric.name].sum(axis=0)) for by in (own, other))
        is_right_way = gap.value < 0 if metric.better == "lower" else gap.value > 0
        found.append(
            Comparison(
                name=metric.name,
                unit=metric.unit,
                better=metric.better,
                model=model,
                baseline=baseline,
                difference=gap.value,
                low=gap.low,
                high=gap.high,
                excludes_zero=gap.excludes_zero,
                improved=gap.excludes_zero and is_right_way,
            )
        )
    return found


def _examples(rows: list[Row], ours: list[Answered], theirs: list[Answered], wanted: int) -> list[Example]:
    step = max(1, len(rows) // max(1, wanted))
    chosen = list(range(0, len(rows), step))[:wanted]
    return [
        Example(rows[place].prompt, rows[place].answer, ours[place].got, theirs[place].got if theirs else "")
        for place in chosen
    ]


def _notes(scores: list[Score], same_tokenizer: bool) -> list[str]:
    notes = []
    if any(score.name == "exact_match" and score.low == score.high for score in scores):
        notes.append("Exact match is the same in every row, so its bootstrap interval has no width and says little.")
    if not same_tokenizer:
        notes.append("The two models cut text into tokens differently: loss and perplexity are not compared.")
    return notes
