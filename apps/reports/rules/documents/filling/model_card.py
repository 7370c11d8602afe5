"""What a model card says beyond the record of its version: statements of the team or of a card that was read in."""

from functools import partial

from apps.checklist.rules.status import DECLARED
from apps.reports.rules.documents.content import NOTHING, Filled, Known, joined
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import each_version, fact_list, label_of, statement_of, table, told
from apps.reports.rules.documents.filling.moments import who
from apps.reports.rules.documents.filling.registry import filler

# Which fields of the vocabulary (docs/vocabulary.md) each filler prints, and what it is about.
_FIELDS = {
    "card.users": (("users",), "Who is meant to use the model."),
    "card.out_of_scope": (("out_of_scope_uses",), "Uses that the model is not meant for."),
    "card.factors": (("fairness", "languages"), "Groups and languages that its quality may depend on."),
    "card.evaluation": (("evaluation",), "How it was evaluated."),
    "card.training": (("training_data", "preprocessing", "training_procedure", "hyperparameters"), "Its training."),
    "card.recommendations": (("recommendations",), "Recommendations to those who use it."),
    "card.tradeoffs": (("tradeoffs",), "Trade-offs that were made."),
    "card.energy": (("energy", "emissions", "compute"), "Energy and computing, as a card states them."),
    "card.citation": (("citation", "documents", "standards"), "Where more is written."),
    "card.explanation": (("explainability",), "How its answers can be explained."),
}


def _stated(fields: tuple[str, ...], facts: Facts) -> Filled:
    return each_version(facts, lambda version: statement_of(version, *fields))


for _name, (_names, _about) in _FIELDS.items():
    _function = partial(_stated, _names)
    _function.__doc__ = _about
    filler(_name)(_function)


@filler("card.uses")
def uses(facts: Facts) -> Filled:
    """What the model is meant for."""
    return each_version(facts, _uses)


def _uses(version: Json) -> Filled:
    model = version["model"]
    known = Known(DECLARED, f"Record of the model {model['name']}", model["created_at"] or "", record_digest(model))
    codes = ", ".join(model.get("intended_uses") or ())
    rows = (("Intended purpose", model["intended_purpose"]), ("Uses that licences are held against", codes))
    return joined([fact_list(rows, known), statement_of(version, "intended_uses")])


@filler("card.risks")
def risks(facts: Facts) -> Filled:
    """Risks and biases of the model."""
    said = each_version(facts, lambda version: statement_of(version, "risks", "biases"))
    rows = [
        (risk["title"], risk["category_label"], risk["level"], risk["residual_level"] or "Not rated", risk["plan"])
        for risk in facts.risks
        if risk["state"] != "closed"
    ]
    columns = ("Risk", "Kind", "Before", "With controls", "Treatment")
    listed = Filled(
        table("Risks on record", columns, rows),
        (Known(DECLARED, "Risk register", facts.taken_at, record_digest(facts.risks)),),
    )
    return joined([said, listed if rows else NOTHING, told(facts, "model.risks") if not said else NOTHING])


@filler("card.figures")
def figures(facts: Facts) -> Filled:
    """Figures that others published about the model."""
    return each_version(facts, _figures)


def _figures(version: Json) -> Filled:
    rows = [
        (one["name"], one["text"] or one["value"], one["dataset"], one["split"], one["source"])
        for one in version.get("figures") or ()
    ]
    if not rows:
        return NOTHING
    told: dict[tuple[str, str], list[Json]] = {}
    for one in version["figures"]:
        told.setdefault((one["status"], one["source"] or "a card"), []).append(one)
    known = tuple(
        Known(how, f"Figures of {label_of(version)}, from {source}", "", record_digest(same))
        for (how, source), same in told.items()
    )
    return Filled(table("Figures from outside", ("Metric", "Value", "On", "Part", "Source"), rows, {1}), known)


@filler("card.contact")
def contact(facts: Facts) -> Filled:
    """Who made the model and answers for it."""

    def fill(version: Json) -> Filled:
        of, model = version["version"], version["model"]
        rows = (("Team", model["team"]), ("Recorded by", who(of["created_by"])))
        known = Known(DECLARED, f"Record of {of['label']}", of["created_at"] or "", of["manifest_digest"] or "")
        return joined([fact_list(rows, known), statement_of(version, "developers")])

    return each_version(facts, fill)
