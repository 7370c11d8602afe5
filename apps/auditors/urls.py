"""Two parts: what those use who let auditors in, and the room in which these look."""

from django.urls import path

from apps.auditors.views import documents, grants, opening, room, standing

app_name = "auditors"
urlpatterns = [
    path("", grants.grant_list, name="grant-list"),
    path("give/", grants.grant_give, name="grant-give"),
    path("<int:pk>/", grants.grant_detail, name="grant-detail"),
    path("<int:pk>/new-link/", grants.grant_renew, name="grant-renew"),
    path("<int:pk>/revoke/", grants.grant_revoke, name="grant-revoke"),
]

_SYSTEM = "systems/<int:system>/"
room_patterns = (
    [
        path("", room.home, name="home"),
        path("open/", opening.open_link, name="open"),
        path("verify/", documents.verify_page, name="verify"),
        path(_SYSTEM, room.system_page, name="system"),
        path(f"{_SYSTEM}versions/<int:pk>/", room.version_page, name="version"),
        path(f"{_SYSTEM}trail/", room.trail_page, name="trail"),
        path(f"{_SYSTEM}trail/<int:pk>/", room.entry_page, name="entry"),
        path(f"{_SYSTEM}documents/", documents.documents_page, name="documents"),
        path(f"{_SYSTEM}documents/make/", documents.document_make_view, name="document-make"),
        path(f"{_SYSTEM}documents/<int:pk>/", documents.document_page, name="document"),
        path(f"{_SYSTEM}documents/<int:pk>/<slug:form>/", documents.document_file, name="document-file"),
        path(f"{_SYSTEM}standing/", standing.standing_page, name="standing"),
        path(f"{_SYSTEM}standing/look/", standing.standing_look, name="standing-look"),
        path(f"{_SYSTEM}standing/pack/", standing.pack_make, name="pack-make"),
        path(f"{_SYSTEM}snapshots/compare/", standing.snapshot_compare, name="snapshot-compare"),
        path(f"{_SYSTEM}snapshots/take/", documents.snapshot_take_view, name="snapshot-take"),
        path(f"{_SYSTEM}snapshots/<int:pk>/", documents.snapshot_page, name="snapshot"),
        path(f"{_SYSTEM}snapshots/<int:pk>/file/", documents.snapshot_file, name="snapshot-file"),
    ],
    "audit-room",
)
