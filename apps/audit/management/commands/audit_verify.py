from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.audit.queries import chain_verify


class Command(BaseCommand):
    help = "Walk every row of the audit trail and name the first broken one."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = chain_verify()
        if not verdict.is_intact:
            raise CommandError(f"BROKEN at entry {verdict.broken_at}: {verdict.problem} ({verdict.rows} rows read)")
        self.stdout.write(f"OK: {verdict.rows} rows read, chain intact, head {verdict.head}")
