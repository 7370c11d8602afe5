"""Our words for what cards and bills of materials say of a model version, and which question each of them answers.

docs/vocabulary.md explains each of them beside the terms of the standards. The questions are those of the checklist.
"""

from apps.catalog.rules.metadata.fields import QUESTIONS as DATA_QUESTIONS
from apps.catalog.rules.metadata.fields import Field

HUB, RESULTS, CYCLONEDX, SPDX = "hf-model-card", "hf-eval-results", "cyclonedx-1.7", "spdx-3.0.1"
FORMATS = {
    HUB: "Hugging Face model card",
    RESULTS: "Hugging Face evaluation results",
    CYCLONEDX: "CycloneDX 1.7 ML-BOM",
    SPDX: "SPDX 3.0.1 AI and Dataset",
}

# The eighteen questions, in short; their full wording stands in the checklist, which uses the same ids.
QUESTIONS = DATA_QUESTIONS | {
    "modeling-1": "What can the model not do?",
    "modeling-2": "What are its risks?",
    "modeling-3": "How does it perform?",
    "modeling-4": "Can it be made again?",
    "modeling-5": "Is it transparent?",
    "modeling-6": "Which models was it made from?",
    "modeling-7": "How much energy and computing did it take?",
    "deployment-1": "Where is it used?",
    "deployment-2": "Do applications know that they use generative AI?",
    "deployment-3": "Is it documented for auditors?",
}

_CARD, _BOTH = (HUB, CYCLONEDX), (CYCLONEDX, SPDX)
_ALL = (HUB, CYCLONEDX, SPDX)
FIGURES, FILES_DIGEST, LICENCE, BASES, RELATION = "figures", "files_digest", "licence", "base_models", "base_relation"

FIELDS = (
    Field("training_data", "Training data", ("data-1", "modeling-5"), True, _ALL),
    Field("data_making", "How the training data was made", ("data-2",), True, (SPDX,)),
    Field("preprocessing", "Preparation of the data", ("data-2",), carriers=(HUB, SPDX)),
    Field("data_permission", "Permission to use the training data", ("data-3",), True, ()),
    Field("data_copyright", "Copyrighted material in the training data", ("data-4",), True, ()),
    Field("data_confidentiality", "Confidentiality of the training data", ("data-5",), True, _BOTH),
    Field("personal_data", "Personal data in the training data", ("data-6",), True, _BOTH),
    Field("poisoning", "Search for planted text in the training data", ("data-7",), True, ()),
    Field("synthetic", "Share of the training data made by AI", ("data-8",), True, ()),
    Field("limitations", "Limitations", ("modeling-1",), True, _ALL),
    Field("tradeoffs", "Trade-offs", ("modeling-1",), carriers=(CYCLONEDX,)),
    Field("out_of_scope_uses", "Uses it is not meant for", ("modeling-1",), carriers=(HUB,)),
    Field("risks", "Risks", ("modeling-2",), True, _ALL),
    Field("biases", "Biases", ("modeling-2",), carriers=(HUB, CYCLONEDX)),
    Field("recommendations", "Recommendations", ("modeling-2",), carriers=(HUB,)),
    Field("fairness", "Groups at risk", ("modeling-2",), carriers=(CYCLONEDX,)),
    Field(FIGURES, "Figures of its performance", ("modeling-3",), True, (HUB, RESULTS, CYCLONEDX, SPDX)),
    Field("evaluation", "How it was evaluated", ("modeling-3",), carriers=(HUB,)),
    Field("training_procedure", "How it was trained", ("modeling-4", "modeling-5"), True, (HUB, SPDX)),
    Field("hyperparameters", "Settings of the training", ("modeling-4",), True, (HUB, SPDX)),
    Field("environment", "Packages it was made with", ("modeling-4",), carriers=()),
    Field("recreation", "Attempt to make it again", ("modeling-4",), True, ()),
    Field(FILES_DIGEST, "SHA-256 of the files", ("modeling-4",), True, _BOTH),
    Field("description", "Description", ("modeling-5",), True, _ALL),
    Field("architecture", "Architecture", ("modeling-5",), True, _BOTH),
    Field("parameters", "Number of parameters", ("modeling-5",), True, ()),
    Field(LICENCE, "Licence", ("modeling-5", "data-3"), True, _ALL),
    Field("task", "Task", ("modeling-5",), carriers=(HUB, CYCLONEDX)),
    Field("modality", "What goes in and comes out", ("modeling-5",), carriers=(CYCLONEDX,)),
    Field("library", "Library that loads it", ("modeling-5",), carriers=(HUB,)),
    Field("tokenizer", "Tokenizer", ("modeling-5",)),
    Field("context_length", "Context length in tokens", ("modeling-5",)),
    Field("languages", "Languages", ("modeling-5",), carriers=(HUB,)),
    Field("explainability", "How its answers are explained", ("modeling-5",), carriers=(SPDX,)),
    Field(BASES, "Base models", ("modeling-6",), True, _ALL),
    Field(RELATION, "How it relates to its base", ("modeling-6",), carriers=(HUB,)),
    Field("energy", "Energy in kWh", ("modeling-7",), True, _BOTH),
    Field("emissions", "Emissions of CO2", ("modeling-7",), carriers=_CARD),
    Field("compute", "Computing: hardware and hours", ("modeling-7",), True, (HUB,)),
    Field("intended_uses", "Intended use", ("deployment-1",), True, _ALL),
    Field("users", "Who is meant to use it", ("deployment-1",), carriers=(CYCLONEDX,)),
    Field("deployments", "Where it runs", ("deployment-1",), True, (CYCLONEDX,)),
    Field("disclosure", "Applications told that it is generative AI", ("deployment-2",), True, ()),
    Field("developers", "Who made it and answers for it", ("deployment-3",), True, _ALL),
    Field("documents", "Where more is written", ("deployment-3",), carriers=(HUB, CYCLONEDX)),
    Field("standards", "Standards it follows", ("deployment-3",), carriers=(SPDX,)),
    Field("citation", "How to cite it", ("deployment-3",), carriers=(HUB,)),
    Field("new_version", "What replaces it", (), carriers=(HUB,)),
    Field("tags", "Words to find it by", (), carriers=_CARD),
)
BY_NAME = {field.name: field for field in FIELDS}

# What other parts of the record tell: scans, runs, deployments and the stored files. No file can say it for them.
TOLD_ELSEWHERE = frozenset({FILES_DIGEST, "poisoning", "synthetic", "recreation", "deployments", "disclosure"})
# What has a column of its own on the version; the rest that a file says is kept among its statements.
COLUMNS = {
    "description": "description",
    "architecture": "architecture",
    "parameters": "parameters",
    "tokenizer": "tokenizer",
    "context_length": "context_length",
    "modality": "modality",
    "library": "library",
    "environment": "environment",
    LICENCE: "licence",
    BASES: "base_names",
    RELATION: "relation",
}
STATEMENTS = tuple(field.name for field in FIELDS if field.name not in {*TOLD_ELSEWHERE, *COLUMNS, FIGURES})


def label_of(name: str) -> str:
    """The field's words for people; of a field that is not ours, its name with blanks."""
    return BY_NAME[name].label if name in BY_NAME else name.replace("_", " ").capitalize()
