"""What is odd about the answers of an assessment, whatever they answer. docs/assessment-files.md lists the checks."""

from apps.checklist.rules.quality.checking import checked
from apps.checklist.rules.quality.items import CHECKS, ERROR, NOTE, SEVERITIES, WARNING, Check, QualityItem

__all__ = ["CHECKS", "ERROR", "NOTE", "SEVERITIES", "WARNING", "Check", "QualityItem", "checked"]
