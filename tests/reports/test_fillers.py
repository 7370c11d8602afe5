"""Every filler that documents share, on a snapshot made by hand: what it says, and what it names as missing."""

from collections.abc import Iterator
from typing import Any

import pytest

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.reports.rules.documents.content import Filled, Picture
from apps.reports.rules.documents.filling import FILLERS
from apps.reports.rules.documents.filling.facts import Facts
from tests.reports import small_facts as small

ORGANISATION = {"name": "Desk Ltd", "address": "Cork", "contact": "the board", "representative_name": "Rep SA"}
ORGANISATION |= {"representative_contact": "Lyon"}
BIASED = small.statement("biases", "Fewer questions of night shifts.", "Biases")
TERMS = {"terms": {"licence_class": "permissive", "commercial_use": "allowed"}, "duties": ["Name the authors."]}
TERMS |= {"chains": [{"chain": "Helper v2, tuned on Rows v1", "expression": "CC-BY-4.0", "problem": ""}]}
LIMITS = small.statement("limitations", ["Knows nothing of 2027."], "Limitations")
PII = small.scan(personal_data={"total": 2, "rows_scanned": 10, "by_entity": {"EMAIL_ADDRESS": 2}})
WAIVER: dict[str, Any] = {
    "subject": {"label": "Helper v2"},
    "sentence": "No licence.",
    "question": "",
    "reason": "Old.",
}
WAIVER |= {"granted_by": small.BEN, "granted_at": small.AT, "expires_on": "2026-06-01", "state": "in_force"}
FIGURE = {"name": "accuracy", "value": 0.7, "text": "", "dataset": "MMLU", "split": "law", "source": "card"}
FIGURE |= {"status": "imported", "words": "MMLU law: accuracy 0.7"}


def found(summary: str, *names: str) -> Facts:
    """A version about which these collectors said this."""
    told = {name: [small.finding(summary)] for name in names}
    return small.small(versions=[small.version(findings=told)], datasets=[small.dataset(findings=told)])


def one(**parts: Any) -> Facts:
    """A snapshot with one version that has these parts."""
    return small.small(versions=[small.version(**parts)], datasets=[small.dataset()])


def data(**parts: Any) -> Facts:
    """A snapshot with one version and one dataset version that has these parts."""
    return small.small(versions=[small.version()], datasets=[small.dataset(**parts)])


def whole(**parts: Any) -> Facts:
    """A snapshot with something of everything."""
    return small.small(
        **{
            "organisation": ORGANISATION,
            "system": small.system(),
            "systems": [small.system()],
            "versions": [
                small.version(
                    tuning=small.tuning(),
                    evaluations=[small.evaluation()],
                    drift=[small.drift()],
                    gate={"is_green": True, "gaps": []},
                )
            ],
            "datasets": [small.dataset()],
            "deployments": [small.deployment()],
            "risks": [small.risk()],
            "incidents": [small.incident()],
            "monitoring": {"alerts": [small.alert()]},
            "assessments": [small.assessment()],
            "waivers": [WAIVER],
            "audit_trail": small.trail(),
        }
        | parts
    )


# filler, snapshot, what stands in it
SAYS = [
    ("provider.identity", whole(), ["Desk Ltd", "Cork"]),
    ("provider.contact", whole(), ["the board"]),
    ("provider.representative", whole(), ["Rep SA", "Lyon"]),
    ("provider.further", whole(organisation=ORGANISATION | {"registered_as": "C 123"}), ["Registered as", "C 123"]),
    ("system.purpose", whole(), ["Helping visitors", "Answering colleagues"]),
    ("system.risk_class", whole(), ["High", "It decides who gets in."]),
    ("system.description", whole(), ["Answers at the desk.", "Ben"]),
    ("system.parts", whole(), ["Helper v2", "writes the answers", "2026-03-01"]),
    ("version.identity", whole(), ["Helper", "f" * 64, "champion", "Approved", "1 file, 2.0 KiB"]),
    ("version.relations", whole(), ["Helper v1", "Fine-tune", "Base v1", "Learned the new desks."]),
    ("version.architecture", whole(), ["LlamaForCausalLM", "Layers", "4"]),
    ("version.parameters", whole(), ["1,240,000"]),
    ("version.modalities", whole(), ["text to text"]),
    ("version.context", whole(), ["2,048 tokens"]),
    ("version.tokenizer", whole(), ["GPT2Tokenizer"]),
    ("version.licence", one(licence=TERMS), ["Apache-2.0", "permissive", "Name the authors.", "CC-BY-4.0"]),
    ("version.base_models", whole(), ["Base v1", "example/base", "5,000", "b" * 64]),
    ("version.files", whole(), ["model.safetensors", "2.0 KiB", "a" * 64]),
    ("version.software", whole(), ["transformers", "3.11.7", "torch", "2.13.0"]),
    ("version.hardware", whole(), ["x86_64", "8 GiB", "cpu"]),
    ("version.release", whole(), ["2026-03-01 12:00:00 UTC", "First deployed"]),
    ("version.limits", one(statements=[LIMITS]), ["Knows nothing of 2027."]),
    ("lineage.graph", whole(), ["What came from what", "Base v1", "Rows v1", "Intranet"]),
    ("data.training", whole(), ["Rows v1", "4.0 KiB", "d" * 12, "Questions of colleagues."]),
    ("data.collection", whole(), ["Written in the house", "By hand", "Own work"]),
    ("data.sources", data(sources=[small.source()]), ["(https://forum.example)", "25.0 %", "2025-06-30; DE"]),
    ("data.preparation", data(commits=[small.commit(operation="Redacted copy")]), ["Redacted copy", "First rows"]),
    ("data.statistics", whole(), ["question", "20.5", "Counted over every row.", "length"]),
    ("data.personal", data(scan=PII), ["E-mail address", "2"]),
    ("data.bias", one(statements=[BIASED]), ["Fewer questions of night shifts.", "80.0 %"]),
    ("data.licences", data(sources=[small.source()], terms=TERMS), ["CC-BY-SA-4.0", "Ben", "5" * 64, "permissive"]),
    ("data.synthetic", found("None of it.", "dataset.generated"), ["None of it."]),
    ("data.poisoning", found("No trigger.", "dataset.poisoning"), ["No trigger."]),
    ("data.evaluation", whole(), ["Rows v1", "was used for training too"]),
    ("data.gaps", data(provenance_gaps=["origin"]), ["Rows v1: “Origin” is empty.", "never scanned"]),
    ("data.copyright", data(provenance={"contains_copyrighted_material": "Yes, our own"}), ["Yes, our own"]),
    ("data.tdm", data(sources=[small.source()]), ["Looked for, none found", "robots.txt of that day"]),
    ("tuning.method", whole(), ["Base v1", "480", "Loss during tuning"]),
    ("tuning.parameters", whole(), ["Size of the adapter (rank)", "16"]),
    ("tuning.compute", whole(), ["5.0 s", "480", "8 GiB"]),
    ("tuning.energy", whole(), ["2 Wh", "0.0008 kg", "DEU"]),
    ("tuning.recreation", found("The settings are kept.", "tuning.recipe"), ["The settings are kept."]),
    ("evaluation.suites", whole(), ["Rows v1", "60", "Exact match", "Percentile bootstrap."]),
    ("evaluation.results", whole(), ["0.5", "0.4 to 0.6", "better than the baseline", "Sixty rows are few."]),
    ("evaluation.groups", one(figures=[FIGURE]), ["MMLU", "law", "0.7"]),
    ("evaluation.reviews", whole(), ["Ben", "Good enough."]),
    ("evaluation.reports", whole(), ["Evaluation 5", "Ann", "8" * 64]),
    ("deployment.list", whole(), ["Desk", "production", "Help at the desk", "ready"]),
    ("deployment.forms", whole(), ["over the network", "Intranet, Wiki"]),
    ("deployment.disclosures", whole(), ["A line says so.", "Ben"]),
    ("deployment.applications", whole(), ["Intranet", "yes", "Wiki", "no"]),
    ("deployment.logs", whole(), ["Desk", "1"]),
    ("deployment.limits", one(statements=[small.statement("out_of_scope_uses", "No children.")]), ["No children."]),
    ("risks.register", whole(), ["Wrong answers", "High (4 × 4)", "Medium (2 × 3)", "Exact match", "Works"]),
    ("risks.residual", whole(), ["Wrong answers", "Medium"]),
    ("risks.matrix", whole(), ["Unlikely (2)", "Moderate (3)", "1"]),
    ("monitoring.plan", whole(), ["Old v1", "Jensen–Shannon distance of age", "nannyml 0.13.1"]),
    ("monitoring.drift", whole(), ["New v1", "Jensen–Shannon distance of age"]),
    ("monitoring.alerts", whole(), ["0.3, above 0.2", "chunk 1 (rows 0 to 9)"]),
    ("monitoring.cycle", whole(), ["2026-03-01", "Values outside their thresholds", "1"]),
    ("incidents.list", whole(), ["Wrong doors opened", "Fundamental rights", "2026-03-16 12:00:00 UTC", "Retrain"]),
    ("changes.versions", whole(), ["Helper v1", "Helper v2", "Learned the new desks.", "writes the answers"]),
    ("changes.history", whole(), ["Ann (Engineer)", "Version: create", "holds"]),
    ("approvals.list", whole(), ["Helper v2", "Approved", "Ben", "Good enough."]),
    ("gate.state", whole(), ["The gate is green"]),
    ("waivers.list", whole(), ["No licence.", "2026-06-01", "In force"]),
    ("security.measures", whole(), ["f" * 64, "Every change is an entry", "cover it up to entry 2."]),
    ("oversight.measures", whole(), ["Front desk", "Ben", "Engineer"]),
]  # fmt: skip

# filler, snapshot, what is missing in it
MISSES = [
    ("provider.identity", whole(organisation={}), "name is not on record"),
    ("provider.identity", whole(organisation={"name": "Desk Ltd"}), "address is not on record"),
    ("provider.contact", whole(organisation={}), "No contact"),
    ("provider.representative", whole(organisation={}), "No authorised representative"),
    ("system.purpose", whole(systems=[small.system(intended_purpose="")]), "purpose of Front desk is not on record"),
    ("system.risk_class", whole(systems=[small.system(risk_class="unknown")]), "not yet classified"),
    ("system.risk_class", whole(systems=[]), "works in no AI system"),
    ("system.description", whole(systems=[small.system(description="")]), "is not described"),
    ("system.parts", whole(systems=[small.system(parts=[])]), "No model version works in Front desk"),
    ("version.identity", one(version=small.version_itself(manifest_digest="", files=[])), "has no files"),
    ("version.relations", one(version=small.version_itself(description="")), "What changed in Helper v2"),
    ("version.architecture", one(version=small.version_itself(architecture="")), "Architecture: not on record"),
    ("version.parameters", one(version=small.version_itself(parameters=None)), "Parameters: not on record"),
    ("version.modalities", one(version=small.version_itself(modality="")), "not on record"),
    ("version.context", one(version=small.version_itself(context_length=None)), "Context length: not on record"),
    ("version.tokenizer", one(version=small.version_itself(tokenizer="")), "Tokenizer: not on record"),
    ("version.licence", one(version=small.version_itself(licence="")), "Licence: not on record"),
    ("version.hardware", whole(), "hardware that it is meant to run on"),
    ("version.release", one(), "was not deployed"),
    ("data.training", whole(datasets=[]), "No training data"),
    ("data.training", data(description=""), "Rows v1 is not described"),
    ("data.collection", data(provenance={"origin": "here"}), "“How it was collected” is empty"),
    ("data.sources", data(), "no source on record"),
    ("data.preparation", data(), "cleaned and selected is not described"),
    ("data.statistics", data(statistics=None), "No figures of Rows v1"),
    ("data.bias", data(), "possible biases"),
    ("data.licences", data(licence=""), "no licence on record"),
    ("data.licences", data(sources=[small.source(licence_verified_at=None)]), "Nobody has verified"),
    ("data.evaluation", data(used_as=["training data"]), "No data for testing"),
    ("data.tdm", data(sources=[small.source(tdm_reservation="unknown")]), "Nobody has looked"),
    ("tuning.energy", one(tuning=small.tuning(energy_kwh=None, result={})), "did not measure its energy"),
    ("tuning.energy", whole(), "training of Base v1"),
    ("tuning.recreation", whole(), "Nobody has tried to make the version again"),
    ("evaluation.suites", one(), "No finished evaluation"),
    ("evaluation.suites", one(evaluations=[small.evaluation(is_held_out=False)]), "may have been part of training"),
    ("evaluation.results", one(), "No finished evaluation"),
    ("evaluation.groups", whole(), "by groups of people"),
    ("evaluation.reviews", whole(assessments=[]), "Nobody has signed"),
    ("evaluation.reports", one(), "No finished evaluation"),
    ("deployment.list", whole(deployments=[]), "No deployment"),
    ("deployment.list", whole(deployments=[small.deployment(purpose="")]), "What Desk is for"),
    ("deployment.disclosures", whole(), "Wiki has not said"),
    ("deployment.disclosures", whole(deployments=[small.deployment(applications=[])]), "nobody says what people"),
    ("deployment.applications", whole(deployments=[small.deployment(applications=[])]), "No application calls Desk"),
    ("deployment.guardrails", whole(), "No guardrail"),
    ("deployment.logs", whole(), "are kept is not on record"),
    ("deployment.limits", whole(), "No limit of use"),
    ("risks.register", whole(risks=[]), "No risk"),
    ("risks.register", whole(risks=[small.risk(treatment="none")]), "nobody has decided"),
    ("risks.register", whole(risks=[small.risk(review_on="2026-02-01")]), "is past"),
    ("risks.residual", whole(risks=[small.risk(residual_level="", residual_likelihood=None)]), "is not rated"),
    ("risks.residual", whole(), "nobody has accepted"),
    ("risks.matrix", whole(risks=[small.risk(state="closed")]), "No risk"),
    ("monitoring.plan", one(), "No drift measurement"),
    ("monitoring.drift", one(drift=[small.drift(is_own_traffic=False)]), "does not come from the versions' own use"),
    ("monitoring.alerts", one(), "No drift measurement"),
    ("monitoring.kpis", whole(), "calls, speed and cost"),
    ("monitoring.cycle", one(), "No drift measurement"),
    ("incidents.list", whole(), "no report was sent"),
    ("incidents.list", whole(), "“Retrain” was due on 2026-02-01"),
    ("changes.versions", whole(), "What changed in Helper v1"),
    ("changes.history", whole(audit_trail={}), "no entry"),
    ("approvals.list", whole(assessments=[]), "Nobody has signed"),
    ("approvals.list", whole(assessments=[small.assessment(is_approval_current=False)]), "has changed since"),
    ("gate.state", one(), "no GenAIOps checklist"),
    ("security.measures", whole(), "The files are not signed"),
    ("oversight.measures", whole(), "correct or stop single answers"),
]  # fmt: skip


def words(filled: Filled) -> Iterator[str]:
    """Every text in the blocks."""

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                yield from texts(item)
        elif hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                yield from texts(getattr(value, name))

    yield from texts(filled.blocks)


@pytest.mark.parametrize(("name", "facts", "expected"), SAYS, ids=[case[0] for case in SAYS])
def test_a_filler_says_what_is_on_record(name: str, facts: Facts, expected: list[str]) -> None:
    filled = FILLERS[name](facts)
    told = "\n".join(words(filled))
    assert [phrase for phrase in expected if phrase not in told] == []
    assert filled.known, "nothing says how it is known"
    assert {known.status for known in filled.known} <= {MEASURED, DECLARED, "imported"}


@pytest.mark.parametrize(("name", "facts", "expected"), MISSES, ids=[f"{case[0]}: {case[2]}" for case in MISSES])
def test_a_filler_names_what_is_missing(name: str, facts: Facts, expected: str) -> None:
    assert any(expected in sentence for sentence in FILLERS[name](facts).missing), FILLERS[name](facts).missing


SHARED = sorted({case[0] for case in SAYS} | {case[0] for case in MISSES})


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize("kind", ["version", "system", "deployment", "dataset", "incident"])
def test_a_filler_finds_nothing_in_an_empty_snapshot(name: str, kind: str) -> None:
    empty = small.small(subject={"kind": kind, "id": 1, "label": "It", "digest": ""})
    said = FILLERS[name](empty)
    assert not said or name in ("incidents.list", "waivers.list")  # that there is none is worth saying


@pytest.mark.parametrize("name", SHARED)
def test_a_filler_says_the_same_again_and_changes_nothing(name: str) -> None:
    facts = whole()
    before = repr(facts.raw)
    assert FILLERS[name](facts) == FILLERS[name](facts)
    assert repr(facts.raw) == before


@pytest.mark.parametrize("name", SHARED)
def test_every_picture_has_its_table(name: str) -> None:
    for block in FILLERS[name](whole()).blocks:
        if isinstance(block, Picture):
            assert block.svg.startswith("<svg") and block.values.rows


def test_several_versions_stand_under_their_names() -> None:
    first = small.version(version=small.version_itself(tokenizer=""))
    second = small.version(version=small.version_itself(id=8, label="Helper v3"))
    filled = FILLERS["version.tokenizer"](small.small(versions=[first, second]))
    assert "Helper v3:" in list(words(filled))
    assert filled.missing == ("Helper v2: Tokenizer: not on record.",)


def test_figures_of_other_files_are_stale() -> None:
    run = small.evaluation(model_digest="0" * 64)
    assert [known.is_stale for known in FILLERS["evaluation.results"](one(evaluations=[run])).known] == [True]


def test_what_collectors_do_not_know_is_missing() -> None:
    unknown = {"dataset.poisoning": [small.finding("Rows v1: not looked for.", "unknown")]}
    filled = FILLERS["data.poisoning"](one(findings=unknown))
    assert not filled
    assert filled.missing == ("Scan – Rows v1: not looked for.",)
