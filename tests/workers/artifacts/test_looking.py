"""What is found in files made to harm, in harmless ones, and in those that are made to wear a scanner out."""

import bz2
import gzip
import io
import json
import os
import pickle
import subprocess
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workers.artifacts.engine import Config, File, Result, run
from workers.artifacts.looking import look_into
from workers.artifacts.names import names_in, unsafe_names

LIMIT = 5_000_000


class Evil:
    """Would run a command wherever it is loaded; nothing here loads it."""

    def __reduce__(self) -> Any:
        return os.system, ("touch /tmp/must-not-exist",)


class Caller:
    def __reduce__(self) -> Any:
        return subprocess.check_output, (["id"],)


EVIL = pickle.dumps(Evil(), 4)


def found_in(tmp_path: Path, name: str, content: bytes, most: int = LIMIT) -> list[tuple[str, str, str]]:
    path, work = tmp_path / "file", tmp_path / "work"
    path.write_bytes(content)
    work.mkdir(exist_ok=True)
    found = look_into(path, name, work, most)
    assert not any(item.is_file() for item in work.iterdir()), "nothing unfolded is left behind"
    return [(item.severity, item.what, item.where) for item in found]


def worst(found: list[tuple[str, str, str]]) -> str:
    return found[0][0]


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return stream.getvalue()


def tarred(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.parametrize("protocol", range(6))
def test_a_call_of_the_system_is_critical_in_every_protocol(tmp_path: Path, protocol: int) -> None:
    found = found_in(tmp_path, "model.pkl", pickle.dumps(Evil(), protocol))
    assert found == [("critical", "It would call posix.system when it is loaded.", "")]


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        ("model.pt", zipped(archive__data_dot_pkl=EVIL), "archive/data.pkl:"),
        ("model.npz", zipped(a_dot_txt=EVIL), "a.txt:"),
        ("nested.zip", zipped(inner_dot_zip=zipped(x_dot_pkl=EVIL)), "inner.zip:x.pkl:"),
        ("model.nemo", tarred("weights.ckpt", EVIL), "weights.ckpt:"),
        ("model.pkl.gz", gzip.compress(EVIL), ""),
        ("model.pkl.bz2", bz2.compress(EVIL), ""),
        ("model.joblib", zlib.compress(EVIL, 3), ""),
        ("model.safetensors", EVIL, ""),
        ("two.pkl", pickle.dumps([1]) + EVIL, ""),
    ],
    # Not by its bytes, which hold the time: two workers would name one test differently.
    ids=lambda part: part if isinstance(part, str) else "bytes",
)
def test_it_is_found_wherever_it_hides(tmp_path: Path, name: str, content: bytes, where: str) -> None:
    assert ("critical", "It would call posix.system when it is loaded.", where) in found_in(tmp_path, name, content)


def test_names_that_the_scanner_does_not_list(tmp_path: Path) -> None:
    content = b"cimportlib\nimport_module\n(S'os'\ntR."
    assert worst(found_in(tmp_path, "model.pkl", content)) == "critical"
    assert worst(found_in(tmp_path, "model.pkl", pickle.dumps(Caller()))) == "critical"
    assert "torch.hub" in unsafe_names()["CRITICAL"]


def test_objects_in_an_array(tmp_path: Path) -> None:
    stream = io.BytesIO()
    np.save(stream, np.array([Evil()], dtype=object), allow_pickle=True)
    assert worst(found_in(tmp_path, "x.npy", stream.getvalue())) == "critical"
    plain = io.BytesIO()
    np.save(plain, np.zeros(3))
    assert worst(found_in(tmp_path, "x.npy", plain.getvalue())) == "none"


def test_keras_tensorflow_and_programs(tmp_path: Path) -> None:
    layers = {"config": {"layers": [{"config": {"layers": [{"class_name": "Lambda"}]}}]}}
    assert worst(found_in(tmp_path, "m.keras", zipped(config_dot_json=json.dumps(layers).encode()))) == "medium"
    assert worst(found_in(tmp_path, "m.h5", b"\x89HDF\r\n" + b'{"class_name": "Lambda"}')) == "medium"
    assert worst(found_in(tmp_path, "saved_model.pb", b"\x0a\x12\x08ReadFile\x1a")) == "high"
    assert worst(found_in(tmp_path, "run.so", b"\x7fELF" + bytes(64))) == "high"
    assert worst(found_in(tmp_path, "code.zip", zipped(x_dot_py=b"import os"))) == "high"


def test_a_model_of_a_library_names_what_it_would_import(tmp_path: Path) -> None:
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    (finding,) = found_in(tmp_path, "model.pkl", pickle.dumps(model))
    assert finding[0] == "none"
    assert "sklearn.linear_model._base.LinearRegression" in finding[1]


def test_what_cannot_be_read_is_no_clean_bill(tmp_path: Path) -> None:
    assert worst(found_in(tmp_path, "x.bin", b"\xff\x00\xfe" * 100)) == "unscanned"
    assert worst(found_in(tmp_path, "x.zip", b"PK\x03\x04" + bytes(60))) == "unscanned"
    assert worst(found_in(tmp_path, "x.7z", b"7z\xbc\xaf\x27\x1c")) == "unscanned"
    assert worst(found_in(tmp_path, "x.pkl.gz", gzip.compress(EVIL)[:-12])) == "unscanned"


def test_bombs_are_given_up(tmp_path: Path) -> None:
    assert worst(found_in(tmp_path, "b.gz", gzip.compress(bytes(20_000_000)))) == "unscanned"
    deep = EVIL
    for _ in range(8):
        deep = zipped(x_dot_zip=deep)
    assert worst(found_in(tmp_path, "deep.zip", deep)) == "unscanned"
    path = tmp_path / "work"
    assert list(path.iterdir()) == []


def test_broken_pickles_still_tell_the_names_before_the_break() -> None:
    names = names_in(io.BytesIO(b"cos\nsystem\n(S'x'\ntR\xff\xff"))
    assert names.found == (("os", "system"),)
    assert names.broken


def looked(tmp_path: Path, files: dict[str, bytes], **bounds: int) -> Result:
    work = tmp_path / "work"
    work.mkdir()
    asked = []
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        asked.append(File(str(tmp_path / name), name, name))
    return run(Config(tuple(asked), str(work), **bounds), lambda fraction, words: None)


def test_the_engine_looks_in_a_bounded_process(tmp_path: Path) -> None:
    result = looked(tmp_path, {"evil.pkl": EVIL, "good.pkl": pickle.dumps([1, 2])})
    assert [item.severity for item in result.files["evil.pkl"]] == ["critical"]
    assert [item.severity for item in result.files["good.pkl"]] == ["none"]
    assert result.scanner.startswith("modelscan ")
    assert not Path("/tmp/must-not-exist").exists()


def test_a_reader_that_dies_costs_only_its_file(tmp_path: Path) -> None:
    result = looked(tmp_path, {"evil.pkl": EVIL}, memory_bytes=40 * 1024**2)
    assert [item.severity for item in result.files["evil.pkl"]] == ["unscanned"]
