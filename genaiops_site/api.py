"""The API's router: every app's viewsets under /api/v1/, the OpenAPI description and its interactive page."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from apps.accounts import api as accounts
from apps.auditors import api as auditors
from apps.catalog import api as catalog
from apps.checklist import api as checklist
from apps.evaluation import api as evaluation
from apps.incidents import api as incidents
from apps.monitoring import api as monitoring
from apps.portal import api as portal
from apps.registry import api as registry
from apps.reminders import api as reminders
from apps.reports import api as reports
from apps.risks import api as risks
from apps.serving import api as serving
from apps.tracking import api as tracking

router = SimpleRouter()
router.register("teams", accounts.TeamViewSet, "team")
router.register("people", accounts.PeopleViewSet, "person")
router.register("tokens", accounts.TokenViewSet, "token")
router.register("datasets", catalog.DatasetViewSet, "dataset")
router.register("datasets", catalog.DatasetLinesViewSet, "dataset-lines")
router.register("branches", catalog.BranchViewSet, "branch")
router.register("tags", catalog.TagViewSet, "tag")
router.register("commits", catalog.CommitViewSet, "commit")
router.register("dataset-versions", catalog.DatasetVersionViewSet, "dataset-version")
router.register("dataset-versions", catalog.VersionMetadataViewSet, "dataset-version-metadata")
router.register("metadata-imports", catalog.MetadataImportViewSet, "metadata-import")
router.register("views", catalog.SavedViewViewSet, "view")
router.register("diffs", catalog.DiffViewSet, "diff")
router.register("scans", catalog.ScanViewSet, "scan")
router.register("sources", catalog.SourceViewSet, "source")
router.register("uploads", catalog.UploadViewSet, "upload")
router.register("systems", registry.SystemViewSet, "system")
router.register("models", registry.ModelViewSet, "model")
router.register("models", registry.ModelAliasesViewSet, "model-names")
router.register("models", registry.ModelOpeningViewSet, "model-opening")
router.register("file-uploads", registry.FileUploadViewSet, "file-upload")
router.register("model-versions", registry.VersionViewSet, "model-version")
router.register("model-versions", registry.VersionRecordsViewSet, "model-version-records")
router.register("model-versions", registry.VersionSealingViewSet, "model-version-sealing")
router.register("model-versions", registry.MendViewSet, "model-version-mend")
router.register("models", portal.ModelRemovalViewSet, "model-removal")
router.register("model-versions", portal.VersionRemovalViewSet, "model-version-removal")
router.register("removals", registry.RemovalViewSet, "removal")
router.register("quarantine", registry.HeldFileViewSet, "held-file")
router.register("file-scans", registry.FileScanViewSet, "file-scan")
router.register("file-checks", registry.FileCheckViewSet, "file-check")
router.register("signings", registry.SigningViewSet, "signing")
router.register("signatures", registry.SignatureViewSet, "signature")
router.register("model-versions", registry.VersionDocumentsViewSet, "model-version-documents")
router.register("model-versions", portal.VersionCardsViewSet, "model-version-cards")
router.register("model-documents", registry.DocumentViewSet, "model-document")
router.register("imports", registry.ImportViewSet, "import")
router.register("tuning-runs", registry.TuningViewSet, "tuning-run")
router.register("recreations", registry.RecreationViewSet, "recreation")
router.register("history-imports", portal.HistoryImportViewSet, "history-import")
router.register("experiments", tracking.ExperimentViewSet, "experiment")
router.register("tracking-runs", tracking.TrackingRunViewSet, "tracking-run")
router.register("logged-models", tracking.LoggedModelViewSet, "logged-model")
router.register("evaluations", evaluation.EvaluationViewSet, "evaluation")
router.register("deployments", serving.DeploymentViewSet, "deployment")
router.register("applications", serving.ApplicationViewSet, "application")
router.register("drift-runs", monitoring.DriftViewSet, "drift-run")
router.register("incidents", incidents.IncidentViewSet, "incident")
router.register("risks", checklist.RiskControlViewSet, "risk-control")
router.register("risks", risks.RiskViewSet, "risk")
router.register("reports", reports.ReportViewSet, "report")
router.register("snapshots", reports.SnapshotViewSet, "snapshot")
router.register("readiness-checks", reports.ReadinessViewSet, "readiness-check")
router.register("frameworks", checklist.FrameworkViewSet, "framework")
router.register("assessments", checklist.AssessmentViewSet, "assessment")
router.register("assessments", checklist.AssessmentMatrixViewSet, "assessment-matrix")
router.register("assessments", checklist.AssessmentFilesViewSet, "assessment-files")
router.register("assessments", checklist.AssessmentQualityViewSet, "assessment-quality")
router.register("assessments", checklist.AssessmentUpgradeViewSet, "assessment-upgrade")
router.register("assessments", checklist.AssessmentGateViewSet, "assessment-gate")
router.register("assessments", checklist.AssessmentWorkViewSet, "assessment-work")
router.register("assignments", checklist.AssignmentViewSet, "assignment")
router.register("assessments", checklist.AssessmentCitationViewSet, "assessment-citation")
router.register("evidence-documents", checklist.EvidenceDocumentViewSet, "evidence-document")
router.register("evidence-versions", checklist.EvidenceVersionViewSet, "evidence-version")
router.register("gate-policies", checklist.GatePolicyViewSet, "gate-policy")
router.register("audit", portal.TrailViewSet, "audit")
router.register("audit-checkpoints", portal.CheckpointViewSet, "audit-checkpoint")
router.register("audit-checks", portal.TrailCheckViewSet, "audit-check")

router.register("audit-accesses", auditors.AuditAccessViewSet, "audit-access")

runs = portal.AllRunsViewSet
run_paths = [
    path("runs/", runs.as_view({"get": "list"}), name="run-list"),
    path("runs/<slug:kind>/<int:pk>/", runs.as_view({"get": "retrieve"}), name="run-detail"),
    path("runs/<slug:kind>/<int:pk>/cancel/", runs.as_view({"post": "cancel"}), name="run-cancel"),
    path("runs/<slug:kind>/<int:pk>/retry/", runs.as_view({"post": "retry"}), name="run-retry"),
]

rows = catalog.VersionRowsViewSet
version_paths = [
    path("rows/", rows.as_view({"get": "rows"}), name="dataset-version-rows"),
    path("statistics/", rows.as_view({"get": "statistics"}), name="dataset-version-statistics"),
    path("export/", rows.as_view({"get": "export"}), name="dataset-version-export"),
    path("views/", rows.as_view({"get": "views", "post": "save"}), name="dataset-version-views"),
    path("sources/", catalog.VersionSourcesView.as_view(), name="dataset-version-sources"),
    path("sources/<int:source>/", catalog.VersionSourceView.as_view(), name="dataset-version-source"),
    path("derivations/", catalog.VersionDerivationsView.as_view(), name="dataset-version-derivations"),
    path("derivations/<int:origin>/", catalog.VersionDerivationView.as_view(), name="dataset-version-derivation"),
    path("licence/", catalog.VersionLicenceView.as_view(), name="dataset-version-licence"),
    path("redactions/", catalog.VersionRedactionsView.as_view(), name="dataset-version-redactions"),
]


trail, snapshots, documents = auditors.RoomTrailViewSet, auditors.RoomSnapshotViewSet, auditors.RoomDocumentViewSet
room_paths = [
    path("", auditors.SystemRoomView.as_view(), name="audit-room-system"),
    path("trail/", trail.as_view({"get": "list"}), name="audit-room-trail"),
    path("trail/<int:pk>/", trail.as_view({"get": "retrieve"}), name="audit-room-entry"),
    path("subjects/", documents.as_view({"get": "subjects"}), name="audit-room-subjects"),
    path("snapshots/", snapshots.as_view({"get": "list", "post": "create"}), name="audit-room-snapshots"),
    path("snapshots/<int:pk>/", snapshots.as_view({"get": "retrieve"}), name="audit-room-snapshot"),
    path("snapshots-compared/", auditors.RoomComparisonView.as_view(), name="audit-room-snapshots-compared"),
    path("standing/", auditors.RoomStandingView.as_view(), name="audit-room-standing"),
    path("snapshots/<int:pk>/file/", snapshots.as_view({"get": "file"}), name="audit-room-snapshot-file"),
    path("documents/", documents.as_view({"get": "list", "post": "create"}), name="audit-room-documents"),
    path("documents/<int:pk>/", documents.as_view({"get": "retrieve"}), name="audit-room-document"),
    path(
        "documents/<int:pk>/files/<slug:form>/",
        documents.as_view({"get": "file"}),
        name="audit-room-document-file",
    ),
]


class Nowhere(APIView):
    """Answers an address that the API does not have, in the API's own form."""

    permission_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request, **kwargs: str) -> Response:
        raise NotFound("The API has no such address.")

    post = put = patch = delete = get


urlpatterns = [
    path("v1/me/", accounts.MeView.as_view(), name="me"),
    path("v1/audit-deliveries/", portal.TrailDeliveriesView.as_view(), name="audit-deliveries"),
    path("v1/audit-keys/", portal.TrailKeysView.as_view(), name="audit-keys"),
    path("v1/audit-room/", auditors.RoomView.as_view(), name="audit-room"),
    path("v1/audit-room/verify/", auditors.RoomVerifyView.as_view(), name="audit-room-verify"),
    path("v1/audit-room/systems/<int:system>/", include(room_paths)),
    path("v1/document-kinds/", reports.DocumentKindsView.as_view(), name="document-kind-list"),
    path("v1/snapshots-compared/", reports.SnapshotCompareView.as_view(), name="snapshot-compare"),
    path("v1/organisation/", reports.OrganisationView.as_view(), name="organisation"),
    path("v1/organisation/logo/", reports.OrganisationLogoView.as_view(), name="organisation-logo"),
    path("v1/verifications/", reports.VerificationView.as_view(), name="verification-list"),
    path("v1/signing-keys/", login_not_required(reports.SigningKeysView.as_view()), name="signing-keys"),
    path("v1/reminders/", reminders.DueView.as_view(), name="reminder-list"),
    path("v1/model-versions/<int:pk>/gate/", checklist.VersionGateView.as_view(), name="model-version-gate"),
    path(
        "v1/model-versions/<int:pk>/files/<path:path>",
        registry.VersionRecordsViewSet.as_view({"get": "file"}),
        name="model-version-file",
    ),
    path("v1/lineage/answered/", portal.AnsweredView.as_view(), name="lineage-answered"),
    path("v1/lineage/<slug:kind>/<int:pk>/", portal.ImpactView.as_view(), name="lineage-impact"),
    path("v1/model-versions-compared/", portal.CompareView.as_view(), name="model-version-compare"),
    path("v1/intended-uses/", registry.IntendedUseView.as_view(), name="intended-use-list"),
    path("v1/licences/", catalog.LicenceListView.as_view(), name="licence-list"),
    path("v1/dataset-versions/<int:pk>/", include(version_paths)),
    path("v1/", include([*run_paths, *router.urls])),
    path("schema/", login_not_required(SpectacularAPIView.as_view(permission_classes=[])), name="schema"),
    path(
        "docs/",
        login_not_required(SpectacularSwaggerSplitView.as_view(url_name="schema", permission_classes=[])),
        name="api-docs",
    ),
    re_path("", Nowhere.as_view()),
]
