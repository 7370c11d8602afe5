"""Which files of a model can run code when somebody loads them. Read from the first bytes and the name; never loaded.

A format passes only if it is recognised and known to hold data alone: a file of unknown bytes is held as well, because
the reader that its author means for it is unknown too. Formats: pickle https://docs.python.org/3/library/pickletools.html,
safetensors https://huggingface.co/docs/safetensors, NumPy https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
"""

from pathlib import PurePosixPath

from apps.registry.rules.pickles import may_be_pickle

HEAD_BYTES = 65_536  # what `executable_format` wants to see of a file

PICKLE, TORCH, KERAS, TENSORFLOW, NUMPY = "pickle", "PyTorch", "Keras", "TensorFlow graph", "NumPy objects"
CODE, PROGRAM, ARCHIVE, UNKNOWN = "program code", "machine code", "archive", "unrecognised"

_BY_SUFFIX = {
    PICKLE: "pkl pickle joblib dill cloudpickle",
    TORCH: "pt pth pt2 ckpt bin mar nemo t7",
    KERAS: "keras h5 hdf5 hdf",
    TENSORFLOW: "pb pbtxt meta",
    CODE: "py pyw pyx pyc pyd sh bash bat cmd ps1 js mjs rb pl lua r jl rds rda rdata",
    PROGRAM: "so dll dylib exe jar class wasm whl egg",
    ARCHIVE: "zip tar gz tgz bz2 xz 7z rar zst lz4",
}
FORMAT_OF_SUFFIX = {suffix: name for name, words in _BY_SUFFIX.items() for suffix in words.split()}

_MAGIC = {
    b"PK\x03\x04": ARCHIVE,
    b"PK\x05\x06": ARCHIVE,
    b"\x1f\x8b": ARCHIVE,
    b"BZh": ARCHIVE,
    b"\xfd7zXZ\x00": ARCHIVE,
    b'\x04"M\x18': ARCHIVE,
    b"\x28\xb5\x2f\xfd": ARCHIVE,
    b"7z\xbc\xaf": ARCHIVE,
    b"Rar!": ARCHIVE,
    b"x\x01": ARCHIVE,  # zlib, as joblib writes it
    b"x^": ARCHIVE,
    b"x\x9c": ARCHIVE,
    b"x\xda": ARCHIVE,
    b"\x89HDF": KERAS,
    b"\x7fELF": PROGRAM,
    b"MZ": PROGRAM,
    b"\xca\xfe\xba\xbe": PROGRAM,
    b"\xcf\xfa\xed\xfe": PROGRAM,
    b"\xce\xfa\xed\xfe": PROGRAM,
    b"\x00asm": PROGRAM,
    b"#!": CODE,
}
# Data and nothing else, known by their first bytes.
_DATA = (b"GGUF", b"PAR1", b"ARROW1", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF-", b"RIFF", b"OggS", b"fLaC")
_NUMPY = b"\x93NUMPY"
_TEXT_CONTROLS = frozenset({0x09, 0x0A, 0x0C, 0x0D, 0x1B})


def executable_format(path: str, head: bytes, size: int | None = None) -> str:
    """The name of the format if a file can run code when it is loaded, empty if it holds data alone.

    `head` is the file's first HEAD_BYTES bytes (or all of a shorter one), `size` its length in bytes if known.
    """
    length = len(head) if size is None else size
    name = PurePosixPath(path.lower())
    suffix = name.suffix.lstrip(".")
    if not head:
        return ""
    if may_be_pickle(head, length):
        return PICKLE if FORMAT_OF_SUFFIX.get(suffix) != TORCH else TORCH
    if suffix in FORMAT_OF_SUFFIX:
        return FORMAT_OF_SUFFIX[suffix]
    if head.startswith(_NUMPY):
        return NUMPY if _has_objects(head) else ""
    return _by_content(suffix, head, length)


def _by_content(suffix: str, head: bytes, size: int) -> str:
    if suffix == "npz" and head.startswith(b"PK"):
        return NUMPY
    for start, name in _MAGIC.items():
        if head.startswith(start):
            # a few of them may begin a text; what follows in a real one is never text
            return "" if name != CODE and is_text(head) else name
    if head[257:262] == b"ustar":
        return ARCHIVE
    return "" if _is_data(suffix, head, size) else UNKNOWN


def _is_data(suffix: str, head: bytes, size: int) -> bool:
    """Whether the bytes are of a kind that is known to hold data alone."""
    if head.startswith(_DATA) or is_text(head) or _is_safetensors(head, size):
        return True
    if suffix == "onnx":  # a protocol buffer that begins with its version number
        return head[0] == 0x08
    if suffix in {"model", "spm"}:  # SentencePiece: a protocol buffer of pieces
        return head[0] == 0x0A and head[2:3] == b"\x0a"
    return suffix == "tflite" and head[4:8] == b"TFL3"


def is_text(head: bytes) -> bool:
    """Whether the bytes are text in UTF-8, by what is seen of them."""
    if any(byte < 0x20 and byte not in _TEXT_CONTROLS for byte in head):
        return False
    for cut in range(4):  # the last character may be cut in two
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return cut == 0 or len(head) == HEAD_BYTES
    return False


def _is_safetensors(head: bytes, size: int) -> bool:
    """Eight bytes of length, then a JSON object of that length that ends within the file."""
    return len(head) > 9 and head[8:9] == b"{" and 8 + int.from_bytes(head[:8], "little") <= size


def _has_objects(head: bytes) -> bool:
    """Whether a NumPy file says that its elements are Python objects, which are pickled; or hides what it says."""
    header = head[8:HEAD_BYTES].split(b"\n", 1)[0]
    return b"'descr'" not in header or b"O" in header.split(b"'fortran_order'")[0].replace(b"'descr'", b"")
