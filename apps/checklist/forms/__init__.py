"""What people say on a checklist."""

from apps.checklist.forms.answers import AnswerForm, EvidenceForm
from apps.checklist.forms.controls import ControlForm
from apps.checklist.forms.lists import AssessmentFilterForm, MatrixForm
from apps.checklist.forms.waivers import WaiverForm
from apps.checklist.forms.work import AssignmentForm, RemarkForm

__all__ = [
    "AnswerForm",
    "EvidenceForm",
    "MatrixForm",
    "AssessmentFilterForm",
    "AssignmentForm",
    "ControlForm",
    "RemarkForm",
    "WaiverForm",
]
