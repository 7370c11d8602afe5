"""How documents, snapshots and readiness look in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.serializing import Input, JsonObject, Key, Reference, RunDetail, RunSummary
from apps.reports.models import ReadinessRun, ReportRun, Snapshot
from apps.reports.queries.kinds import FORMS, Kind
from apps.reports.queries.since import MOST
from apps.reports.queries.standing import since_of
from apps.reports.rules.comparing import KINDS
from apps.reports.rules.documents.chosen import chosen_from
from apps.reports.rules.documents.period import Period
from apps.reports.rules.documents.spec import SUBJECTS

ABOUT = list(SUBJECTS.items())
MOST_CHOSEN = 200


class SubjectKind(serializers.CharField):
    """What kind of thing something is about."""

    def __init__(self, **more: Any) -> None:
        words: dict[str, Any] = {"max_length": 12, "help_text": f"one of {', '.join(SUBJECTS)}"}
        super().__init__(**words | more)

    def to_internal_value(self, data: Any) -> str:
        kind = str(super().to_internal_value(data))
        if kind not in SUBJECTS:
            raise serializers.ValidationError(f"This is none of {', '.join(SUBJECTS)}.", code="invalid_choice")
        return kind


class AboutIn(Input):
    """Names one thing by its kind and id."""

    about = SubjectKind()
    subject = Key(help_text="its id among those of its kind")


class AboutOut(serializers.Serializer[Any]):
    """What a document or a snapshot is about; the label is the one of that moment."""

    kind = serializers.CharField(source="subject_kind")
    id = serializers.IntegerField(source="subject_id")
    label = serializers.CharField(source="subject_label")  # type: ignore[assignment] # a field of the answer


class AudienceOut(serializers.Serializer[Any]):
    """Somebody for whom a document has an edition."""

    id = serializers.CharField()
    title = serializers.CharField()


class KindOut(serializers.Serializer[Kind]):
    """One kind of document."""

    document = serializers.CharField(source="slug", help_text="what starting one takes as `document`")
    title = serializers.CharField()
    summary = serializers.CharField()
    law = serializers.CharField(help_text="the provision or standard that asks for it; empty where none does")
    subjects = serializers.ListField(child=serializers.CharField(), help_text=f"of {', '.join(SUBJECTS)}")
    formats = serializers.ListField(child=serializers.CharField(), help_text=f"of {', '.join(FORMS)}")
    audiences = AudienceOut(many=True)
    has_simplified = serializers.BooleanField(help_text="whether small providers may hand in a shorter edition")
    has_period = serializers.BooleanField(help_text="whether it speaks of a period that you may choose")
    is_graded = serializers.BooleanField(help_text="whether readiness comes with grades")


class ChosenIn(Input):
    """One edition of one document that an audit pack holds."""

    document = serializers.SlugField(max_length=80)
    audience = serializers.SlugField(max_length=40, default="", allow_blank=True, help_text="default: for everybody")
    is_simplified = serializers.BooleanField(default=False, help_text="the edition for small providers")


class ReportIn(Input):
    """What the document is about (`about` and `subject`, or `version` alone), or the `snapshot` to make it from."""

    document = serializers.SlugField(max_length=80, required=False, help_text="default: audit-pack")
    about = SubjectKind(required=False)
    subject = Key(required=False, help_text="the id of what it is about, among those of its kind")
    version = Key(required=False, help_text="the model version that it is about")
    snapshot = Key(required=False, help_text="the snapshot to make it from")
    audience = serializers.SlugField(max_length=40, required=False, help_text="the edition; default: for everybody")
    is_simplified = serializers.BooleanField(required=False, help_text="the edition for small providers")
    documents = serializers.ListField(
        child=ChosenIn(),
        required=False,
        max_length=MOST_CHOSEN,
        help_text="of an audit pack: what it holds; default: every edition of every document about the thing",
    )
    period_from = serializers.DateField(required=False, help_text="first day in UTC, for kinds with `has_period`")
    period_to = serializers.DateField(required=False, help_text="last day; default: 90 days up to the snapshot")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        ways = [name for name in ("subject", "version", "snapshot") if name in given]
        if len(ways) != 1 or ("about" in given) != (ways == ["subject"]):
            raise serializers.ValidationError(
                "Give `about` and `subject`, or `version` alone, or `snapshot` alone.", code="subject"
            )
        if "documents" in given:
            given["documents"] = [chosen_from(one) for one in given["documents"]]
        return self._with_period(given)

    def _with_period(self, given: dict[str, Any]) -> dict[str, Any]:
        first, last = given.pop("period_from", None), given.pop("period_to", None)
        if (first is None) != (last is None) or (first and first > last):
            raise serializers.ValidationError("Give both days of a period, the earlier one first.", code="period")
        return given | {"period": Period(first, last)} if first else given


class PeriodOut(serializers.Serializer[Any]):
    """Whole days in UTC, both included."""

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(), "to": serializers.DateField()}


class ReportFileOut(serializers.Serializer[Any]):
    """One file of a document."""

    form = serializers.CharField(help_text=f"one of {', '.join(FORMS)}")
    digest = serializers.CharField(help_text="SHA-256")
    size = serializers.IntegerField(allow_null=True, help_text="bytes")
    pages = serializers.IntegerField(allow_null=True)


class ReportOut(RunSummary):
    """A document or an audit pack with the SHA-256 of its files, empty until they are there. Of an audit pack, `pdf` is
    the audit report where it holds one, `json` the record that all was made from, and `zip` the pack.
    """

    document = serializers.CharField()
    about = AboutOut(source="*")
    audience = serializers.CharField()
    is_simplified = serializers.BooleanField()
    period = serializers.SerializerMethodField(help_text="the period that was chosen, where one was")
    snapshot = serializers.IntegerField(source="snapshot_id", allow_null=True)
    files = ReportFileOut(many=True)
    version = Reference(allow_null=True)
    pages = serializers.IntegerField(allow_null=True, help_text="of the PDF")

    @extend_schema_field(PeriodOut(allow_null=True))
    def get_period(self, report: ReportRun) -> dict[str, str] | None:
        return report.config.get("period")


class ReportDetail(RunDetail, ReportOut):
    """A document; `result.standing` counts its points and lists its gaps. Of an audit pack, `config.documents` is what
    was chosen, `result.documents` what it holds and how each stands, and `result.manifest_digest` what verify_pack.py
    takes as `--digest`."""


class SnapshotIn(AboutIn):
    """What is frozen, what the snapshot is called, and why it is taken."""

    label = serializers.CharField(max_length=120)  # type: ignore[assignment] # a field of the body
    reason = serializers.CharField(max_length=2_000)


class SnapshotOut(serializers.ModelSerializer[Snapshot]):
    """Everything on record about one thing at one moment. It never changes."""

    about = AboutOut(source="*")
    taken_by = Reference()
    team = serializers.IntegerField(source="team_id")

    class Meta:
        model = Snapshot
        fields = ["id", "label", "about", "team", "reason", "format", "digest", "size", "taken_by", "taken_at"]


class SnapshotRunOut(RunSummary):
    """The run that takes a snapshot; `snapshot` is its id once it is taken."""

    about = AboutOut(source="*")
    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    reason = serializers.CharField()
    snapshot = serializers.IntegerField(source="snapshot_id", allow_null=True)


class ReadinessOut(RunSummary):
    """A check of what the documents about one thing would lack."""

    about = AboutOut(source="*")


class ReadinessDetail(RunDetail, ReadinessOut):
    """A check with its result: `result.documents` holds each edition of each document with its points by state
    (`filled`, `partly`, `not_applicable`, `missing`), `gaps` with remedies, and `grading` where there is one."""

    recorded_since = serializers.SerializerMethodField(
        help_text=f"entries about it in the trail that are newer, counted to {MOST}; null if it is gone"
    )

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_recorded_since(self, run: ReadinessRun) -> int | None:
        found = since_of(run)
        return None if found is None else found.count


class DocumentStandingOut(serializers.Serializer[Any]):
    """How one edition of a document would stand if it were made."""

    document = serializers.CharField()
    audience = serializers.CharField()
    is_simplified = serializers.BooleanField()
    total = serializers.IntegerField(help_text="points")
    filled = serializers.IntegerField()
    partly = serializers.IntegerField()
    not_applicable = serializers.IntegerField()
    missing = serializers.IntegerField()
    share = serializers.FloatField(help_text="points filled or not applicable, 0 to 1")
    gaps = serializers.ListField(child=JsonObject(), help_text="id, ref, title, state, problem and remedy of each")
    grading = JsonObject(allow_null=True)


class SnapshotChangeOut(serializers.Serializer[Any]):
    """One difference between two snapshots. `before` and `after` are empty for what came or went."""

    kind = serializers.CharField(help_text=f"one of {', '.join(KINDS)}")
    thing = serializers.CharField()
    what = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    sentence = serializers.CharField()


class SnapshotAreaOut(serializers.Serializer[Any]):
    """One part of the record with its differences."""

    title = serializers.CharField()
    changes = SnapshotChangeOut(many=True)


class SnapshotComparisonOut(serializers.Serializer[Any]):
    """What changed between two snapshots of one thing."""

    counts = JsonObject(help_text="how many differences of each kind")
    areas = SnapshotAreaOut(many=True)
