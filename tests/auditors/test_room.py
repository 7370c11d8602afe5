"""The audit room: what a guest finds in it, that every look is in the trail once, and that nothing else is there."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.accounts.models import User
from apps.accounts.rules import is_guest_door
from apps.audit.models import AuditEntry
from apps.audit.services.checkpoints import checkpoint_make
from apps.auditors.models import AuditGrant
from apps.auditors.queries.room import room_of
from apps.auditors.queries.trail import trail_of
from apps.auditors.services import Given, access_revoke
from apps.core.storage import Stored, put
from apps.incidents.services import action_add, incident_open
from apps.registry.models import ModelVersion
from apps.registry.services import alias_set
from apps.reports.models import ReportRun, Snapshot, SnapshotRun
from apps.reports.services.documents import document_start
from apps.reports.services.snapshots import snapshot_make
from apps.risks.services import risk_create
from tests.auditors.conftest import House, entered
from tests.makers import claim, make_browser, make_client, make_deployment, queries_of

ROOM = "/audit-room/"
API = "/api/v1/audit-room/"


def at(house: House, *rest: object) -> str:
    return f"{ROOM}systems/{house.desk.pk}/" + "".join(f"{one}/" for one in rest)


def snapshot(house: House, by: Client, subject: str) -> Snapshot:
    """What a guest froze, taken by a worker."""
    answer = by.post(at(house, "snapshots", "take"), {"subject": subject, "label": "First", "reason": "to begin"})
    assert answer.status_code == 302, answer.content
    run = claim(SnapshotRun.objects.latest("pk"))
    snapshot_make(run=run, on_progress=lambda share, words: None)
    return Snapshot.objects.latest("pk")


def test_the_room_shows_what_was_opened_and_nothing_else(house: House, guest: Client) -> None:
    home = guest.get(ROOM).content.decode()
    assert "Desk" in home and "Till" not in home and "Verify a file" in home and "Models" not in home
    assert f'class="site-name" href="{ROOM}"' in home and 'type="search"' not in home
    page = guest.get(at(house)).content.decode()
    assert str(house.own) in page and str(house.both) in page and str(house.other) not in page
    assert "works elsewhere too" in page
    version = guest.get(at(house, "versions", house.own.pk)).content.decode()
    assert house.own.manifest_digest in version and "model.safetensors" in version
    for pk in (house.both.pk, house.other.pk, 99_999):
        assert guest.get(at(house, "versions", pk)).status_code == 404
    assert guest.get(f"{ROOM}systems/{house.till.pk}/").status_code == 404
    assert guest.get(f"{ROOM}systems/{house.till.pk}/versions/{house.own.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["", "olga@people.example"])
def test_nobodys_address_is_told_to_a_guest(house: House, guest: Client, name: str) -> None:
    olga = house.people.olga
    snapshot(house, guest, f"system:{house.desk.pk}")
    User.objects.filter(pk=olga.pk).update(name=name, email="olga@people.example")
    Snapshot.objects.update(taken_by=olga)
    document_start(by=olga, document="audit-pack", subject=house.own)
    holder = User.objects.get(is_guest=True)
    api, base = make_client(holder), f"{API}systems/{house.desk.pk}/"
    pages = [at(house), at(house, "documents"), at(house, "trail"), at(house, "snapshots", Snapshot.objects.get().pk)]
    answers = [guest.get(page) for page in pages]
    answers += [api.get(base + one) for one in ("", "documents/", "snapshots/", "trail/")]
    assert all(answer.status_code == 200 and b"@people.example" not in answer.content for answer in answers)
    assert f"user {olga.pk}" in guest.get(at(house)).content.decode()


def test_each_look_is_in_the_trail_once_with_what_was_looked_at(house: House, given: Given, guest: Client) -> None:
    frozen = snapshot(house, guest, f"system:{house.desk.pk}")
    entry = AuditEntry.objects.filter(object_type="registry.aisystem", object_id=str(house.desk.pk)).first()
    assert entry is not None
    pages = {
        ROOM: ("auditors.auditgrant", given.grant.pk),
        f"{ROOM}verify/": ("auditors.auditgrant", given.grant.pk),
        at(house): ("registry.aisystem", house.desk.pk),
        at(house, "versions", house.own.pk): ("registry.modelversion", house.own.pk),
        at(house, "trail"): ("registry.aisystem", house.desk.pk),
        at(house, "trail", entry.sequence): ("registry.aisystem", house.desk.pk),
        at(house, "documents"): ("registry.aisystem", house.desk.pk),
        at(house, "snapshots", frozen.pk): ("reports.snapshot", frozen.pk),
        at(house, "snapshots", frozen.pk, "file"): ("reports.snapshot", frozen.pk),
    }
    for path, (kind, pk) in pages.items():
        before = AuditEntry.objects.count()
        answer = guest.get(path)
        assert answer.status_code == 200, path
        (look,) = AuditEntry.objects.filter(sequence__gt=before)
        assert (look.action, look.object_type, look.object_id) == ("audit_room.look", kind, str(pk)), path
        assert look.actor == f"user:{given.grant.holder_id}" and look.data["access"] == given.grant.pk
        assert look.team_id == house.people.team.pk
    before = AuditEntry.objects.count()
    assert guest.get(at(house, "versions", house.other.pk)).status_code == 404
    assert AuditEntry.objects.count() == before, "nothing was looked at"


def test_the_trail_of_the_room_is_bounded_and_proved(house: House, guest: Client) -> None:
    olga, team = house.people.olga, house.people.team
    mine = risk_create(by=olga, team=team, title="A leak", likelihood=1, impact=1, system=house.desk)
    theirs = risk_create(by=olga, team=team, title="A fire", likelihood=1, impact=1, system=house.till)
    incident = incident_open(by=olga, team=team, title="It stopped", severity="low", subject=house.desk)
    checkpoint_make()
    shown = guest.get(at(house, "trail") + "?action=risk.create").content.decode()
    assert "A leak" in shown and "A fire" not in shown
    entries = {e.object_label: e for e in AuditEntry.objects.filter(action__in=["risk.create", "incident.open"])}
    number = next(e.sequence for e in entries.values() if e.object_id == str(mine.pk) and e.action == "risk.create")
    proved = guest.get(at(house, "trail", number))
    assert b"This entry is proved" in proved.content
    proof = guest.get(at(house, "trail", number) + "?format=json").json()
    assert proof["checkpoint"] and proof["path"] is not None and proof["problem"] == ""
    hidden = next(e.sequence for e in entries.values() if e.object_id == str(theirs.pk) and e.action == "risk.create")
    assert guest.get(at(house, "trail", hidden)).status_code == 404
    about = [e.sequence for e in entries.values() if e.action == "incident.open" and e.object_id == str(incident.pk)]
    assert guest.get(at(house, "trail", about[0])).status_code == 200


def test_the_trail_of_the_room_holds_what_befell_its_models_and_none_of_other_systems(
    house: House, guest: Client
) -> None:
    olga = house.people.olga
    for version in (house.own, house.other, house.both):
        alias_set(by=olga, model=version.model, name="trial", version=version)
    incident = incident_open(by=olga, team=house.people.team, title="Off", severity="low", subject=house.desk)
    action_add(by=olga, incident=incident, title="Switch it on")
    room = room_of(AuditGrant.objects.get().holder, house.desk.pk)
    entries = list(trail_of(room))
    assert "action.add" in {entry.action for entry in entries}
    moved = [entry.object_id for entry in entries if entry.action == "alias.set"]
    assert moved == [str(house.own.model_id)]


def test_snapshots_and_documents_are_made_within_the_room(house: House, given: Given, guest: Client) -> None:
    place = make_deployment(house.people.olga, _approved(house.own))
    for subject in (f"version:{house.own.pk}", f"deployment:{place.pk}"):
        assert snapshot(house, guest, subject).taken_by_id == given.grant.holder_id
    for subject in (f"version:{house.other.pk}", f"version:{house.both.pk}", f"system:{house.till.pk}", "x", "team:1"):
        answer = guest.post(at(house, "snapshots", "take"), {"subject": subject, "label": "x", "reason": "x"})
        assert answer.status_code == 422, subject
    made = guest.post(at(house, "documents", "make"), {"document": "audit-pack", "source": f"version:{house.own.pk}"})
    run = ReportRun.objects.get()
    assert made["Location"] == at(house, "documents", run.pk) and run.created_by_id == given.grant.holder_id
    assert guest.get(made["Location"]).status_code == 200
    assert guest.get(at(house, "documents", run.pk, "zip")).status_code == 409, "not ready"
    listed = guest.get(at(house, "documents")).content.decode()
    assert "First" in listed and "Audit pack" in listed
    theirs = document_start(by=house.people.olga, document="audit-pack", subject=house.other)
    assert guest.get(at(house, "documents", theirs.pk)).status_code == 404


def test_a_finished_document_is_handed_out_once_it_is_in_the_trail(house: House, guest: Client) -> None:
    run = document_start(by=house.people.olga, document="audit-pack", subject=house.own)
    frozen, stored = snapshot(house, guest, f"version:{house.own.pk}"), put(BytesIO(b"PK the pack"))
    ReportRun.objects.filter(pk=run.pk).update(state="succeeded", snapshot=frozen, files=[made_file("zip", stored)])
    assert b"ZIP" in guest.get(at(house, "documents")).content
    before = AuditEntry.objects.count()
    answer = guest.get(at(house, "documents", run.pk, "zip"))
    assert b"".join(answer) == b"PK the pack" and "attachment" in answer["Content-Disposition"]
    (look,) = AuditEntry.objects.filter(sequence__gt=before)
    assert (look.object_id, look.data["page"]) == (str(run.pk), "document file zip")
    assert guest.get(at(house, "documents", run.pk, "docx")).status_code == 404


def made_file(form: str, stored: Stored) -> dict[str, Any]:
    return {"form": form, "digest": stored.digest, "size": stored.size, "pages": None}


def test_a_pack_of_former_days_quotes_rows_and_is_not_there(house: House, guest: Client) -> None:
    """It was made from no snapshot."""
    run = document_start(by=house.people.olga, document="audit-pack", subject=house.own)
    assert guest.get(at(house, "documents", run.pk)).status_code == 200
    stored = put(BytesIO(b"%PDF-1.7 word for word"))
    ReportRun.objects.filter(pk=run.pk).update(state="succeeded", files=[made_file("pdf", stored)])
    assert b"PDF" not in guest.get(at(house, "documents")).content.split(b"<tbody>")[-1]
    assert {guest.get(at(house, "documents", run.pk, *more)).status_code for more in ((), ("pdf",))} == {404}


def _approved(version: ModelVersion) -> ModelVersion:
    """The version as if two people had decided on it."""
    ModelVersion.objects.filter(pk=version.pk).update(stage="approved", approved_digest=version.manifest_digest)
    version.refresh_from_db()
    return version


def test_only_so_many_are_made_at_a_time(house: House, guest: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.auditors.services.documents.MOST_OPEN", 2)
    place = make_deployment(house.people.olga, _approved(house.own))
    things = [f"system:{house.desk.pk}", f"version:{house.own.pk}", f"deployment:{place.pk}"]
    told = {"label": "x", "reason": "x"}
    answers = [guest.post(at(house, "snapshots", "take"), told | {"subject": one}).status_code for one in things]
    assert answers == [302, 302, 422]


def test_files_are_verified_and_bad_ones_named(guest: Client) -> None:
    for content, words in ((b"not a pack", b"cannot be checked"), (b"%PDF-1.7 cut", b"Do not rely on this PDF")):
        answer = guest.post(f"{ROOM}verify/", {"file": SimpleUploadedFile("brought", content)})
        assert words in answer.content, content
    assert guest.post(f"{ROOM}verify/", {}).status_code == 422


def test_nothing_that_a_guest_is_shown_is_kept_by_browsers(house: House, guest: Client) -> None:
    frozen = snapshot(house, guest, f"system:{house.desk.pk}")
    api = make_client(User.objects.get(is_guest=True))
    answers = [guest.get(at(house)), guest.get(at(house, "snapshots", frozen.pk, "file")), api.get(API)]
    assert {answer["Cache-Control"] for answer in answers} == {"private, no-store"}
    assert "Cache-Control" not in make_browser(house.people.olga).get(f"/reports/snapshots/{frozen.pk}/")


def test_a_guest_fills_no_disk(house: House, guest: Client, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr("apps.core.uploads.GUEST_BYTES", 1_000)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    for path in (f"{ROOM}verify/", "/reports/verify/"):
        large = guest.post(path, {"file": SimpleUploadedFile("brought", b"%PDF-1.7" + bytes(3_000))})
        assert large.status_code in (400, 404), path
    assert b"Do not rely" in guest.post(f"{ROOM}verify/", {"file": SimpleUploadedFile("brought", b"%PDF-1.7")}).content
    olga = make_browser(house.people.olga)
    found = olga.post("/reports/verify/", {"pack": SimpleUploadedFile("brought", b"%PDF-1.7" + bytes(3_000))})
    assert found.status_code == 200


def test_the_api_of_the_room(house: House) -> None:
    given = house.give(kind="account", email="ada@example.org")
    entered(given, "a long enough phrase")
    holder = User.objects.get(pk=given.grant.holder_id)
    api, base = make_client(holder), f"{API}systems/{house.desk.pk}/"
    assert [one["label"] for one in api.get(API).json()[0]["systems"]] == ["Desk"]
    versions = {one["version"]["id"]: one for one in api.get(base).json()["versions"]}
    assert versions[house.own.pk]["manifest_digest"] and not versions[house.both.pk]["manifest_digest"]
    entries = api.get(f"{base}trail/").json()["results"]
    assert api.get(f"{base}trail/{entries[-1]['sequence']}/").json()["entry"] == entries[-1]
    kinds = {(one["subject_kind"], one["subject_id"]) for one in api.get(f"{base}subjects/").json()}
    assert ("version", house.own.pk) in kinds and ("version", house.both.pk) not in kinds
    body = {"subject_kind": "system", "subject_id": house.desk.pk, "label": "First", "reason": "to begin"}
    assert api.post(f"{base}snapshots/", body, format="json").status_code == 202
    snapshot_make(run=claim(SnapshotRun.objects.latest("pk")), on_progress=lambda share, words: None)
    (frozen,) = api.get(f"{base}snapshots/").json()["results"]
    assert api.get(f"{base}snapshots/{frozen['id']}/").json()["digest"] == frozen["digest"]
    assert b"".join(api.get(f"{base}snapshots/{frozen['id']}/file/")).startswith(b"{")
    made = api.post(
        f"{base}documents/",
        {"document": "audit-pack", "subject_kind": "version", "subject_id": house.own.pk},
        format="json",
    )
    assert made.status_code == 202, made.content
    assert api.get(f"{base}documents/{made.json()['id']}/").json()["files"] == []
    assert api.get(f"{base}documents/").json()["results"][0]["id"] == made.json()["id"]
    assert api.get(f"{base}documents/{made.json()['id']}/files/zip/").status_code == 409
    checked = api.post(f"{API}verify/", {"file": BytesIO(b"%PDF-1.7 x")}, format="multipart")
    assert (checked.status_code, checked.json()["is_intact"]) == (200, False)
    for refused in (
        {"document": "no-such", "subject_kind": "version", "subject_id": house.own.pk},
        {"document": "audit-pack", "subject_kind": "version", "subject_id": house.other.pk},
        {"document": "audit-pack", "snapshot": 99_999},
    ):
        assert api.post(f"{base}documents/", refused, format="json").status_code == 404
    assert api.get(f"{API}systems/{house.till.pk}/").status_code == 404
    reading = make_client(holder, scope="read")
    assert reading.post(f"{base}snapshots/", body, format="json").status_code == 403


def test_nobody_else_has_a_room(house: House, given: Given) -> None:
    for person in (house.people.olga, house.people.rui, house.people.xena, house.cora):
        assert make_browser(person).get(ROOM).status_code == 404
        assert make_browser(person).get(at(house)).status_code == 404
        assert make_client(person).get(API).status_code == 404
    assert Client().get(ROOM).status_code == 302


def test_the_room_costs_the_same_however_much_is_in_it(house: House, guest: Client) -> None:
    paths = (ROOM, at(house), at(house, "trail"), at(house, "documents"))
    _more(house, guest, 1)
    few = {path: queries_of(guest, path) for path in paths}
    _more(house, guest, 6)
    assert {path: queries_of(guest, path) for path in paths} == few


def _more(house: House, guest: Client, times: int) -> None:
    for number in range(times):
        about = {"team": house.people.team, "system": house.desk, "likelihood": 1, "impact": 1}
        risk_create(by=house.people.olga, title=f"Risk {number}", **about)
        snapshot(house, guest, f"system:{house.desk.pk}")


# --- nothing else is there

OPEN_TO_GUESTS = {"accounts:sign-in", "accounts:sign-out", "accounts:account", "accounts:token-revoke"}


def _patterns(some: list[Any], names: tuple[str, ...] = (), before: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for pattern in some:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            spaces = (*names, pattern.namespace) if pattern.namespace else names
            yield from _patterns(pattern.url_patterns, spaces, here)
        else:
            yield ":".join([*names, pattern.name or ""]), here, pattern


EVERY = list(_patterns(get_resolver().url_patterns))


def _filled(route: str) -> str:
    """An address of this route, with a number or a word for each part."""
    route = re.sub(r"<int:\w+>", "1", route)
    route = re.sub(r"<(?:str|slug|path|uuid):\w+>|<\w+>", "x", route)
    route = re.sub(r"\(\?P<\w+>[^()]*(?:\([^()]*\))*[^()]*\)", "1", route)
    return "/" + re.sub(r"[\^$\\]|\\Z", "", route)


def test_every_view_of_the_portal_is_shut_to_guests_but_those_of_the_room() -> None:
    doors = {name for name, _, pattern in EVERY if is_guest_door(pattern.callback)}
    room = {name for name, _, _ in EVERY if name.startswith(("audit-room:", "audit-room"))}
    assert doors == room | OPEN_TO_GUESTS
    assert len(EVERY) > 400 and len(room) > 20


# These say to anybody whether the portal is well and which keys it signs with; they look at no cookie and no token.
PUBLIC = {"/health", "/version", "/teams/x/health", "/teams/x/version", "/api/v1/signing-keys/"}


def test_every_address_answers_guests_with_nothing(house: House, given: Given, guest: Client) -> None:
    """All of them over a session, those of tools over a token too, with numbers that may be there and that are not."""
    named = house.give(kind="account", email="ada@example.org")
    entered(named, "a long enough phrase")
    api = make_client(User.objects.get(pk=named.grant.holder_id))
    before, wrong = AuditEntry.objects.count(), []
    for name, route, pattern in EVERY:
        address = _filled(route)
        if is_guest_door(pattern.callback) or address in PUBLIC:
            continue
        is_tool = address.startswith(("/api/2.0/", "/api/3.0/", "/ajax-api/", "/teams/"))
        clients = [(guest, {401, 404} if is_tool else {404})]
        if address.startswith(("/api/v1/", "/api/2.0/", "/api/3.0/", "/ajax-api/")):
            clients.append((api, {401, 404}))
        for client, wanted in clients:
            for method in ("get", "post"):
                if (code := getattr(client, method)(address).status_code) not in wanted:
                    wrong.append(f"{name} {method} {address}: {code}")
    assert not wrong, "\n".join(wrong)
    assert AuditEntry.objects.count() == before


def test_real_objects_are_not_there_either(house: House, given: Given, guest: Client) -> None:
    addresses = [
        reverse("systems:system-detail", args=[house.desk.pk]),
        reverse("portal:version-detail", args=[house.own.pk]),
        reverse("portal:trail"),
        reverse("auditors:grant-detail", args=[given.grant.pk]),
        f"/api/v1/model-versions/{house.own.pk}/",
        f"/api/v1/systems/{house.desk.pk}/",
        "/api/v1/audit/",
        "/admin/",
    ]
    for address in addresses:
        assert guest.get(address).status_code == 404, address
    access_revoke(by=house.cora, grant=given.grant, reason="over")
    assert guest.get(addresses[0]).status_code == 302
