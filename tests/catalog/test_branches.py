"""Branches, tags, references and history, by services and by the API, for the three people."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.accounts.rules import AUDITOR, ENGINEER
from apps.audit.models import AuditEntry
from apps.catalog.models import Branch, Dataset, DatasetVersion, Tag
from apps.catalog.queries.refs import base_of, history_at, is_ancestor, version_at
from apps.catalog.rules.versions import merge_base, name_fault
from apps.catalog.services import branch_create, branch_rollback, tag_create
from apps.catalog.tasks import commit as commit_door
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from tests.makers import commit, jsonl, make_client, make_dataset, make_person
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def dataset(people: People) -> Dataset:
    return make_dataset(people.olga, people.team)


@pytest.fixture
def client(people: People) -> APIClient:
    return make_client(people.olga)


def rows(*answers: str) -> bytes:
    return jsonl([{"id": number, "answer": answer} for number, answer in enumerate(answers)])


def on(by: User, dataset: Dataset, *answers: str, branch: str = "main", **more: Any) -> DatasetVersion:
    return commit(by, dataset, rows(*answers), branch=branch, **more)


def main(dataset: Dataset) -> Branch:
    return Branch.objects.get(dataset=dataset, name="main")


def test_commits_follow_each_other_on_a_branch(people: People, dataset: Dataset) -> None:
    one = on(people.olga, dataset, "a", message="first")
    two = on(people.olga, dataset, "a", "b")
    assert (one.parent, one.branch, two.parent) == (None, "main", one)
    assert main(dataset).head == two
    assert len({one.commit_digest, two.commit_digest, one.digest}) == 3
    assert one.chunks == 1 and one.new_bytes == one.size


def test_a_branch_that_is_not_there_takes_no_commit(people: People, dataset: Dataset) -> None:
    for _ in range(2):  # neither before nor after the first version
        with pytest.raises(NotFound) as refused:
            on(people.olga, dataset, "a", branch="draft")
        assert refused.value.code == "branch.missing"
        if not dataset.versions.exists():
            on(people.olga, dataset, "a")


def test_an_earlier_content_may_come_again_but_not_twice_in_a_row(people: People, dataset: Dataset) -> None:
    on(people.olga, dataset, "a")
    on(people.olga, dataset, "b")
    third = on(people.olga, dataset, "a")
    assert third.number == 3 and third.new_bytes == 0
    with pytest.raises(Conflict) as refused:
        on(people.olga, dataset, "a")
    assert refused.value.code == "version.exists"


def test_a_reference_is_a_branch_a_tag_a_number_or_a_digest(people: People, dataset: Dataset) -> None:
    one, two = on(people.olga, dataset, "a"), on(people.olga, dataset, "b")
    branch_create(by=people.olga, dataset=dataset, name="work/draft", start=one)
    tag_create(by=people.olga, version=one, name="release-1.0")
    again = on(people.olga, dataset, "a", branch="main")
    wanted = {"main": again, "work/draft": one, "release-1.0": one, "v2": two, "2": two}
    wanted |= {one.commit_digest[:8]: one, two.commit_digest: two, two.digest[:12]: two, one.digest: again}
    assert {ref: version_at(dataset, ref) for ref in wanted} == wanted


@pytest.mark.parametrize("ref", ["", "nothing", "v9", "9", "deadbeef", "'; DROP TABLE", "v0", "é" * 100, "0" * 64])
def test_what_no_version_is_called_is_said(people: People, dataset: Dataset, ref: str) -> None:
    on(people.olga, dataset, "a")
    with pytest.raises(NotFound) as refused:
        version_at(dataset, ref)
    assert refused.value.code == "ref.missing" and refused.value.remedy


@pytest.mark.parametrize("name", ["draft", "work/olga.2", "Prüfung", "v3-fix", "a" * 80, "deadbee"])
def test_names_that_are_taken(name: str) -> None:
    assert name_fault(name) == ""


@pytest.mark.parametrize(
    "name", ["", "a" * 81, "v3", "42", "deadbeef", "a b", "/a", "a/", "a//b", ".a", "-a", "a\nb", "a\u202eb", "a;b"]
)
def test_names_that_are_not(people: People, dataset: Dataset, name: str) -> None:
    one = on(people.olga, dataset, "a")
    with pytest.raises(Invalid) as refused:
        branch_create(by=people.olga, dataset=dataset, name=name, start=one)
    assert refused.value.code == "ref.name"
    assert name_fault(name)


def test_a_name_is_given_to_a_branch_or_a_tag_once(people: People, dataset: Dataset) -> None:
    one = on(people.olga, dataset, "a")
    tag_create(by=people.olga, version=one, name="same")
    for make in (
        lambda: branch_create(by=people.olga, dataset=dataset, name="same", start=one),
        lambda: tag_create(by=people.olga, version=one, name="main"),
    ):
        with pytest.raises(Conflict) as refused:
            make()
        assert refused.value.code == "ref.exists"


def test_history_walks_parents_and_leaves_other_branches_out(people: People, dataset: Dataset) -> None:
    one = on(people.olga, dataset, "a")
    branch_create(by=people.olga, dataset=dataset, name="draft", start=one)
    two, three = on(people.olga, dataset, "b"), on(people.olga, dataset, "c", branch="draft")
    assert list(history_at(dataset, two)) == [two, one]
    assert list(history_at(dataset, three)) == [three, one]
    assert base_of(two, three) == one and is_ancestor(three, one) and not is_ancestor(three, two)


def test_the_newest_common_origin_is_found_across_merges() -> None:
    parents = {2: (1,), 3: (1,), 4: (2, 3), 5: (3,), 6: (4,), 7: (5,)}
    numbers = {pk: pk for pk in range(1, 8)}
    assert merge_base(parents, 6, 7, numbers) == 3
    assert merge_base(parents, 6, 9, numbers | {9: 9}) is None


def test_a_rollback_is_a_commit_with_a_reason(people: People, dataset: Dataset) -> None:
    one = on(people.olga, dataset, "a", licence="MIT", provenance={"origin": "people"})
    two = on(people.olga, dataset, "b")
    back = branch_rollback(by=people.olga, branch=main(dataset), to=one, reason="b was wrong")
    assert (back.number, back.parent, back.digest, back.operation) == (3, two, one.digest, "rollback")
    assert (back.licence, back.provenance, back.new_bytes) == ("MIT", {"origin": "people"}, 0)
    assert back.statistics == one.statistics
    assert AuditEntry.objects.filter(action="dataset_version.create", reason="b was wrong").count() == 1
    for to, reason, code in ((back, "again", "version.exists"), (two, " ", "reason.missing")):
        with pytest.raises((Conflict, Invalid)) as refused:
            branch_rollback(by=people.olga, branch=main(dataset), to=to, reason=reason)
        assert refused.value.code == code


def test_only_makers_of_the_team_branch(people: People, dataset: Dataset) -> None:
    one = on(people.olga, dataset, "a")
    auditor = make_person(AUDITOR, team=people.team)
    for person, refusal in ((people.rui, Refused), (auditor, Refused), (people.xena, NotFound)):
        for does in (
            lambda by: branch_create(by=by, dataset=dataset, name="draft", start=one),
            lambda by: tag_create(by=by, version=one, name="first"),
            lambda by: branch_rollback(by=by, branch=main(dataset), to=one, reason="because"),
        ):
            with pytest.raises(refusal):
                does(person)
    assert Branch.objects.count() == 1 and not Tag.objects.exists()


def test_the_api_of_branches_and_tags(client: APIClient, people: People, dataset: Dataset) -> None:
    one, two = on(people.olga, dataset, "a"), on(people.olga, dataset, "b")
    made = client.post(f"{API}branches/", {"dataset": dataset.pk, "name": "draft", "start": "v1"})
    assert (made.status_code, made.json()["head"]["id"]) == (201, one.pk)
    tag = client.post(f"{API}tags/", {"dataset": dataset.pk, "name": "good", "message": "looked at"})
    assert (tag.status_code, tag.json()["version"]["id"]) == (201, two.pk)
    listed = client.get(f"{API}branches/?dataset={dataset.pk}").json()["results"]
    assert {branch["name"] for branch in listed} == {"main", "draft"}
    back = client.post(f"{API}branches/{made.json()['id']}/rollback/", {"to": "main", "reason": "take these"})
    assert (back.status_code, back.json()["branch"], back.json()["digest"]) == (201, "draft", two.digest)
    assert client.delete(f"{API}branches/{made.json()['id']}/").status_code == 204
    assert client.delete(f"{API}tags/{tag.json()['id']}/").status_code == 204
    kept = client.delete(f"{API}branches/{main(dataset).pk}/")
    assert (kept.status_code, kept.json()["code"]) == (409, "branch.main")
    assert DatasetVersion.objects.count() == 3


def test_the_api_of_history_and_checkout(client: APIClient, people: People, dataset: Dataset) -> None:
    one, two = on(people.olga, dataset, "a"), on(people.olga, dataset, "b")
    place = f"{API}datasets/{dataset.pk}/"
    assert [row["id"] for row in client.get(f"{place}history/").json()["results"]] == [two.pk, one.pk]
    assert [row["id"] for row in client.get(f"{place}history/?ref=v1").json()["results"]] == [one.pk]
    assert client.get(f"{place}resolve/?ref={one.commit_digest[:9]}").json()["id"] == one.pk
    answer = client.get(f"{place}checkout/?ref=v1")
    assert (b"".join(answer.streaming_content), answer["ETag"]) == (rows("a"), f'"{one.digest}"')  # type: ignore[attr-defined]
    missing = client.get(f"{place}checkout/?ref=nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "ref.missing")
    assert client.get(f"{place}history/?reference=v1").status_code == 400
    for person, code in ((people.rui, 403), (make_person(AUDITOR, team=people.team), 403), (people.xena, 404)):
        other = make_client(person)
        assert other.get(f"{place}checkout/").status_code == code
        assert other.get(f"{place}history/").status_code == (404 if code == 404 else 200)


def test_the_api_of_settings(client: APIClient, people: People, dataset: Dataset) -> None:
    on(people.olga, dataset, "a")
    place = f"{API}datasets/{dataset.pk}/settings/"
    told = client.post(place, {"key_columns": ["id", "id"], "purpose": "evaluation"})
    assert (told.json()["key_columns"], told.json()["purpose"]) == (["id"], "evaluation")
    assert client.post(place, {"key_columns": []}).json()["purpose"] == "evaluation"
    assert client.post(place, {"key_columns": ["nothing"]}).json()["code"] == "dataset.key"
    assert client.post(place, {"purpose": "fun"}).status_code == 400
    assert make_client(people.rui).post(place, {"purpose": "ordinary"}).status_code == 403
    assert make_client(people.xena).post(place, {"purpose": "ordinary"}).status_code == 404


def test_the_api_of_merges(client: APIClient, people: People, dataset: Dataset) -> None:
    one = on(people.olga, dataset, "a", "b")
    branch_create(by=people.olga, dataset=dataset, name="draft", start=one)
    on(people.olga, dataset, "ours", "b")
    on(people.olga, dataset, "theirs", "b", branch="draft")
    place = f"{API}branches/{main(dataset).pk}/"
    seen = client.post(f"{place}merge-preview/", {"source": "draft"})
    assert seen.status_code == 200, seen.content
    (clash,) = seen.json()["conflicts"]["results"]
    assert (clash["key"], clash["columns"], seen.json()["moves_on"]) == (["0"], ["answer"], False)
    started = client.post(f"{place}merge/", {"source": "draft"})
    assert (started.status_code, started.json()["operation"]) == (202, "merge")
    commit_door(started.json()["id"])
    run = f"{API}commits/{started.json()['id']}/"
    ended = client.get(run).json()
    assert (ended["state"], ended["error_code"], ended["result"]["conflicts_total"]) == ("failed", "merge.conflict", 1)
    assert client.get(f"{run}conflicts/").json()["results"][0]["theirs"] == {"answer": "theirs"}
    assert client.get(f"{run}conflicts/?start=x").status_code == 400
    for person, codes in ((people.rui, (200, 403)), (people.xena, (404, 404))):
        other = make_client(person)
        assert (other.get(run).status_code, other.get(f"{run}conflicts/").status_code) == codes
        assert other.post(f"{place}merge/", {"source": "draft"}).status_code == codes[1]
    chosen = client.post(f"{place}merge/", {"source": "draft", "choices": [{"key": [0], "take": "theirs"}]})
    commit_door(chosen.json()["id"])
    assert client.get(f"{API}commits/{chosen.json()['id']}/").json()["version"]["id"] == main(dataset).head_id
    branch_create(by=people.olga, dataset=dataset, name="late", start=one)
    late = Branch.objects.get(name="late")
    moved = client.post(f"{API}branches/{late.pk}/merge/", {"source": "main"})
    assert (moved.status_code, moved.json()["head"]["id"]) == (201, main(dataset).head_id)


def test_outsiders_see_no_lines(people: People, dataset: Dataset) -> None:
    one = on(people.olga, dataset, "a")
    tag = tag_create(by=people.olga, version=one, name="first")
    outsider = make_client(people.xena)
    for place in ("branches/", "tags/", "commits/"):
        assert outsider.get(API + place).json()["results"] == []
    for place in (f"branches/{main(dataset).pk}/", f"tags/{tag.pk}/", f"datasets/{dataset.pk}/resolve/"):
        assert outsider.get(API + place).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_commits_at_once_follow_each_other(transactional_db: None) -> None:
    people = make_people()
    dataset = make_dataset(people.olga, people.team)
    together = Barrier(4)

    def one(number: int) -> None:
        together.wait()
        try:
            on(people.olga, dataset, f"row {number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(4)))
    line = list(history_at(dataset, main(dataset).head))
    assert [version.number for version in line] == [4, 3, 2, 1]
    assert [version.parent for version in line] == [*line[1:], None]
    assert len({version.commit_digest for version in line}) == 4


def test_outsiders_commit_nothing(people: People, dataset: Dataset) -> None:
    guest = make_person(ENGINEER, team=people.other_team)
    with pytest.raises(NotFound):
        on(guest, dataset, "a")
    assert not dataset.versions.exists()
