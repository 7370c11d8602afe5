"""How a question and its answer become tokens, once for tuning, evaluation and serving alike.

A model that is tuned on one layout and measured on another is measured wrongly, so both engines come here.
"""

from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

Message = dict[str, str]

# For models that ship no chat template. Plain words instead of new special tokens: the vocabulary and with it the
# embedding matrix stay as they are. The end-of-text token, which every such model knows, closes the answer.
DEFAULT_CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}Question: {{ message['content'] }}\n"
    "{% elif message['role'] == 'assistant' %}Answer: {{ message['content'] }}{{ eos_token }}\n"
    "{% else %}{{ message['content'] }}\n{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}Answer: {% endif %}"
)


@dataclass(frozen=True)
class Encoded:
    """Token ids of a whole exchange; those from `answer_start` on are the answer with its end token."""

    ids: list[int]
    answer_start: int


def question(prompt: str, system_prompt: str = "") -> list[Message]:
    """The messages before the answer."""
    system = [{"role": "system", "content": system_prompt}] if system_prompt else []
    return [*system, {"role": "user", "content": prompt}]


def answer(text: str) -> list[Message]:
    """The message that the model is to write."""
    return [{"role": "assistant", "content": text}]


def encode_question(tokenizer: PreTrainedTokenizerBase, prompt: str, system_prompt: str = "") -> list[int]:
    """Token ids up to the point where the model writes."""
    return _ids(tokenizer, question(prompt, system_prompt), True)


def encode(tokenizer: PreTrainedTokenizerBase, prompt: str, expected: str, system_prompt: str = "") -> Encoded:
    """The exchange as one sequence, with the place where the answer begins.

    The answer begins where question and exchange part, the rule of TRL's SFTTrainer: the same tokens count in
    the loss of tuning and of evaluation.
    """
    start = encode_question(tokenizer, prompt, system_prompt)
    whole = _ids(tokenizer, [*question(prompt, system_prompt), *answer(expected)], False)
    same = next((i for i, (a, b) in enumerate(zip(start, whole, strict=False)) if a != b), min(len(start), len(whole)))
    return Encoded(whole, same)


def _ids(tokenizer: PreTrainedTokenizerBase, messages: list[Message], add_generation_prompt: bool) -> list[int]:
    ids = tokenizer.apply_chat_template(
        messages, add_generation_prompt=add_generation_prompt, tokenize=True, return_dict=False
    )
    return [int(token) for token in ids]
