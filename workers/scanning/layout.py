"""Lays out what a scan reads: the version's chunks, each checked, its rows in pieces, and tables to compare with."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.catalog.models import DatasetVersion, ScanRun
from apps.catalog.queries.chain import chain_of
from apps.core import storage, tables
from apps.core.chunks import Chunk
from apps.core.errors import Conflict, NotFound
from workers.doors import engine_settings
from workers.scanning import registry
from workers.scanning.checks import Reference
from workers.scanning.config import ChunkState, Config, Piece

PIECE_BYTES = 1 << 20  # of JSON Lines, where another format is converted
DONE = "done.json"
OnProgress = Callable[[float, str], None]


def config_for(run: ScanRun, folder: Path, on_progress: OnProgress) -> Config:
    """Everything the engine is told for this run.

    When chunks of the version were changed, only their check runs: what else would be found would be ascribed to rows
    that nobody committed. Raises Conflict where no intact row is left, or no check of the chunks is asked for.
    """
    version = run.dataset_version
    given = engine_settings(run)
    against, protected = given.pop("against", ()), given.pop("protected", ())
    on_progress(0.0, "Checking the stored chunks")
    chunks = chunk_states(version)
    intact = all(chunk.ok for chunk in chunks)
    wanted = registry.chosen(Config(input_path="-", checks=given.get("checks", ())))
    return Config(
        pieces=pieces_of(version, folder / "rows", on_progress) if intact else _intact_pieces(version, chunks, wanted),
        work_dir=str(folder / "scan"),
        save_every_s=settings.SCAN_SAVE_SECONDS,
        known_columns=tuple(str(column["name"]) for column in version.columns) if intact else (),
        chunks=chunks,
        against=tuple(_reference(pk, folder, on_progress) for pk in against if intact),
        protected=tuple(_reference(pk, folder, on_progress) for pk in protected if intact),
        parent=_parent(version, folder, on_progress) if intact and "poisoning" in wanted else None,
        declared=declared(version),
        spacy_model=settings.PII_SPACY_MODEL,
        transformers_model=settings.PII_TRANSFORMERS_MODEL,
        options=_options(given.pop("options", {}), version),
        **(given if intact else {"checks": ("integrity",)}),
    )


def _options(given: dict[str, dict[str, Any]], version: DatasetVersion) -> dict[str, dict[str, Any]]:
    """Settings of single checks, with what the installation knows: its models, and whether the whole file is intact."""
    more: dict[str, dict[str, Any]] = {
        "integrity": {
            "file": {"digest": version.digest, "ok": storage.is_intact(version.digest)},
            "commits": [
                {"label": f"v{link.number}", "digest": link.digest, "ok": link.is_intact} for link in chain_of(version)
            ],
        }
    }
    models = {"toxicity": settings.TOXICITY_MODEL, "generated": settings.PERPLEXITY_MODEL}
    for check, folder in models.items():
        if folder:
            more[check] = given.get(check, {}) | {"model": folder}
    return given | more


def chunk_states(version: DatasetVersion) -> tuple[ChunkState, ...]:
    """Every stored chunk of the version's file, read again and held against its digest."""
    return tuple(_state(chunk) for chunk in storage.chunks_of(version.digest, version.format))


def _state(chunk: Chunk) -> ChunkState:
    try:
        storage.chunk_path(chunk)
    except (Conflict, NotFound):
        return ChunkState(chunk.digest, chunk.size, False)
    return ChunkState(chunk.digest, chunk.size, True)


def _intact_pieces(
    version: DatasetVersion, states: tuple[ChunkState, ...], wanted: tuple[str, ...]
) -> tuple[Piece, ...]:
    chunks = zip(storage.chunks_of(version.digest, version.format), states, strict=True)
    left = [chunk for chunk, state in chunks if state.ok and chunk.rows]
    if "integrity" not in wanted or version.format != "jsonl" or not left:
        raise Conflict(
            f"The stored file of {version} was changed after it was registered.",
            code="storage.tampered",
            remedy="Register the version again from a trusted source.",
        )
    return tuple(Piece(str(storage.local_path(chunk.digest)), rows=chunk.rows, digest=chunk.digest) for chunk in left)


def pieces_of(version: DatasetVersion, folder: Path, on_progress: OnProgress) -> tuple[Piece, ...]:
    """The version's rows as JSON Lines files: its chunks, or converted. A conversion that an earlier attempt finished
    is taken up.
    """
    if version.format == "jsonl" and version.encoding.lower() in ("", "utf-8", "utf8", "ascii"):
        chunks = storage.chunks_of(version.digest, version.format)
        if any(chunk.rows is None for chunk in chunks):  # stored whole
            return (Piece(str(storage.local_path(version.digest)), digest=version.digest),)
        held = [chunk for chunk in chunks if chunk.rows]
        return tuple(Piece(str(storage.local_path(c.digest)), rows=c.rows, digest=c.digest) for c in held)
    if not (folder / DONE).is_file():
        _convert(version, storage.local_path(version.digest), folder, on_progress)
    return tuple(Piece(**piece) for piece in json.loads((folder / DONE).read_text("utf-8")))


def _reference(pk: int, folder: Path, on_progress: OnProgress) -> Reference:
    version = DatasetVersion.objects.select_related("dataset").get(pk=pk)
    return _as_reference(version, folder, on_progress)


def _parent(version: DatasetVersion, folder: Path, on_progress: OnProgress) -> Reference | None:
    parent = version.parent
    return _as_reference(parent, folder, on_progress) if parent is not None else None


def _as_reference(version: DatasetVersion, folder: Path, on_progress: OnProgress) -> Reference:
    for state in chunk_states(version):
        if not state.ok:
            raise Conflict(f"The stored file of {version}, to compare with, was changed.", code="storage.tampered")
    pieces = pieces_of(version, folder / f"version-{version.pk}", on_progress)
    return Reference(str(version), tuple(piece.path for piece in pieces), version.digest, {"version": version.pk})


def declared(version: DatasetVersion) -> dict[str, Any]:
    """What people recorded about where the rows come from, and how much of it machines wrote."""
    links = version.source_links.select_related("source")
    return {
        "sources": [
            {"name": link.source.name, "share": link.share, "machine_generated": link.source.machine_generated}
            for link in links
        ],
        "provenance": version.provenance,
    }


def _convert(version: DatasetVersion, stored: Path, folder: Path, on_progress: OnProgress) -> None:
    """Write the rows of another format as JSON Lines, cut into pieces; the list of them is written last."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces: list[Piece] = []
    lines: list[str] = []
    size = first = 0
    for row in tables.iter_rows(stored, version.format):
        lines.append(json.dumps(row, ensure_ascii=False, default=str) + "\n")
        size += len(lines[-1])
        if size >= PIECE_BYTES:
            pieces.append(_write(folder, first, lines))
            first, size, lines = first + len(lines), 0, []
            on_progress(0.0, f"Reading row {first} of {version.rows}")
    if lines:
        pieces.append(_write(folder, first, lines))
    fresh = folder / f"{DONE}.new"
    fresh.write_text(json.dumps([asdict(piece) for piece in pieces]), encoding="utf-8")
    fresh.replace(folder / DONE)


def _write(folder: Path, first: int, lines: list[str]) -> Piece:
    path = folder / f"{first:012d}.jsonl"
    path.write_text("".join(lines), encoding="utf-8", errors="surrogatepass")
    return Piece(str(path), first, len(lines))
