"""Which heading and which bold label of a model card stands for which of our fields, for reading and for writing."""

import re

# Headings of the hub's template, of the trainers' cards and of well-known cards, in lower case.
HEADINGS: dict[str, tuple[str, ...]] = {
    "bias, risks, and limitations": ("limitations", "risks", "biases"),
    "citation": ("citation",),
    "compute infrastructure": ("compute",),
    "direct use": ("intended_uses",),
    "downstream use": ("intended_uses",),
    "environmental impact": ("compute",),
    "ethical considerations": ("risks",),
    "ethical considerations and limitations": ("risks", "limitations"),
    "evaluation": ("evaluation",),
    "framework versions": ("environment",),
    "hardware": ("compute",),
    "intended use": ("intended_uses",),
    "intended uses & limitations": ("intended_uses", "limitations"),
    "license": ("licence_statement",),
    "limitations": ("limitations",),
    "model architecture": ("architecture_notes",),
    "model architecture and objective": ("architecture_notes",),
    "model description": ("description",),
    "model card authors": ("developers",),
    "model card contact": ("developers",),
    "model examination": ("explainability",),
    "more information": ("documents",),
    "out-of-scope use": ("out_of_scope_uses",),
    "preprocessing": ("preprocessing",),
    "recommendations": ("recommendations",),
    "results": ("evaluation",),
    "risks and limitations": ("risks", "limitations"),
    "testing data": ("evaluation",),
    "testing data, factors & metrics": ("evaluation",),
    "training and evaluation data": ("training_data",),
    "training data": ("training_data",),
    "training hyperparameters": ("hyperparameters",),
    "training procedure": ("training_procedure",),
    "uses": ("intended_uses",),
}
# For headings that are worded otherwise; the first that matches holds.
_PATTERNS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"out-of-scope|misuse"), ("out_of_scope_uses",)),
    (re.compile(r"risks?.*limitations?|limitations?.*risks?"), ("risks", "limitations")),
    (re.compile(r"limitation"), ("limitations",)),
    (re.compile(r"\brisks?\b|ethical consideration"), ("risks",)),
    (re.compile(r"\bbias"), ("biases",)),
    (re.compile(r"intended (use|user)"), ("intended_uses",)),
    (re.compile(r"training data"), ("training_data",)),
    (re.compile(r"hyper-?parameters"), ("hyperparameters",)),
    (re.compile(r"carbon|environmental|compute|hardware"), ("compute",)),
    (re.compile(r"\bbenchmarks?\b|evaluation"), ("evaluation",)),
)
# Bold labels in lists, as in “- **Developed by:** …”.
LABELS = {
    "carbon emitted": "emissions_said",
    "cloud provider": "compute",
    "compute region": "compute",
    "developed by": "developers",
    "funded by": "developers",
    "hardware type": "compute",
    "hours used": "compute",
    "model developers": "developers",
    "model type": "architecture_notes",
    "shared by": "developers",
    "training regime": "training_procedure",
    "finetuned from model": "base_said",
    "license": "licence_statement",
    "language(s) (nlp)": "languages_said",
}
# The heading that an export gives a field, where it is not the field's own label.
WRITTEN = {
    "biases": "Biases",
    "citation": "Citation",
    "compute": "Compute Infrastructure",
    "description": "Model Description",
    "evaluation": "Evaluation",
    "hyperparameters": "Training Hyperparameters",
    "intended_uses": "Direct Use",
    "limitations": "Limitations",
    "out_of_scope_uses": "Out-of-Scope Use",
    "preprocessing": "Preprocessing",
    "recommendations": "Recommendations",
    "risks": "Risks",
    "training_data": "Training Data",
    "training_procedure": "Training Procedure",
    "developers": "Model Card Authors",
}
# For a line whose white space was made single: a pattern with several runs of it would take long over many blanks.
BOLD = re.compile(r"^[-*]? ?\*\*([^*]{1,80}?) ?(?:\[optional\])? ?:? ?\*\* ?:? ?(.*)$", re.IGNORECASE)


def fields_under(heading: str) -> tuple[str, ...]:
    """The fields that the text under a heading speaks to; none for a heading that is not known."""
    if heading in HEADINGS:
        return HEADINGS[heading]
    return next((names for pattern, names in _PATTERNS if pattern.search(heading)), ())
