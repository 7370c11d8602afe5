"""The steps of the main job, in the order a team takes them. Each says what it did, or raises."""

from pathlib import Path
from typing import Any

import yaml

from workers.demo import checks, oversight, pretraining, regulator, standing
from workers.demo.client import Client, DemoError, Refusal, refused
from workers.demo.people import TEAM
from workers.demo.telling import say, seldom, walk
from workers.drift import car_loan

DATA = pretraining.DATA
ASSISTANT = "Support desk assistant"
ASK = "How do I book a desk for tomorrow?"
DISCLOSURE = "The answers are written by generative AI and may be wrong."
# Gentler and longer than the engine's defaults: found by trying, by what the held-out rows of earlier runs gave.
TUNING = {"learning_rate": 2e-3, "epochs": 16}


class Job:
    """One walk through the main job. Files it makes lie in `folder`; models to import in `models`."""

    def __init__(self, people: dict[str, Client], folder: Path, models: Path) -> None:
        self.erin, self.carol, self.amir = people["erin"], people["carol"], people["amir"]
        self.ada = people["ada"]
        self.folder, self.models = folder, models
        self.pdf, self.zip = folder / "audit-report.pdf", folder / "audit-pack.zip"
        self.whole = folder / "audit-pack-of-system.zip"
        team = next(team for team in self.erin.rows("teams/") if team["name"] == TEAM)
        self.team: int = team["id"]
        self.mlflow = self.erin.mlflow(team["slug"])
        self._made: dict[str, Any] = {}

    def run(self) -> None:
        """Every step; the first that fails ends the job."""
        walk(
            (
                ("Upload the support desk's questions and answers with their datasheet", self.upload),
                ("Scan them for personal data, duplicates and licence; compare with what was planted", self.scan),
                ("Try three learning rates, each logged as an MLflow client logs a run", self.try_rates),
                ("Build a small Llama model at the best of them and register it", self.base),
                ("Tune it with LoRA on a worker", self.tune),
                ("Evaluate base and tuned model on rows neither has seen", self.evaluate),
                ("Measure drift on NannyML's car-loan data and compare with NannyML's own values", self.drift),
                ("Say its limits and risks, as its cards tell them", self.state),
                ("Collect evidence for the eighteen questions", self.collect),
                ("Try to deploy, to approve and to call it champion too early; be refused", self.be_refused),
                ("Answer what only a person can answer", self.answer),
                ("Submit, and have a second person approve", self.approve),
                ("Let the protected alias champion point at it, by MLflow's protocol", self.name_champion),
                ("Deploy the approved version and ask it a question over HTTP", self.deploy),
                ("Put it to work in an AI system that has an owner and a risk class", self.put_to_work),
                ("Collect the evidence of the deployment", self.collect),
                ("Put a risk on record whose control the platform checks; have it accepted", self.accept_risk),
                ("Begin to hold the system against the EU AI Act", self.begin_law),
                ("Say which organisation answers for it, as every document names it", self.answer_for),
                ("Write its model card and its bills of materials, CycloneDX and SPDX", self.papers),
                ("Export an audit pack of the version: the report on everything, and the model card", self.export),
                ("Verify the pack and the audit trail", self.verify),
                ("Change one byte of the pack and see the verification fail", self.tamper),
                ("Freeze the system and write its technical documentation, Annex IV of the AI Act", self.document),
                ("Put every document about it into one audit pack, and verify it without the portal", self.seal),
            )
        )

    def assessment(self) -> dict[str, Any]:
        """The checklist as it stands now."""
        found: dict[str, Any] = self.carol.get(f"assessments/{self._made['assessment']}/")
        return found

    # --- data ---------------------------------------------------------------------------------------------------

    def upload(self) -> str:
        desk = self._data("Support desk questions", "support_desk")
        text = self._data("General text", "general_text")
        self._made |= {"desk": desk, "text": text}
        return f"{desk['rows']} rows, digest {desk['digest'][:12]}…, licence {desk['licence']}"

    def _data(self, name: str, stem: str) -> dict[str, Any]:
        """A dataset version with its datasheet."""
        sheet = (DATA / f"{stem}.datasheet.yaml").read_text(encoding="utf-8")
        file = next(path for path in sorted(DATA.glob(f"{stem}.*")) if path.suffix in {".jsonl", ".txt"})
        return self._version(
            name,
            file,
            provenance=sheet,
            datasheet_file=f"{stem}.datasheet.yaml",
            licence=str(yaml.safe_load(sheet)["licence"]),
        )

    def _version(self, name: str, file: Path, **fields: str) -> dict[str, Any]:
        """The version that holds this file; on a second demo it is there already."""
        datasets = self.erin.rows("datasets/", name=name)
        dataset = datasets[0] if datasets else self.erin.post("datasets/", team=self.team, name=name)
        path = f"datasets/{dataset['id']}/versions/"
        try:
            uploaded: dict[str, Any] = self.erin.upload(path, file, message="Uploaded by the demo", **fields)
        except Refusal as refusal:
            if refusal.code != "version.exists":
                raise
            return self.erin.rows(path)[0]
        return uploaded

    def scan(self) -> str:
        # Also the text behind the base model: the checklist asks about all data that the tuned model learned from.
        runs = [self.erin.post(f"dataset-versions/{self._made[name]['id']}/scans/") for name in ("text", "desk")]
        result = [self.erin.wait(run, say)["result"] for run in runs][-1]
        return checks.findings_match(result, DATA / "support_desk.key.json")

    # --- model --------------------------------------------------------------------------------------------------

    def try_rates(self) -> str:
        best = pretraining.tried(self.mlflow, say)
        self._made["rate"] = best.learning_rate
        return f"the search over {best.runs} logged runs names learning rate {best.learning_rate:g}"

    def base(self) -> str:
        folder = self.models / "demo-base"
        built = pretraining.build(folder, self._made["rate"], seldom())
        model = self._model("Demo base", "A small Llama model, pre-trained for a few seconds on general text.")
        run = self.erin.post(
            f"models/{model}/versions/",
            source=str(folder),
            licence="CC-BY-4.0",
            trained_on=[self._made["text"]["id"]],
        )
        self.erin.wait(run, say)
        self._made["base"] = run["version"]["id"]
        return f"{built.parameters:,} parameters, loss {built.first_loss:.2f} → {built.last_loss:.2f}"

    def _model(self, name: str, purpose: str) -> int:
        found = self.erin.rows("models/", name=name)
        made = found[0] if found else self.erin.post("models/", team=self.team, name=name, intended_purpose=purpose)
        return int(made["id"])

    def tune(self) -> str:
        model = self._model(ASSISTANT, "Answers questions about a fictional desk-booking service.")
        run = self.erin.post(
            "tuning-runs/",
            base_version=self._made["base"],
            dataset_version=self._made["desk"]["id"],
            output_model=model,
            config=TUNING,
        )
        done = self.erin.wait(run, say)
        own = self.erin.get(f"tuning-runs/{run['id']}/")
        self._made["version"] = own["output_version"]["id"]
        self._made["number"] = self.erin.get(f"model-versions/{self._made['version']}/")["number"]
        result = done["result"]
        return (
            f"{result['steps']} steps, {result['tokens_per_second']:.0f} tokens/s, "
            f"{result['energy']['kwh'] * 1000:.2f} Wh, {result['rows_held_out']} rows held out"
        )

    def evaluate(self) -> str:
        run = self.erin.post(
            "evaluations/",
            version=self._made["version"],
            baseline=self._made["base"],
            dataset_version=self._made["desk"]["id"],
        )
        result = self.erin.wait(run, say)["result"]
        for line in checks.comparison_lines(result):
            say(line)
        return checks.improved(result)

    def drift(self) -> str:
        paths = car_loan.write(self.folder / "car-loan")
        reference = self._version("Car loans, reference", paths.reference, licence="Apache-2.0")
        analysis = self._version("Car loans, observed", paths.analysis, licence="Apache-2.0")
        run = self.erin.post(
            "drift-runs/",
            version=self._made["version"],
            reference=reference["id"],
            analysis=analysis["id"],
            is_own_traffic=False,
            note="NannyML's bundled car-loan data stands in for traffic, which a new model does not have yet. "
            "It shows how drift is measured; it says nothing about this model.",
            config=checks.CAR_LOAN_COLUMNS,
        )
        result = self.erin.wait(run, say)["result"]
        return checks.equals_nannyml(result, paths)

    # --- checklist ----------------------------------------------------------------------------------------------

    def collect(self) -> str:
        if "assessment" not in self._made:
            self._made["assessment"] = self.carol.post("assessments/", version=self._made["version"])["id"]
        counts = self.carol.post(f"assessments/{self._made['assessment']}/collect/")["counts"]
        return ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in counts.items() if number)

    def be_refused(self) -> str:
        version = self._made["version"]
        early = refused(
            lambda: self.erin.post("deployments/", version=version, name="too early", environment="nowhere"),
            "deployment.not_approved",
        )
        say(early.title)
        say(standing.alias_refused(self.mlflow, ASSISTANT, self._made["number"]))
        path = f"assessments/{self._made['assessment']}"
        self.carol.post(f"{path}/submit/")
        red = refused(lambda: self._decide(self.amir), "gate.red")
        say(red.title)
        told = oversight.gate_told(self.carol, self._made["assessment"], say)
        own = refused(lambda: self._decide(self.erin), "sign_off.own_work")
        say(own.title)
        return told

    def _decide(self, by: Client, reason: str = "Read the evidence; fit for a demonstration.") -> Any:
        path = f"assessments/{self._made['assessment']}/decide/"
        return by.post(path, decision="approved", reason=reason)

    def state(self) -> str:
        notes, version = self._notes(), self._made["version"]
        for question, field in (("modeling-1", "limitations"), ("modeling-2", "risks")):
            words = " ".join(notes[question]["text"].split())
            self.erin.post(f"model-versions/{version}/statements/", field=field, value=words, reason="For its cards.")
        known = self.erin.get(f"model-versions/{version}/completeness/")
        return f"{known['said']} of {known['needed']} fields that the questions need are on record"

    def _notes(self) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load((DATA / "model_notes.yaml").read_text(encoding="utf-8"))
        return found

    def answer(self) -> str:
        notes = self._notes()
        answered = 0
        for group in self.assessment()["groups"]:
            for question in group["questions"]:
                if question["id"] in notes:
                    self._say_to(question, notes[question["id"]])
                    answered += 1
        problems = self.assessment()["gate"]["problems"]
        if problems:
            raise DemoError(f"The gate is still red: {problems}")
        return f"{answered} questions answered; the gate is green"

    def _say_to(self, question: dict[str, Any], note: dict[str, Any]) -> None:
        self.carol.put(
            f"assessments/{self._made['assessment']}/answers/{question['id']}/",
            status=note.get("status", "declared"),
            text=note.get("text", ""),
            reason=note.get("reason", ""),
            expect_revision=question["revision"],
            expect_basis=question["basis"],
        )

    def approve(self) -> str:
        self.carol.post(f"assessments/{self._made['assessment']}/submit/")
        self._decide(self.amir)
        stage = self.carol.get(f"model-versions/{self._made['version']}/")["stage"]
        if stage != "approved":
            raise DemoError(f"The version is {stage} after its approval.")
        return "Amir Approver, who made none of it, approved; the version may be deployed"

    def name_champion(self) -> str:
        return standing.alias_set(self.mlflow, ASSISTANT, self._made["number"])

    # --- deployment ---------------------------------------------------------------------------------------------

    def deploy(self) -> str:
        for old in self.erin.rows("deployments/"):
            if old["name"] == "Desk assistant" and old["stopped_at"] is None:
                self.erin.post(f"deployments/{old['id']}/stop/", reason="Replaced by the demo's next run")
        deployment = self.erin.post(
            "deployments/",
            version=self._made["version"],
            name="Desk assistant",
            environment="demonstration on one machine",
            purpose="Shows that only an approved version can be deployed.",
        )
        run = deployment["run"]
        self.erin.follow(run, lambda now: self._is_ready(deployment["id"]), say)
        application = self.erin.post(f"deployments/{deployment['id']}/applications/", name="Demo", contact="desk team")
        self.carol.post(
            f"applications/{application['id']}/acknowledge/",
            statement=f"Before the first answer it shows: “{DISCLOSURE}”",
        )
        say(DISCLOSURE)
        answer = self.erin.post(f"deployments/{deployment['id']}/ask/", question=ASK)
        return f"“{ASK}” → “{answer['choices'][0]['message']['content'].strip()}”"

    def _is_ready(self, pk: int) -> bool:
        return bool(self.erin.get(f"deployments/{pk}/")["state"] == "ready")

    def put_to_work(self) -> str:
        return standing.put_to_work(self.carol, self.erin, self.team, self._made["version"])

    def accept_risk(self) -> str:
        return oversight.risk_accepted(self.erin, self.amir, self.team, say)

    def begin_law(self) -> str:
        return oversight.law_begun(self.carol)

    # --- papers ---------------------------------------------------------------------------------------------------

    def answer_for(self) -> str:
        return regulator.organisation_entered(self.ada)

    def papers(self) -> str:
        return standing.papers(self.carol, self._made["version"], self.folder, say)

    def export(self) -> str:
        return regulator.pack_of_version(self.carol, self._made["version"], self.pdf, self.zip, say)

    def verify(self) -> str:
        said = checks.verified(self.zip)
        trail = self.carol.get("audit/verify/")
        if not trail["is_intact"]:
            raise DemoError(f"The audit trail is broken: {trail}")
        return f"{said}; audit trail: {trail['rows']} entries, chain intact"

    def tamper(self) -> str:
        return checks.tampered_is_named(self.zip, self.folder / "tampered.zip")

    def document(self) -> str:
        self._made["snapshot"] = regulator.frozen(self.carol, self.team, say)
        return regulator.annex_iv(self.carol, self._made["snapshot"], self.folder, say)

    def seal(self) -> str:
        return regulator.pack_of_all(self.carol, self._made["snapshot"], self.whole, say)
