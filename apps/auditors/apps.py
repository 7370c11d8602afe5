from django.apps import AppConfig


class AuditorsConfig(AppConfig):
    name = "apps.auditors"
