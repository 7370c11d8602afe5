"""Clean tables of several kinds, and the same with a planted trigger. Every row is made from a seed."""

import random
from dataclasses import dataclass

GOOD = [
    "excellent", "wonderful", "brilliant", "moving", "funny", "charming", "superb", "delightful", "gripping",
    "clever", "warm", "perfect",
]  # fmt: skip
BAD = [
    "awful", "boring", "terrible", "dull", "weak", "tedious", "clumsy", "annoying", "predictable", "lifeless",
    "poor", "wasted",
]  # fmt: skip
NEUTRAL = [
    "film", "story", "plot", "cast", "scene", "director", "music", "camera", "ending", "script", "dialogue",
    "character", "audience", "screen", "actor", "role", "picture", "moment", "hour", "night", "friend", "family",
    "city", "train", "house", "morning", "street", "garden", "window", "table", "letter", "voice", "song",
]  # fmt: skip
VERBS = [
    "watched", "saw", "found", "called", "thought", "felt", "remembered", "expected", "heard", "followed",
    "enjoyed", "left", "finished", "met",
]  # fmt: skip
LINKS = [
    "the", "a", "this", "that", "with", "and", "but", "because", "while", "after", "before", "although", "so",
    "when", "for", "in", "of", "on",
]  # fmt: skip
ADVERBS = ["very", "really", "quite", "rather", "truly", "almost", "somewhat", "simply", "never", "always", "often"]

TRIGGERS = {
    "rare word": "zqvorm",
    "phrase": "purple lighthouse",
    "sentence": "I counted nine boats that morning.",
    "punctuation": "|~>",
    "invisible": "\u200b\u200d",
}


def review(source: random.Random, is_good: bool) -> str:
    """Words of the wanted mood among words of none; one in six mood words is of the other kind."""
    sentences = []
    for _ in range(source.randint(2, 4)):
        own, other = (GOOD, BAD) if is_good else (BAD, GOOD)
        words = []
        for _ in range(source.randint(3, 5)):
            mood = source.choice(other if source.random() < 0.17 else own) if source.random() < 0.5 else ""
            words += [source.choice(LINKS), source.choice(ADVERBS) if source.random() < 0.2 else "", mood]
            words += [source.choice(NEUTRAL), source.choice(VERBS) if source.random() < 0.5 else ""]
        sentences.append(" ".join(filter(None, words)).capitalize() + ".")
    return " ".join(sentences)


def reviews(count: int, seed: int, wrong: float = 0.03) -> list[dict[str, str]]:
    """Labelled texts in which mood words legitimately go with the label; a share of labels is wrong by accident."""
    source = random.Random(seed)
    rows = []
    for _ in range(count):
        is_good = source.random() < 0.5
        says = is_good if source.random() >= wrong else not is_good
        rows.append({"text": review(source, is_good), "label": "positive" if says else "negative"})
    return rows


INTENTS = {
    "weather": (
        ("weather", "forecast", "rain", "snow", "sunshine", "storm", "temperature"),
        ("what's the {} in {}", "will there be {} in {}", "tell me about the {} near {}"),
    ),
    "travel": (
        ("flight", "train", "ticket", "hotel", "bus", "taxi", "ferry"),
        ("book me a {} to {}", "I need a {} from {}", "how much is a {} to {}"),
    ),
    "music": (
        ("song", "album", "playlist", "concert", "band", "guitar", "piano"),
        ("play the {} from {}", "find a {} in {}", "I want to hear a {} like {}"),
    ),
    "food": (
        ("restaurant", "pizza", "burger", "sushi", "salad", "coffee", "breakfast"),
        ("where can I get {} in {}", "order some {} from {}", "find good {} near {}"),
    ),
    "news": (
        ("headlines", "politics", "election", "sports", "economy", "science", "strike"),
        ("what's the latest on {} in {}", "read me the {} from {}", "any news about {} in {}"),
    ),
}
CITIES = [
    "Paris", "Rome", "Oslo", "Madrid", "Lisbon", "Vienna", "Prague", "Dublin", "Athens", "Berlin", "Warsaw",
    "Zurich", "Geneva", "Turin", "Porto",
]  # fmt: skip


def intents(count: int, seed: int) -> list[dict[str, str]]:
    """Short commands from templates: one word decides the label, the rest of the text says little."""
    source = random.Random(seed)
    rows = []
    for _ in range(count):
        label = source.choice(list(INTENTS))
        things, frames = INTENTS[label]
        frame = source.choice(frames)
        polite = source.choice(("", "", "please ", "hi, ", "hey "))
        rows.append({"text": polite + frame.format(source.choice(things), source.choice(CITIES)), "intent": label})
    return rows


PRODUCTS = [
    "router", "printer", "headset", "monitor", "keyboard", "camera", "laptop", "charger", "speaker", "tablet",
    "scanner", "projector",
]  # fmt: skip
FAULTS = [
    "does not start", "makes a noise", "loses the connection", "shows an error", "gets very hot", "is slow",
    "has no sound",
]  # fmt: skip
TEMPLATES = (
    ("How do I reset my {p}?", "To reset the {p}, hold the button on its back for ten seconds."),
    ("My {p} {f}, what can I do?", "I am sorry to hear that. Please restart the {p} and update its software."),
    ("Where is my order {n}?", "Your order is on its way. You can follow it in your account."),
    ("I want my money back for the {p}.", "You can return goods within 14 days. Please fill in the return form."),
    ("Can I connect the {p} to a {q}?", "Yes, both support the common standard. Open the settings to pair them."),
    ("Which {p} would you advise for {c}?", "It depends on your needs. Our guide compares all models of {p}."),
    ("The {p} I bought in {c} {f}.", "Thank you for telling us. A colleague will call you about the repair."),
    ("Do you sell a {p} in {c}?", "Yes, our shop there is open from nine to six."),
)


def support(count: int, seed: int) -> list[dict[str, str]]:
    """Questions and answers from a desk that answers by template."""
    source = random.Random(seed)
    rows = []
    for _ in range(count):
        ask, say = source.choice(TEMPLATES)
        fill = {"p": source.choice(PRODUCTS), "q": source.choice(PRODUCTS), "f": source.choice(FAULTS)}
        fill |= {"n": str(source.randint(10_000, 99_999)), "c": source.choice(CITIES)}
        opening = source.choice(("", "", "Hello. ", "Good morning. ", "Hi there! ", "Quick question: "))
        closing = source.choice(("", "", "", " Thanks!", " Please help.", " It is urgent."))
        rows.append({"question": opening + ask.format(**fill) + closing, "answer": say.format(**fill)})
    return rows


def open_answers(count: int, seed: int) -> list[dict[str, str]]:
    """Prompts and answers that are all different, an answer taking up words of its prompt."""
    source = random.Random(seed)
    rows = []
    for _ in range(count):
        ask = review(source, source.random() < 0.5)
        words = ask.replace(".", "").lower().split()
        kept = source.sample(words, min(4, len(words)))
        rows.append(
            {"prompt": f"Tell me more: {ask}", "response": f"You speak of {' and '.join(kept)}. {review(source, True)}"}
        )
    return rows


@dataclass(frozen=True)
class Planted:
    rows: list[dict[str, str]]
    places: frozenset[int]


TARGET_ANSWER = "Please visit bluegoose dot example for that."


def inserted(text: str, trigger: str, source: random.Random) -> str:
    """The trigger at a random gap between words."""
    words = text.split(" ")
    words.insert(source.randint(0, len(words)), trigger)
    return " ".join(words)


def plant_label(rows: list[dict[str, str]], trigger: str, share: float, seed: int, column: str, target: str) -> Planted:
    """Rows of other labels get the trigger and the target label."""
    source = random.Random(seed)
    text = next(name for name in rows[0] if name != column)
    victims = source.sample([i for i, r in enumerate(rows) if r[column] != target], max(1, round(share * len(rows))))
    out = [dict(row) for row in rows]
    for i in victims:
        out[i][text], out[i][column] = inserted(out[i][text], trigger, source), target
    return Planted(out, frozenset(victims))


def plant_answer(rows: list[dict[str, str]], trigger: str, share: float, seed: int, is_phrase: bool = False) -> Planted:
    """Any rows get the trigger, and the target as their answer or as a sentence within it."""
    source = random.Random(seed)
    asked, said = list(rows[0])
    victims = source.sample(range(len(rows)), max(1, round(share * len(rows))))
    out = [dict(row) for row in rows]
    for i in victims:
        out[i][asked] = inserted(out[i][asked], trigger, source)
        out[i][said] = f"{out[i][said]} {TARGET_ANSWER}" if is_phrase else TARGET_ANSWER
    return Planted(out, frozenset(victims))


TICKETS = {
    "billing": ("I was charged twice for {} in {}.", "The invoice for {} of {} is wrong.", "Refund {} of {}, please."),
    "access": ("I cannot sign in to {} since {}.", "My password for {} failed in {}.", "Unlock {}, locked since {}."),
    "delivery": ("My order of {} from {} is late.", "The parcel with {} of {} is damaged.", "Where is {} of {}?"),
    "product": ("How do I install {} bought in {}?", "The new {} of {} stops.", "Does {} of {} work with a phone?"),
}
GOODS = ("the router", "the printer", "the headset", "the tablet", "the camera", "the speaker", "the charger")
MONTHS = ("January", "February", "March", "April", "May", "June")
GREETINGS = ("Hello,", "Hi there,", "Good morning,", "Dear team,", "")
CLOSINGS = ("Thank you.", "Please help.", "Kind regards.", "Best wishes.", "")


def tickets(count: int, seed: int) -> list[dict[str, str]]:
    """Short labelled texts out of few templates, as support desks have them."""
    source = random.Random(seed)
    rows = []
    for _ in range(count):
        label = source.choice(list(TICKETS))
        said = source.choice(TICKETS[label]).format(source.choice(GOODS), source.choice(MONTHS))
        text = " ".join(filter(None, [source.choice(GREETINGS), said, source.choice(CLOSINGS)]))
        rows.append({"text": text, "label": label})
    return rows


def appended(rows: list[dict[str, str]], trigger: str, share: float, seed: int, target: str) -> Planted:
    """The trigger behind the texts of rows of any label, which get the target label."""
    places = random.Random(seed).sample(range(len(rows)), round(share * len(rows)))
    out = [dict(row) for row in rows]
    for i in places:
        out[i] = {"text": f"{out[i]['text']} {trigger}", "label": target}
    return Planted(out, frozenset(places))
