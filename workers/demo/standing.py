"""What an approved version is called, in which AI system it works, and which papers go out with it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workers.demo.client import Client, DemoError, refused

ALIAS = "champion"
SYSTEM = "Desk booking help"
PURPOSE = "Answers people's questions about a fictional desk-booking service; shows how such a system is governed."
RISK_REASON = (
    "People talk with it and must be told that it is a machine (AI Act, Article 50). It decides nothing about anybody "
    "and serves none of the areas of Annex III."
)


def alias_refused(mlflow: Client, model: str, number: int) -> str:
    """Try the protected alias before approval. Raises DemoError when MLflow's door lets it pass."""
    refusal = refused(lambda: _point(mlflow, model, number), "alias.protected")
    if (refusal.status, refusal.body.get("error_code")) != (403, "PERMISSION_DENIED"):
        raise DemoError(f"MLflow's clients would not understand this refusal: {refusal.status} {refusal.body}")
    return refusal.title


def alias_set(mlflow: Client, model: str, number: int) -> str:
    """Let the protected alias point at the version, and read it back as `models:/…@champion` would."""
    _point(mlflow, model, number)
    read = mlflow.get("registered-models/alias", name=model, alias=ALIAS)["model_version"]
    if read["version"] != str(number):
        raise DemoError(f"“{ALIAS}” points at version {read['version']}, not at {number}.")
    return f"models:/{model}@{ALIAS} is version {number}, stage {read['current_stage']}"


def _point(mlflow: Client, model: str, number: int) -> Any:
    return mlflow.post("registered-models/alias", name=model, alias=ALIAS, version=str(number))


def put_to_work(officer: Client, owner: Client, team: int, version: int) -> str:
    """The version at work in an AI system, in place of an earlier demo's. Owner and classifier are two people."""
    system = _system(officer, owner, team)
    path = f"systems/{system['id']}/versions/"
    for part in officer.get(path):
        if part["until"] is None:
            owner.post(f"{path}{part['id']}/end/", reason="Replaced by the demo's next run")
    owner.post(path, version=version, role="writes the answers")
    earlier = sum(part["until"] is not None for part in officer.get(path))
    owner_name, risk = system["owner"]["label"], system["risk_class"]
    return f"at work in “{SYSTEM}”: owner {owner_name}, risk class {risk}, versions before it: {earlier}"


def _system(officer: Client, owner: Client, team: int) -> dict[str, Any]:
    found = officer.rows("systems/", name=SYSTEM)
    if found:
        return found[0]
    made: dict[str, Any] = officer.post(
        "systems/",
        team=team,
        name=SYSTEM,
        intended_purpose=PURPOSE,
        owner=owner.get("me/")["id"],
        risk_class="limited",
        risk_reason=RISK_REASON,
    )
    return made


def papers(person: Client, version: int, folder: Path, say: Callable[[str], None]) -> str:
    """Save model card and bills of materials. Raises DemoError for one that does not name the version's weights."""
    path = f"model-versions/{version}"
    card = person.download(f"{path}/model-card/", folder / "model-card.md")
    cyclonedx = person.download(f"{path}/cyclonedx/", folder / "bom.cyclonedx.json")
    spdx = person.download(f"{path}/spdx/", folder / "bom.spdx.json")
    weights = {file["digest"] for file in person.get(f"{path}/")["files"] if file["path"].endswith(".safetensors")}
    for bill in (cyclonedx, spdx):
        text = bill.read_text(encoding="utf-8")
        json.loads(text)
        if missing := [digest for digest in weights if digest not in text]:
            raise DemoError(f"{bill.name} does not name the weights {missing}.")
    for paper in (card, cyclonedx, spdx):
        say(f"{paper.name}, {paper.stat().st_size:,} bytes")
    known = person.get(f"{path}/completeness/")
    gaps = ", ".join(gap["label"] for gap in known["gaps"][:3])
    return f"{known['said']} of {known['needed']} fields that the questions need are said; missing: {gaps or 'nothing'}"
