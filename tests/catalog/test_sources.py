"""Sources: what is on record about them, who verified that, what holds rows of them, and what is made out of what."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.accounts.services import role_grant
from apps.audit.models import AuditEntry
from apps.audit.services import SYSTEM
from apps.catalog.models import DatasetVersion, Derivation, Source, VersionSource
from apps.catalog.queries.licences import origins_of
from apps.catalog.rules.sources import (
    collection_methods,
    confidentialities,
    data_uses,
    method_in_words,
    place_problem,
    strictest_confidentiality,
)
from apps.catalog.services import (
    derivation_add,
    derivation_remove,
    provenance_carry,
    source_change,
    source_create,
    source_document_store,
    source_verify_licence,
    version_source_link,
    version_source_unlink,
)
from apps.core import storage
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from tests.makers import fresh, make_browser, make_client, make_data, make_person, queries_of
from tests.people import People, make_people

API = "/api/v1/"
FORUM: dict[str, Any] = {
    "name": "Forum dump",
    "issuer": "The forum's club",
    "url": "https://forum.example/dump",
    "collection_method": "web-scraping-crawling-textual",
    "collected_from": "2025-01-01",
    "collected_to": "2025-06-30",
    "geography": ["DE", "FR"],
    "licence": "cc-by-4.0",
    "tdm_reservation": "none",
    "tdm_note": "robots.txt and the terms, read on 3 May 2025",
    "intended_uses": ["ai-alignment"],
    "confidentiality": "internal",
    "machine_generated": 0.1,
}


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def officer(people: People) -> Any:
    return make_person("compliance_officer", team=people.team, name="Cleo")


@pytest.fixture
def forum(people: People) -> Source:
    return source_create(by=people.olga, team=people.team, name="Forum dump", licence="CC-BY-4.0")


def version(people: People, text: str = "row") -> DatasetVersion:
    return make_data(people.olga, people.team, [{"prompt": text, "answer": "x"}])


def test_codes_are_those_of_the_standards() -> None:
    assert len(collection_methods()) == 65 and len(data_uses()) == 7
    assert method_in_words("machine-generated-mlops-generative") == "Made by machine: generative AI"
    assert [place_problem(code) for code in ("DE", "DE-BY", "EU", "001")] == [""] * 4
    assert all(place_problem(code) for code in ("de", "XX", "XX-1", "DEU", "", "DE-"))
    assert strictest_confidentiality(["public", "restricted", "internal"]) == "restricted"
    assert list(confidentialities())[0] == "public"


def test_a_source_is_recorded_over_the_api(people: People) -> None:
    client = make_client(people.olga)
    made = client.post(f"{API}sources/", FORUM | {"team": people.team.pk}, format="json")
    assert made.status_code == 201, made.content
    shown = client.get(f"{API}sources/{made.json()['id']}/").json()
    assert {name: shown[name] for name in FORUM if name != "licence"} == {
        name: value for name, value in FORUM.items() if name != "licence"
    }
    assert (shown["licence"], shown["licence_verified_at"], shown["version_count"]) == ("CC-BY-4.0", None, 0)
    assert AuditEntry.objects.get(action="source.create").data["digest"] == shown["digest"]


BAD: list[tuple[dict[str, Any], int, str]] = [
    ({"licence": "MIT AND Apache2"}, 422, "'Apache2' (character 9)"),
    ({"geography": ["Germany"]}, 400, "geography"),
    ({"geography": ["XX"]}, 422, "“XX” is no code of a country"),
    ({"collection_method": "by-hand"}, 400, "collection_method"),
    ({"intended_uses": ["anything"]}, 422, "there is no code “anything”"),
    ({"confidentiality": "secret"}, 400, "confidentiality"),
    ({"tdm_reservation": "reserved", "tdm_note": ""}, 422, "how and when"),
    ({"machine_generated": 1.5}, 400, "machine_generated"),
    ({"collected_from": "2025-07-01"}, 422, "ends before it begins"),
    ({"url": "javascript:alert(1)"}, 422, "starts with https://"),
    ({"name": "  "}, 400, "name"),
    ({"colour": "red"}, 400, "There is no such field"),
]


@pytest.mark.parametrize(("wrong", "status", "says"), BAD)
def test_bad_input_is_refused_and_named(people: People, wrong: dict[str, Any], status: int, says: str) -> None:
    answer = make_client(people.olga).post(f"{API}sources/", FORUM | {"team": people.team.pk} | wrong, format="json")
    assert answer.status_code == status, answer.content
    assert says in answer.content.decode()
    assert not Source.objects.exists()


def test_two_sources_of_a_team_have_two_names(people: People, forum: Source) -> None:
    with pytest.raises(Conflict, match="already has a source"):
        source_create(by=people.olga, team=people.team, name="Forum dump")
    other = source_create(by=people.olga, team=people.team, name="Other")
    with pytest.raises(Conflict):
        source_change(by=people.olga, source=other, name="Forum dump")


def test_a_verification_says_who_and_when_and_another_licence_withdraws_it(
    people: People, officer: Any, forum: Source
) -> None:
    with pytest.raises(Refused):
        source_verify_licence(by=people.olga, source=forum, evidence="The footer of the site")
    with pytest.raises(Invalid, match="where the licence was read"):
        source_verify_licence(by=officer, source=forum, evidence=" ")
    verified = source_verify_licence(by=officer, source=forum, evidence="The footer of the site")
    assert (verified.licence_verified_by, verified.licence_evidence) == (officer, "The footer of the site")
    assert source_change(by=people.olga, source=verified, issuer="A club").licence_verified_at is not None
    changed = source_change(by=people.olga, source=verified, licence="CC-BY-NC-4.0")
    assert (changed.licence_verified_by, changed.licence_verified_at) == (None, None)
    entry = AuditEntry.objects.filter(action="source.change").latest("sequence")
    assert entry.data["verification_withdrawn"] is True and entry.data["before"] != entry.data["after"]


def test_a_licence_that_nobody_recorded_cannot_be_verified(people: People, officer: Any) -> None:
    silent = source_create(by=people.olga, team=people.team, name="Silent")
    with pytest.raises(Invalid, match="No licence is given"):
        source_verify_licence(by=officer, source=silent, evidence="Somewhere")


def test_a_document_is_stored_under_its_digest(people: People, officer: Any, forum: Source) -> None:
    client, url = make_client(people.olga), f"{API}sources/{forum.pk}/document/"
    assert client.get(url).json()["code"] == "source.no_document"
    source_verify_licence(by=officer, source=forum, evidence="The contract, clause 3")
    stored = client.put(url, {"file": SimpleUploadedFile("contract.pdf", b"we agree")}, format="multipart").json()
    assert storage.is_intact(stored["consent_digest"]) and stored["consent_document"] == "contract.pdf"
    assert stored["licence_verified_at"] is not None, "the first document supports what was verified"
    answer = client.get(url)
    assert b"".join(answer.streaming_content) == b"we agree"
    assert answer["ETag"] == f'"{stored["consent_digest"]}"'
    other = client.put(url, {"file": SimpleUploadedFile("contract.pdf", b"otherwise")}, format="multipart").json()
    assert other["licence_verified_at"] is None, "another document was not verified"
    assert client.put(url, {"file": SimpleUploadedFile("none.pdf", b"")}, format="multipart").status_code == 400
    assert make_client(people.xena).get(url).status_code == 404


def test_an_empty_document_is_refused(people: People, forum: Source, tmp_path: Any) -> None:
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(Invalid, match="between 1 and"):
        source_document_store(by=people.olga, source=forum, path=tmp_path / "empty", filename="empty")


# --- what versions hold and were made of -----------------------------------------------------------


def test_a_version_is_linked_to_sources_with_shares(people: People, forum: Source) -> None:
    data, client = version(people), make_client(people.olga)
    url = f"{API}dataset-versions/{data.pk}/sources/"
    assert client.post(url, {"source": forum.pk, "share": 0.7}, format="json").status_code == 201
    other = source_create(by=people.olga, team=people.team, name="Other")
    refused = client.post(url, {"source": other.pk, "share": 0.4}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (422, "source.shares")
    assert client.post(url, {"source": forum.pk, "share": 0.6}, format="json").status_code == 201
    assert client.post(url, {"source": other.pk, "share": 0.4}, format="json").status_code == 201
    listed = client.get(url).json()
    assert [(one["source"]["name"], one["share"]) for one in listed] == [("Forum dump", 0.6), ("Other", 0.4)]
    assert client.delete(f"{url}{other.pk}/").status_code == 204
    assert client.delete(f"{url}{other.pk}/").status_code == 404
    actions = list(
        AuditEntry.objects.filter(action__startswith="dataset_version.source").values_list("action", flat=True)
    )
    assert actions.count("dataset_version.source_link") == 3 and "dataset_version.source_unlink" in actions


def test_derivations_make_no_circle(people: People) -> None:
    first, second, third = version(people, "a"), version(people, "b"), version(people, "c")
    derivation_add(by=people.olga, version=second, origin=first, how="Translated")
    derivation_add(by=people.olga, version=third, origin=second)
    with pytest.raises(Conflict, match="already"):
        derivation_add(by=people.olga, version=third, origin=second)
    for origin in (third, first):
        with pytest.raises(Conflict, match="nothing is made out of what came of it"):
            derivation_add(by=people.olga, version=first, origin=origin)
    derivation_remove(by=people.olga, version=third, origin=second)
    with pytest.raises(NotFound):
        derivation_remove(by=people.olga, version=third, origin=second)
    assert Derivation.objects.count() == 1


def test_the_verdict_follows_sources_and_derivations(people: People, forum: Source) -> None:
    source_change(by=people.olga, source=forum, licence="CC-BY-NC-4.0")
    first, second = version(people, "a"), version(people, "b")
    version_source_link(by=people.olga, version=first, source=forum)
    derivation_add(by=people.olga, version=second, origin=first, how="Translated")
    client = make_client(people.olga)
    found = client.get(f"{API}dataset-versions/{second.pk}/licence/?uses=commercial_use").json()
    assert found["terms"]["commercial_use"] == "forbidden"
    assert (
        f"{second}, derived from {first}, with rows from the source Forum dump: CC-BY-NC-4.0 forbids commercial use."
        in [one["sentence"] for one in found["conflicts"]]
    )
    assert client.get(f"{API}dataset-versions/{second.pk}/licence/?uses=world_peace").json()["code"] == "uses.unknown"
    listed = client.get(f"{API}licences/").json()
    assert "LicenseRef-gemma" in {one["id"] for one in listed}


def test_a_new_commit_inherits_and_keeps_shares_only_where_rows_stay(people: People, forum: Source) -> None:
    parent, child = version(people, "a"), version(people, "b")
    version_source_link(by=people.olga, version=parent, source=forum, share=1.0)
    derivation_add(by=people.olga, version=parent, origin=version(people, "c"), how="Filtered")
    provenance_carry(by=people.olga, version=child, parent=None)
    assert not AuditEntry.objects.filter(action="dataset_version.provenance").exists()
    provenance_carry(by=people.olga, version=child, parent=parent)
    provenance_carry(by=people.olga, version=child, parent=parent)
    assert VersionSource.objects.get(version=child).share is None
    assert Derivation.objects.get(version=child).how == "Filtered"
    rolled = version(people, "d")
    rolled.operation = "rollback"
    provenance_carry(by=people.olga, version=rolled, parent=parent)
    assert VersionSource.objects.get(version=rolled).share == 1.0


def test_trees_cost_the_same_however_many_versions(
    people: People, forum: Source, django_assert_num_queries: Any
) -> None:
    versions = [version(people, str(number)) for number in range(4)]
    for one in versions:
        version_source_link(by=people.olga, version=one, source=forum)
    with django_assert_num_queries(2):
        origins_of(versions[:1])
    with django_assert_num_queries(2):
        origins_of(versions)
    derivation_add(by=people.olga, version=versions[0], origin=versions[1])
    with django_assert_num_queries(3):
        origins_of(versions[:1])


# --- who may ---------------------------------------------------------------------------------------


def test_outsiders_see_nothing_and_change_nothing(people: People, forum: Source) -> None:
    data, xena = version(people), make_client(people.xena)
    version_source_link(by=people.olga, version=data, source=forum)
    own = source_create(by=people.xena, team=people.other_team, name="Own")
    for place in (
        f"sources/{forum.pk}/",
        *(f"dataset-versions/{data.pk}/{part}/" for part in ("sources", "derivations", "licence")),
    ):
        assert xena.get(API + place).status_code == 404
    assert [one["id"] for one in xena.get(f"{API}sources/").json()["results"]] == [own.pk]
    assert xena.patch(f"{API}sources/{forum.pk}/", {"name": "Mine"}, format="json").status_code == 404
    assert xena.post(f"{API}sources/", {"team": people.team.pk, "name": "x"}, format="json").status_code == 404
    assert xena.post(f"{API}dataset-versions/{data.pk}/sources/", {"source": own.pk}, format="json").status_code == 404
    hidden = make_client(people.olga).post(
        f"{API}dataset-versions/{data.pk}/sources/", {"source": own.pk}, format="json"
    )
    assert hidden.status_code == 404


def test_auditors_read_and_change_nothing(people: People, forum: Source) -> None:
    data, auditor = version(people), make_client(make_person("auditor", team=people.team))
    assert auditor.get(f"{API}sources/{forum.pk}/").status_code == 200
    assert auditor.get(f"{API}dataset-versions/{data.pk}/licence/").status_code == 200
    assert auditor.patch(f"{API}sources/{forum.pk}/", {"issuer": "x"}, format="json").status_code == 403
    assert (
        auditor.post(f"{API}dataset-versions/{data.pk}/sources/", {"source": forum.pk}, format="json").status_code
        == 403
    )
    assert auditor.post(f"{API}sources/{forum.pk}/verify-licence/", {"evidence": "x"}, format="json").status_code == 403


def test_the_names_of_other_teams_things_stay_with_them(people: People) -> None:
    both = make_person("engineer", team=people.team, name="Both")
    role_grant(by=SYSTEM, user=both, team=people.other_team, role="engineer")
    secret = make_data(people.xena, people.other_team, [{"prompt": "s", "answer": "x"}])
    mine = version(people)
    derivation_add(by=fresh(both), version=mine, origin=secret)
    theirs = source_create(by=people.xena, team=people.other_team, name="Their supplier")
    version_source_link(by=fresh(both), version=mine, source=theirs)
    seen = make_client(people.olga).get(f"{API}dataset-versions/{mine.pk}/licence/").content.decode()
    assert str(secret) not in seen and "something of another team" in seen
    assert make_client(people.olga).get(f"{API}dataset-versions/{mine.pk}/derivations/").json() == []
    assert make_client(people.olga).get(f"{API}dataset-versions/{mine.pk}/sources/").json() == []
    for format in ("croissant", "card", "dps"):
        exported = make_client(people.olga).get(f"{API}dataset-versions/{mine.pk}/{format}/").content.decode()
        assert "Their supplier" not in exported
    assert make_client(fresh(both)).get(f"{API}dataset-versions/{mine.pk}/sources/").json()[0]["source"]["name"]


# --- pages -----------------------------------------------------------------------------------------


def test_the_pages_of_a_source(people: People, officer: Any) -> None:
    olga = make_browser(people.olga)
    assert "No source yet" in olga.get(reverse("catalog:source-list")).content.decode()
    body = {"team": people.team.pk, "name": "Forum dump", "licence": "MIT AND Apache2", "tdm_reservation": "unknown"}
    refused = olga.post(reverse("catalog:source-create"), body)
    assert refused.status_code == 422 and "&#x27;Apache2&#x27; (character 9)" in refused.content.decode()
    made = olga.post(reverse("catalog:source-create"), body | {"licence": "llama3.1", "geography": "DE, US-CA"})
    assert made.status_code == 302
    source = Source.objects.get()
    assert (source.licence, source.geography) == ("LicenseRef-llama3.1", ["DE", "US-CA"])
    page = olga.get(made["Location"]).content.decode()
    assert "nobody has verified it" in page and "Verify the licence" not in page
    assert "Built with Llama" in page
    verify = reverse("catalog:source-verify", args=[source.pk])
    assert make_browser(officer).post(verify, {"evidence": ""}).status_code == 422
    assert make_browser(officer).post(verify, {"evidence": "The repository"}).status_code == 302
    assert "by Cleo" in olga.get(made["Location"]).content.decode()
    change = reverse("catalog:source-change", args=[source.pk])
    assert 'value="DE, US-CA"' in olga.get(change).content.decode()
    changed = olga.post(change, {"name": "Forum", "licence": "MIT", "tdm_reservation": "unknown"})
    assert changed.status_code == 302 and "nobody has verified it" in olga.get(made["Location"]).content.decode()
    document = reverse("catalog:source-document", args=[source.pk])
    assert olga.post(document, {}).status_code == 422
    assert olga.post(document, {"file": SimpleUploadedFile("c.txt", b"yes")}).status_code == 302
    assert "c.txt" in olga.get(made["Location"]).content.decode()
    assert olga.get(reverse("catalog:source-list") + "?format=csv").status_code == 200
    assert make_browser(people.xena).get(made["Location"]).status_code == 404


def test_the_page_of_what_a_version_was_made_of(people: People, forum: Source) -> None:
    first, second = version(people, "a"), version(people, "b")
    olga, url = make_browser(people.olga), reverse("catalog:version-provenance", args=[second.pk])
    assert "No source is linked" in olga.get(url).content.decode()
    link = reverse("catalog:version-source-link", args=[second.pk])
    assert olga.post(link, {"source": forum.pk, "share": "2"}).status_code == 422
    assert olga.post(link, {"source": forum.pk, "share": "0.5"}).status_code == 302
    add = reverse("catalog:derivation-add", args=[second.pk])
    assert olga.post(add, {"origin": ""}).status_code == 422
    assert olga.post(add, {"origin": first.pk, "how": "Translated"}).status_code == 302
    page = olga.get(url).content.decode()
    assert "Forum dump" in page and "Translated" in page and "CC-BY-4.0" in page
    auditor = make_browser(make_person("auditor", team=people.team))
    shown = auditor.get(url).content.decode()
    assert "Forum dump" in shown and "Unlink" not in shown
    assert auditor.post(link, {"source": forum.pk}).status_code == 403
    assert olga.post(reverse("catalog:version-source-unlink", args=[second.pk, forum.pk])).status_code == 302
    assert olga.post(reverse("catalog:derivation-remove", args=[second.pk, first.pk])).status_code == 302
    assert not VersionSource.objects.exists() and not Derivation.objects.exists()


def test_the_list_costs_the_same_for_many(people: People) -> None:
    browser, url = make_browser(people.olga), reverse("catalog:source-list")
    source_create(by=people.olga, team=people.team, name="First")
    browser.get(url)
    few = queries_of(browser, url)
    for number in range(10):
        made = source_create(by=people.olga, team=people.team, name=f"Source {number}")
        version_source_link(by=people.olga, version=version(people, str(number)), source=made)
    assert queries_of(browser, url) == few


def test_unlinking_what_was_never_linked(people: People, forum: Source) -> None:
    with pytest.raises(NotFound, match="not linked"):
        version_source_unlink(by=people.olga, version=version(people), source=forum)
