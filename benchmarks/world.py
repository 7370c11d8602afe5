"""Fills an empty installation with many model versions: `python -m benchmarks.world NUMBER`, with VAR_DIR set."""

import os
import sys

import django

EMAIL, PASSWORD = "bench@example.org", "a bench has four legs"
BATCH = 5_000


def main() -> None:
    """Make one person, one team, one model and that many versions; print the model's and the newest version's id."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")
    django.setup()
    from django.db import transaction

    from apps.accounts.models import Team, User
    from apps.accounts.services import person_create, role_grant, team_create, token_create
    from apps.audit.services import SYSTEM
    from apps.registry.models import ModelVersion, RegisteredModel
    from apps.registry.services import model_create

    wanted = int(sys.argv[1])
    with transaction.atomic():
        user = User.objects.filter(email=EMAIL).first()
        if user is None:
            user = person_create(by=SYSTEM, email=EMAIL, name="Bench", password=PASSWORD)
            team = team_create(by=SYSTEM, name="Bench")
            for role in ("engineer", "compliance_officer"):
                role_grant(by=SYSTEM, user=user, team=team, role=role)
            model_create(by=user, team=team, name="Measured")
        team, model = Team.objects.get(name="Bench"), RegisteredModel.objects.get(name="Measured")
        _, secret = token_create(by=SYSTEM, user=user, name="bench", days=1)
    # Rows as the services would write them, in bulk: 100 000 real imports would take hours and measure something else.
    have = ModelVersion.objects.filter(model=model).count()
    for start in range(have, wanted, BATCH):
        ModelVersion.objects.bulk_create(
            ModelVersion(
                model=model,
                team=team,
                number=number + 1,
                created_by=user,
                architecture="LlamaForCausalLM",
                parameters=2_000_000,
                manifest_digest=f"{number:064x}",
            )
            for number in range(start, min(start + BATCH, wanted))
        )
    newest = ModelVersion.objects.filter(model=model).order_by("-number").first()
    print(model.pk, newest.pk, secret)


if __name__ == "__main__":
    main()
