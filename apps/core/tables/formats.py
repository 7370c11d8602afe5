"""Which format a file is in: by its ending, held against its first bytes.

Signatures: https://en.wikipedia.org/wiki/List_of_file_signatures and the formats' own specifications. Archives are
refused rather than unpacked, so that no archive bomb is ever expanded here; a Parquet file is bounded in ``parquet``.
"""

from pathlib import Path, PurePath

from apps.core.errors import Invalid

JSONL, CSV, PARQUET, TEXT = "jsonl", "csv", "parquet", "text"
ENDINGS = {
    ".jsonl": JSONL,
    ".ndjson": JSONL,
    ".csv": CSV,
    ".tsv": CSV,
    ".parquet": PARQUET,
    ".pq": PARQUET,
    ".txt": TEXT,
    ".md": TEXT,
}
ARCHIVES = {
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"PK\x05\x06": "an empty ZIP archive",
    b"PK\x07\x08": "a split ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x04\x22\x4d\x18": "an LZ4 archive",
}
OTHERS = {
    b"%PDF-": "a PDF document",
    b"SQLite format 3\x00": "an SQLite database",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy array",
    b"ARROW1": "an Arrow IPC file",
    b"ORC": "an ORC file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
}
UTF16_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
UTF8_MARK = b"\xef\xbb\xbf"


def detect(path: Path, filename: str) -> tuple[str, str]:
    """The format and the encoding; Invalid for endings we do not read and for bytes that contradict the ending."""
    ending = PurePath(filename).suffix.lower()
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head:
        raise Invalid("The file is empty.", code="table.empty", remedy="Upload a file with at least one row.")
    _refuse_containers(head)
    if ending not in ENDINGS:
        raise Invalid(
            f"Files ending in '{ending[:20] or 'nothing'}' are not read as tables.",
            code="table.unknown_format",
            remedy=f"Use one of {', '.join(sorted(ENDINGS))}; of a JSON list, write one object a line as .jsonl.",
        )
    kind = ENDINGS[ending]
    if (kind == PARQUET) != head.startswith((b"PAR1", b"PARE")):
        raise _contradiction(kind)
    if kind == PARQUET:
        return kind, "binary"
    _refuse_encodings(head)
    return kind, "utf-8-sig" if head.startswith(UTF8_MARK) else "utf-8"


def _contradiction(kind: str) -> Invalid:
    if kind == PARQUET:
        return Invalid(
            "The file is named Parquet but does not begin as one.",
            code="table.not_parquet",
            remedy="Export it again, or name it after the format it is in.",
        )
    return Invalid(
        "The file is Parquet although its name says otherwise.",
        code="table.wrong_ending",
        remedy="Rename it so that it ends in .parquet.",
    )


def _refuse_containers(head: bytes) -> None:
    is_tar = head[257:262] == b"ustar"
    for magic, what in ARCHIVES.items():
        if head.startswith(magic) or is_tar:
            raise Invalid(
                f"The file is {'a tar archive' if is_tar else what}; archives are not opened.",
                code="table.archive",
                remedy="Unpack it and upload the table inside as CSV, JSON Lines, Parquet or text.",
            )
    if head[0] == 0x80 and head[1] in range(1, 6) if len(head) > 1 else False:
        raise Invalid(
            "The file is a Python pickle; loading one can run any program, so it is never opened.",
            code="table.pickle",
            remedy="Export the data as Parquet, CSV or JSON Lines.",
        )
    for magic, what in OTHERS.items():
        if head.startswith(magic) and not (magic == b"ORC" and head[3:4] in (b",", b"\n", b" ", b"")):
            raise Invalid(
                f"The file is {what}, not a table.",
                code="table.binary",
                remedy="Export the data as Parquet, CSV or JSON Lines.",
            )


def _refuse_encodings(head: bytes) -> None:
    name = next((name for mark, name in UTF16_MARKS.items() if head.startswith(mark)), None)
    if name is None and b"\x00" in head:
        name = _utf16_without_mark(head)
    if name is not None:
        raise Invalid(
            f"The file is written in {name}.",
            code="table.encoding",
            remedy="Save it as UTF-8 (in a spreadsheet: CSV UTF-8) and upload it again.",
        )


def _utf16_without_mark(head: bytes) -> str | None:
    """Western text in UTF-16 has a zero in nearly every second byte and nowhere else."""
    zeros = (head[0::2].count(0), head[1::2].count(0))
    half = len(head) // 2
    return "UTF-16" if max(zeros) > 0.8 * half and min(zeros) < 0.05 * half + 1 else None
