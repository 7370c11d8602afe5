from django.apps import AppConfig
from django.core import checks


class ReportsConfig(AppConfig):
    name = "apps.reports"
    label = "reports"

    def ready(self) -> None:
        from apps.reports.queries.own import check_own_documents  # noqa: PLC0415 - models are not ready before

        checks.register(check_own_documents)
