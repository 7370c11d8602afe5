"""Categories, scales and states of risks, as pure rules."""

from dataclasses import dataclass
from datetime import date, timedelta

# Six of the article on GenAIOps that the checklist comes from, and the twelve of NIST AI 600-1, section 2.
ARTICLE = {
    "hallucination": "Hallucination",
    "bias": "Bias",
    "transparency": "Transparency",
    "intellectual_property": "Intellectual property",
    "cybersecurity": "Cybersecurity and fraud",
    "environment": "Environment",
}
NIST_600_1 = {
    "nist-1": "CBRN information or capabilities",
    "nist-2": "Confabulation",
    "nist-3": "Dangerous, violent, or hateful content",
    "nist-4": "Data privacy",
    "nist-5": "Environmental impacts",
    "nist-6": "Harmful bias and homogenization",
    "nist-7": "Human-AI configuration",
    "nist-8": "Information integrity",
    "nist-9": "Information security",
    "nist-10": "Intellectual property (NIST)",
    "nist-11": "Obscene, degrading, and/or abusive content",
    "nist-12": "Value chain and component integration",
}
OTHER = "other"
CATEGORIES = ARTICLE | NIST_600_1 | {OTHER: "Other"}
CATEGORY_GROUPS = (("GenAIOps", ARTICLE), ("NIST AI 600-1", NIST_600_1), ("", {OTHER: "Other"}))

SCALE = (1, 2, 3, 4, 5)
LIKELIHOODS = {1: "Rare", 2: "Unlikely", 3: "Possible", 4: "Likely", 5: "Almost certain"}
IMPACTS = {1: "Negligible", 2: "Minor", 3: "Moderate", 4: "Major", 5: "Severe"}

LOW, MEDIUM, HIGH, CRITICAL = "low", "medium", "high", "critical"
LEVELS = {LOW: "Low", MEDIUM: "Medium", HIGH: "High", CRITICAL: "Critical"}
_FROM = ((17, CRITICAL), (10, HIGH), (5, MEDIUM), (1, LOW))  # likelihood × impact, from 1 to 25

UNTREATED, REDUCE, AVOID, TRANSFER, ACCEPT = "none", "reduce", "avoid", "transfer", "accept"
TREATMENTS = {
    UNTREATED: "Not yet decided",
    REDUCE: "Reduce it",
    AVOID: "Avoid it",
    TRANSFER: "Transfer it",
    ACCEPT: "Live with it",
}

OPEN, ACCEPTED, CLOSED = "open", "accepted", "closed"
STATES = {OPEN: "Open", ACCEPTED: "Accepted", CLOSED: "Closed"}

INHERENT, RESIDUAL = "inherent", "residual"
RATINGS = {INHERENT: "Before anything is done", RESIDUAL: "With the controls at work"}

UNCHECKED, WORKING, FAILING = "unchecked", "working", "failing"
CONTROL_STATES = {UNCHECKED: "Not checked", WORKING: "Works", FAILING: "Fails"}

MOST_DAYS = 366  # until a risk is looked at again


@dataclass(frozen=True)
class Cell:
    """One field of the matrix: how likely, how bad, and how many risks stand there."""

    likelihood: int
    impact: int
    count: int

    @property
    def level(self) -> str:
        return level_of(self.likelihood, self.impact)


def level_of(likelihood: int | None, impact: int | None) -> str:
    """How serious a risk is: the product of both scales, in four bands; empty where either is not rated."""
    if not likelihood or not impact:
        return ""
    return next(level for least, level in _FROM if likelihood * impact >= least)


def pairs_at(level: str) -> list[tuple[int, int]]:
    """Every likelihood and impact that make this level, for a filter in a database."""
    return [(one, two) for one in SCALE for two in SCALE if level_of(one, two) == level]


def review_problem(on: date | None, today: date) -> str:
    """Why a risk cannot be looked at again on that day; empty where it can."""
    if on is None:
        return ""
    if on <= today:
        return "The day on which the risk is looked at again lies in the future."
    if on > today + timedelta(days=MOST_DAYS):
        return "A risk is looked at again within a year."
    return ""
