"""Model versions side by side: what is on record, data, settings, scores, energy and licence; differences first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.accounts.queries import team_ids_seen_by
from apps.core import formatting
from apps.core.errors import Invalid, NotFound
from apps.core.rules import SUCCEEDED
from apps.evaluation.models import EvaluationRun, Score
from apps.evaluation.rules import LOWER_IS_BETTER, METRICS, VERSION
from apps.registry.models import LineageLink, ModelVersion, TuningRun, VersionMetric
from apps.registry.queries import model_licence_verdict, versions_seen_by
from apps.registry.rules import TRAINED_ON, TUNED_FROM

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST_COMPARED = 4
MOST_FIGURES = 500
HIDDEN = "of another team"


@dataclass(frozen=True)
class Cell:
    """What one version has in one row. `best`: the best score of the row."""

    text: str
    note: str = ""
    is_best: bool = False


@dataclass(frozen=True)
class Row:
    """One thing compared; `differs` if it is not the same for all."""

    label: str
    cells: list[Cell]
    differs: bool


@dataclass(frozen=True)
class Group:
    """Rows that belong together, those that differ first."""

    title: str
    rows: list[Row]

    @property
    def differences(self) -> int:
        """How many rows differ."""
        return sum(row.differs for row in self.rows)


@dataclass(frozen=True)
class Comparison:
    """Versions in the order asked for, and everything compared."""

    versions: list[ModelVersion]
    groups: list[Group]


def keys_in(text: str) -> list[int]:
    """The keys of `1,2,3`, each once; what is no key is left out."""
    keys = [word for word in text.replace(" ", "").split(",") if word.isascii() and word.isdigit() and len(word) <= 18]
    return list(dict.fromkeys(int(word) for word in keys))


def versions_compared(user: "User | AnonymousUser", keys: Sequence[int]) -> Comparison:
    """These versions side by side. Raises Invalid for too many, NotFound for one that is not to be seen.

    The number of queries grows with the versions compared, of which there are at most MOST_COMPARED, and with nothing
    else.
    """
    if len(keys) > MOST_COMPARED:
        raise Invalid(f"At most {MOST_COMPARED} versions stand side by side.", code="compare.too_many")
    found = versions_seen_by(user).in_bulk(keys)
    if len(found) < len(keys):
        raise NotFound("There is no such version, or you may not see it.")
    versions = [found[key] for key in keys]
    tunings = {run.output_version_id: run for run in TuningRun.objects.filter(output_version__in=versions)}
    results = [(tunings[one.pk].result or {}) if one.pk in tunings else {} for one in versions]
    groups = [
        _group("On record", _facts(versions)),
        _group("Made from", _origins(user, versions)),
        _group("Settings of the tuning", _settings(versions, tunings)),
        _group("Scores", _scores(versions)),
        _group("Energy and time", _energy(versions, tunings, results)),
        _group("Licence, with all it was made of", _licences(user, versions)),
    ]
    return Comparison(versions, [group for group in groups if group.rows])


def _group(title: str, rows: Iterable[Row]) -> Group:
    return Group(title, sorted(rows, key=lambda row: not row.differs))


def _row(label: str, texts: Sequence[str], notes: Sequence[str] = ()) -> Row:
    cells = [Cell(text or "—", note) for text, note in zip(texts, notes or [""] * len(texts), strict=True)]
    return Row(label, cells, len({(cell.text, cell.note) for cell in cells}) > 1)


FACTS: tuple[tuple[str, Callable[[ModelVersion], str]], ...] = (
    ("Model", lambda version: version.model.name),
    ("Stage", lambda version: version.get_stage_display()),
    ("Architecture", lambda version: version.architecture),
    ("Parameters", lambda version: formatting.number(version.parameters)),
    ("Tokenizer", lambda version: version.tokenizer),
    ("Context length (tokens)", lambda version: formatting.number(version.context_length)),
    ("What goes in and comes out", lambda version: version.modality),
    ("Library", lambda version: version.library),
    ("Number format", lambda version: str(version.facts.get("number_format") or "")),
    ("Size of the files", lambda version: formatting.file_size(version.size) if version.manifest_digest else ""),
    ("SHA-256 of the files", lambda version: version.manifest_digest[:12]),
    ("Comes from its base by", lambda version: version.get_relation_display()),
    ("Base models by name", lambda version: ", ".join(version.base_names)),
    ("Packages it was made with", lambda version: f"{len(version.environment.splitlines())} pinned"),
    ("Files in quarantine", lambda version: str(version.held_files)),
)


def _facts(versions: Sequence[ModelVersion]) -> list[Row]:
    return [_row(label, [read(version) for version in versions]) for label, read in FACTS]


def _origins(user: "User | AnonymousUser", versions: Sequence[ModelVersion]) -> list[Row]:
    teams = set(team_ids_seen_by(user))
    links = LineageLink.objects.filter(version__in=versions).select_related(
        "base_version__model", "dataset_version__dataset"
    )
    data: dict[int, list[str]] = {version.pk: [] for version in versions}
    bases: dict[int, list[str]] = {version.pk: [] for version in versions}
    for link in links.order_by("pk"):
        if link.relation == TRAINED_ON and link.dataset_version is not None:
            data[link.version_id].append(_named(link.dataset_version, teams))
        if link.relation == TUNED_FROM and link.base_version is not None:
            bases[link.version_id].append(_named(link.base_version, teams))
    told = (("Trained on", data), ("Tuned from", bases))
    return [_row(label, [", ".join(found[version.pk]) for version in versions]) for label, found in told]


def _named(thing: Any, teams: set[int]) -> str:
    return str(thing) if thing.team_id in teams else HIDDEN


def _settings(versions: Sequence[ModelVersion], tunings: dict[int | None, TuningRun]) -> list[Row]:
    """Every setting that some tuning of these versions names."""
    said = [_config(tunings.get(version.pk)) for version in versions]
    names = dict.fromkeys(name for config in said for name in config)
    return [_row(formatting.setting(name), [_value(one.get(name)) for one in said]) for name in names]


def _config(run: TuningRun | None) -> dict[str, Any]:
    if run is None:
        return {}
    said: dict[str, Any] = (run.result or {}).get("config") or run.config
    return {name: value for name, value in said.items() if _is_plain(value)}


def _is_plain(value: Any) -> bool:
    """Whether a setting says something to a reader: folders of a worker and long texts do not."""
    return isinstance(value, int | float) or (isinstance(value, str) and len(value) <= 80 and "/" not in value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return formatting.number(value) if isinstance(value, int | float) else str(value or "")


def _scores(versions: Sequence[ModelVersion]) -> list[Row]:
    """The newest evaluation on each dataset version, metric by metric, and figures that cards brought."""
    runs = EvaluationRun.objects.filter(version__in=versions, state=SUCCEEDED).order_by("pk")
    newest = {(run.version_id, run.dataset_version_id): run for run in runs.defer("log", "config", "result")}
    chosen = {run.pk: run for run in newest.values()}
    scores = Score.objects.filter(run__in=chosen, of=VERSION).select_related("run__dataset_version__dataset")
    table: dict[tuple[str, str], dict[int, Score]] = {}
    for score in scores.order_by("pk"):
        key = (score.metric, str(score.run.dataset_version))
        table.setdefault(key, {})[score.run.version_id] = score
    rows = [_score_row(metric, data, found, versions) for (metric, data), found in table.items()]
    return rows + _figures(versions)


def _score_row(metric: str, data: str, found: dict[int, Score], versions: Sequence[ModelVersion]) -> Row:
    values = [score.value for score in found.values()]
    best = (min if metric in LOWER_IS_BETTER else max)(values) if len(values) > 1 and len(set(values)) > 1 else None
    better = "lower" if metric in LOWER_IS_BETTER else "higher"
    cells = [_score_cell(found.get(version.pk), best) for version in versions]
    label = f"{METRICS.get(metric, metric)} on {data} ({better} is better)"
    return Row(label, cells, len({cell.text for cell in cells}) > 1)


def _score_cell(score: Score | None, best: float | None) -> Cell:
    if score is None:
        return Cell("—", "not measured")
    note = f"{formatting.number(score.low)} to {formatting.number(score.high)}"
    return Cell(formatting.number(score.value), note, score.value == best)


def _figures(versions: Sequence[ModelVersion]) -> list[Row]:
    table: dict[str, dict[int, str]] = {}
    for figure in VersionMetric.objects.filter(version__in=versions).order_by("dataset", "name", "pk")[:MOST_FIGURES]:
        label = f"{figure.name} on {figure.dataset}" if figure.dataset else figure.name
        shown = formatting.number(figure.value) if figure.value is not None else figure.text
        table.setdefault(f"{label} ({figure.get_status_display().lower()})", {})[figure.version_id] = shown
    return [_row(label, [found.get(version.pk, "") for version in versions]) for label, found in table.items()]


def _energy(
    versions: Sequence[ModelVersion], tunings: dict[int | None, TuningRun], results: Sequence[dict[str, Any]]
) -> list[Row]:
    runs = [tunings.get(version.pk) for version in versions]
    if not any(runs):
        return []
    carbon = [(result.get("energy") or {}).get("kgco2e") for result in results]
    return [
        _row("Energy of the tuning", [formatting.energy(run.energy_kwh) if run else "" for run in runs]),
        _row("CO₂ equivalent (kg)", [formatting.number(value) if value is not None else "" for value in carbon]),
        _row("Time of the tuning", [formatting.duration(run.seconds) if run else "" for run in runs]),
    ]


def _licences(user: "User | AnonymousUser", versions: Sequence[ModelVersion]) -> list[Row]:
    found = [model_licence_verdict(user, version) for version in versions]
    return [
        _row("Its own licence", [version.licence for version in versions]),
        _row("Licences in force", [", ".join(licence.id for licence in one.licences) for one in found]),
        _row("Conflicts with what it is meant for", [str(len(one.conflicts)) for one in found]),
    ]


def comparison_told(found: Comparison) -> dict[str, Any]:
    """The comparison as plain values."""
    return {
        "versions": [{"id": version.pk, "label": str(version), "stage": version.stage} for version in found.versions],
        "groups": [
            {
                "title": group.title,
                "rows": [
                    {"label": row.label, "differs": row.differs, "values": [cell.text for cell in row.cells],
                     "notes": [cell.note for cell in row.cells]}
                    for row in group.rows
                ],
            }
            for group in found.groups
        ],
    }  # fmt: skip
