"""A small Llama-architecture base model, built and briefly pre-trained on this machine from given texts.

It exists so that the whole way from data to served model can be walked on a laptop without a download. It learns
spelling, frequent words and short patterns; it knows nothing of the world, and no one should think it does.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from workers.disk import told_when_full
from workers.errors import EngineError
from workers.loading import choose_device
from workers.model_files import weights_digest

Progress = Callable[[float, str], None]

PAD, EOS, USER, ASSISTANT, SYSTEM = "<|pad|>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>"
# The layout of Zephyr's template: a role token, the text, the end token. The end token closes every pre-training
# document too, so the base model has already learned that text stops there.
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] + eos_token }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


@dataclass(frozen=True)
class Config:
    """What to build; the defaults make 2.2 million parameters and train about half a minute on two CPU cores."""

    texts: tuple[str, ...]  # general text, one document each; never the rows that the model is tuned or measured on
    output_dir: str  # receives config.json, model.safetensors, tokenizer files
    vocab_size: int = 2048  # small text has few distinct words; a larger table would be most of the model
    hidden_size: int = 192  # with four layers lands at two million parameters
    layers: int = 4  # two more cost half the speed and gain nothing in so few steps
    heads: int = 6  # 32 dimensions a head, the smallest that attention kernels like
    intermediate_size: int = 512  # 8/3 of the width, Llama's own proportion for SwiGLU
    context: int = 512  # a question with its answer fits several times; longer would cost memory unused
    steps: int = 300  # about three readings of 300 kB of text; more learns it by heart
    batch_size: int = 8  # many small steps get further in a fixed time than few large ones
    block: int = 128  # tokens a training sequence; sentences, not chapters, are what it can learn
    learning_rate: float = 3e-3  # small models bear high rates; 1e-3 reaches less in so few steps
    warmup: float = 0.05  # first share of steps with a rising rate, against early divergence
    weight_decay: float = 0.1  # usual for pre-training by AdamW
    seed: int = 20  # start values and order of blocks; same seed and threads, same bytes
    threads: int = 2  # torch threads; more than the cores slows down
    device: str = "auto"  # auto, cpu or cuda


@dataclass(frozen=True)
class Result:
    """What was built and how well it fits its own text; losses in nats a token."""

    output_dir: str
    parameters: int
    vocab_size: int
    documents: int
    tokens_in_text: int
    tokens_seen: int
    tokens_per_second: float
    seconds: float
    first_loss: float
    last_loss: float
    loss_curve: list[tuple[int, float]]
    weights_sha256: str
    seed: int
    device: str


def build(config: Config, on_progress: Progress) -> Result:
    """Train the tokenizer, then the model, and save both as a folder that `AutoModelForCausalLM` loads.

    Raises EngineError("base.too_little_text") when the texts do not fill one training batch, disk.full.
    """
    started = time.monotonic()
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    device = choose_device(config.device)
    tokenizer = train_tokenizer(config)
    blocks = _blocks(config, tokenizer)
    model = _model(config, tokenizer).to(device)
    curve = _pretrain(config, model, blocks.to(device), on_progress)
    with told_when_full():
        _save(config, model, tokenizer)
    seconds = time.monotonic() - started
    seen = config.steps * config.batch_size * config.block
    return Result(
        output_dir=config.output_dir,
        parameters=model.num_parameters(),
        vocab_size=len(tokenizer),
        documents=len(config.texts),
        tokens_in_text=blocks.numel(),
        tokens_seen=seen,
        tokens_per_second=seen / seconds,
        seconds=seconds,
        first_loss=curve[0][1],
        last_loss=curve[-1][1],
        loss_curve=curve,
        weights_sha256=weights_digest(Path(config.output_dir)),
        seed=config.seed,
        device=device,
    )


def train_tokenizer(config: Config) -> PreTrainedTokenizerFast:
    """Byte-level BPE: any text in any language can be written in it, so there is no unknown token."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=config.vocab_size,
        special_tokens=[PAD, EOS, SYSTEM, USER, ASSISTANT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(config.texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        pad_token=PAD,
        eos_token=EOS,
        additional_special_tokens=[SYSTEM, USER, ASSISTANT],
        chat_template=CHAT_TEMPLATE,
        model_max_length=config.context,
        clean_up_tokenization_spaces=False,
    )


def _blocks(config: Config, tokenizer: PreTrainedTokenizerFast) -> torch.Tensor:
    """All documents end to end, each closed by the end token, cut into blocks of equal length."""
    ids = [token for text in config.texts for token in [*tokenizer.encode(text), tokenizer.eos_token_id]]
    count = len(ids) // config.block
    if count < config.batch_size:
        raise EngineError(
            "base.too_little_text",
            f"The texts make {len(ids)} tokens; pre-training needs at least {config.batch_size * config.block}.",
        )
    return torch.tensor(ids[: count * config.block]).view(count, config.block)


def _model(config: Config, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=config.hidden_size,
            intermediate_size=config.intermediate_size,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            num_key_value_heads=config.heads,
            max_position_embeddings=config.context,
            # One table for reading and writing tokens: a second would add a fifth to the model.
            tie_word_embeddings=True,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
        )
    )


def _pretrain(
    config: Config, model: LlamaForCausalLM, blocks: torch.Tensor, on_progress: Progress
) -> list[tuple[int, float]]:
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=config.learning_rate, betas=(0.9, 0.95), weight_decay=config.weight_decay
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(config, step))
    order = torch.Generator().manual_seed(config.seed)
    curve: list[tuple[int, float]] = []
    model.train()
    for step in range(1, config.steps + 1):
        batch = blocks[torch.randint(len(blocks), (config.batch_size,), generator=order)]
        loss = model(input_ids=batch, labels=batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        if step == 1 or step % 10 == 0 or step == config.steps:
            curve.append((step, loss.item()))
            on_progress(step / config.steps, f"Pre-training step {step} of {config.steps}, loss {loss.item():.3f}")
    return curve


def _rate(config: Config, step: int) -> float:
    """Linear rise, then half a cosine down to a tenth of the peak."""
    rise = max(1, round(config.steps * config.warmup))
    if step < rise:
        return (step + 1) / rise
    done = (step - rise) / max(1, config.steps - rise)
    return 0.1 + 0.45 * (1 + math.cos(math.pi * min(1.0, done)))


def _save(config: Config, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> None:
    model.eval()
    # Greedy by default: the same question gets the same answer, which an auditor can repeat.
    model.generation_config.do_sample = False
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.save_pretrained(config.output_dir)
    tokenizer.save_pretrained(config.output_dir)
