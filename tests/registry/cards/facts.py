"""A model version about which everything is on record, and one about which nothing is."""

from typing import Any

from apps.registry.rules.cards import BaseFacts, DataFacts, Described, Figure, FileFacts, PlaceFacts, RunFacts

A, B, C, D = (sign * 64 for sign in "abcd")
STATEMENTS: dict[str, Any] = {
    "description": "Answers questions about car loans.",
    "architecture": "LlamaForCausalLM",
    "parameters": 1_000_000,
    "context_length": 2_048,
    "tokenizer": "BPE, 32 000 tokens",
    "modality": "text to text",
    "library": "transformers",
    "licence": "Apache-2.0",
    "base_models": ["example/base-7b"],
    "base_relation": "finetune",
    "environment": "torch==2.9.1\ntransformers==4.57.1",
    "task": "text-generation",
    "languages": ["en", "de"],
    "tags": ["loans", "<b>bold</b>"],
    "limitations": ["Knows no law.", "# Answers in English only.\nMostly."],
    "tradeoffs": ["Short answers cost detail."],
    "risks": [{"name": "Wrong advice", "mitigation": "A person checks"}, "Made-up rates"],
    "biases": "Trained on one bank's questions.",
    "fairness": [{"group": "Older people", "harms": "Jargon", "mitigation": "Plain words"}],
    "out_of_scope_uses": ["Legal advice"],
    "intended_uses": ["Draft answers for clerks"],
    "users": ["Clerks"],
    "training_procedure": "LoRA, then merged.",
    "hyperparameters": ["rank 16", "learning rate 0.005"],
    "training_data": ["example/loans"],
    "data_making": "Written by clerks.",
    "data_confidentiality": "internal",
    "developers": ["Support desk"],
    "documents": ["https://example.org/report"],
    "energy": [{"activity": "training", "kwh": 12.5, "co2_tonnes": 0.004}],
    "emissions": {"grams": 4_000.0, "source": "CodeCarbon"},
    "house_rules": {"reviewed_by": "two people"},
}
FIGURES = (
    Figure("loss", 1.25, task="text-generation", dataset="Loans v2", split="held out", low=1.0, high=1.5, n=40),
    Figure("accuracy", 0.75, dataset="example/exam", revision="abc", source="https://example.org/exam", verify="t0ken"),
    Figure("grade", text="B+", dataset_name="Exam | oral"),
)
BASES = (
    BaseFacts("base-2", "Base v1", "1", B, "MIT", "example/base-7b"),
    BaseFacts("base-1", "something of another team", child="base-2", is_hidden=True),
)
DATA = (
    DataFacts(
        "data-7",
        "Loans",
        "training",
        version="2",
        digest=C,
        size=4_096,
        rows=120,
        kinds=("text",),
        licence="CC-BY-4.0",
        created="2026-11-01T09:00:00Z",
        team="Support desk",
        url="https://portal.example.org/data/versions/7/",
        said={"collection_method": ["by hand"], "confidentiality": ["internal"], "sources": ["clerks"]},
        measured={"personal_information": ["Scan 3 of 2026-11-02: 2 pieces of personal data in 1 of 120 rows."]},
        properties={
            "poisoning:verdict": "no planted text found",
            "poisoning:date": "2026-11-02",
            "synthetic:share": "0.1",
        },
        has_personal_data=True,
    ),
    DataFacts("data-9", "something of another team", "evaluation", is_hidden=True),
)
RUN = RunFacts(
    "tuning-4",
    "fine-tuning",
    started="2026-11-03T10:00:00Z",
    finished="2026-11-03T11:00:00Z",
    settings={"rank": "16", "seed": "20"},
    hardware="one GPU",
    seconds=3_600.0,
    energy_kwh=0.25,
    co2_kg=0.1,
    method="CodeCarbon",
    packages={"torch": "2.9.1", "typing_extensions": "4.15.0"},
)
PLACE = PlaceFacts(
    "deployment-1",
    "Loans desk",
    "internal test",
    "Clerks try it",
    "running",
    ({"app": "Desk tool", "aware": "yes", "wording": "I know.", "checked-on": "2026-11-05"},),
)


def full(**more: Any) -> Described:
    """A version that everything is said of."""
    told: dict[str, Any] = {
        "model": "Loan helper “Ä”",
        "number": 3,
        "team": "Support desk",
        "url": "https://portal.example.org/models/versions/12/",
        "created": "2026-11-03T11:00:00Z",
        "updated": "2026-11-06T12:00:00Z",
        "stage": "approved",
        "digest": A,
        "size": 2_048,
        "statements": STATEMENTS,
        "known": {"limitations": "imported from README.md"},
        "files": (FileFacts("config.json", D, 24), FileFacts("weights/ä 1.safetensors", B, 2_024)),
        "figures": FIGURES,
        "bases": BASES,
        "data": DATA,
        "runs": (RUN,),
        "places": (PLACE,),
        "properties": {"rebuild:outcome": "identical", "compute:gpu-hours": "1.0"},
        "measured": {
            "training_data": ["Loans v2"],
            "personal_data": ["2 pieces of personal data"],
            "compute": ["one GPU, 1 hour"],
        },
        "answers": {"data-1": "measured", "modeling-1": "imported"},
    }
    return Described(**told | more)


def bare() -> Described:
    """A version just registered: a name and a number."""
    moment = "2026-11-03T11:00:00Z"
    return Described(
        "Empty", 1, "Team", "https://portal.example.org/models/versions/1/", moment, moment, "draft", "", 0, {}
    )
