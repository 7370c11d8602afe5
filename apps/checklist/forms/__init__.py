"""What people say on a checklist."""

from apps.checklist.forms.answers import AnswerForm, EvidenceForm
from apps.checklist.forms.lists import StateForm
from apps.checklist.forms.waivers import WaiverForm

__all__ = ["AnswerForm", "EvidenceForm", "StateForm", "WaiverForm"]
