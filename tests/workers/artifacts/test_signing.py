"""Signatures in OpenSSF's form: made with our key, verified by the real command line, void after one flipped bit."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workers.artifacts import signing
from workers.errors import EngineError

COMMAND = Path(sys.executable).with_name("model_signing")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model = tmp_path / "model"
    (model / "tokenizer").mkdir(parents=True)
    (model / "config.json").write_text("{}")
    (model / "tokenizer" / "vocab.txt").write_text("a\nb\n")
    (model / "model.safetensors").write_bytes(bytes(range(256)) * 40)
    return model


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "signing.pem"
    assert signing.make_key(path)
    return path


def test_the_key_is_made_once_and_for_its_owner(key: Path) -> None:
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_bytes()
    assert not signing.make_key(key)
    assert key.read_bytes() == before
    assert signing.public_key(key).startswith("-----BEGIN PUBLIC KEY-----")
    assert [path.name for path in key.parent.iterdir()] == [key.name]


def command_line(folder: Path, signed: signing.Signed, tmp_path: Path) -> "subprocess.CompletedProcess[str]":
    (tmp_path / "model.sig").write_text(signed.bundle)
    (tmp_path / "model.pub").write_text(signed.public_key)
    return subprocess.run(
        [
            COMMAND,
            "verify",
            "key",
            folder,
            "--signature",
            tmp_path / "model.sig",
            "--public_key",
            tmp_path / "model.pub",
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_real_command_line_verifies_it_and_refuses_one_flipped_bit(folder: Path, key: Path, tmp_path: Path) -> None:
    signed = signing.sign(folder, key, tmp_path)
    bundle = json.loads(signed.bundle)
    assert bundle["mediaType"].startswith("application/vnd.dev.sigstore.bundle")
    assert bundle["verificationMaterial"]["publicKey"]["hint"] == signed.key_digest
    elsewhere = shutil.copytree(folder, tmp_path / "downloaded")
    done = command_line(elsewhere, signed, tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    weights = elsewhere / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[100] ^= 1
    weights.write_bytes(content)
    assert command_line(elsewhere, signed, tmp_path).returncode != 0
    assert "model.safetensors" in signing.verify(elsewhere, signed.bundle, signed.public_key, tmp_path)


def test_another_key_a_changed_bundle_an_added_file_do_not_hold(folder: Path, key: Path, tmp_path: Path) -> None:
    signed = signing.sign(folder, key, tmp_path)
    assert signing.verify(folder, signed.bundle, signed.public_key, tmp_path) == ""
    signing.make_key(tmp_path / "other.pem")
    assert signing.verify(folder, signed.bundle, signing.public_key(tmp_path / "other.pem"), tmp_path)
    assert signing.verify(folder, "{}", signed.public_key, tmp_path)
    assert signing.verify(folder, "no JSON", signed.public_key, tmp_path)
    bundle = json.loads(signed.bundle)
    payload = bundle["dsseEnvelope"]["payload"]
    bundle["dsseEnvelope"]["payload"] = payload[:-8] + ("AAAA" if payload[-8:-4] != "AAAA" else "BBBB") + payload[-4:]
    assert signing.verify(folder, json.dumps(bundle), signed.public_key, tmp_path)
    (folder / "added.txt").write_text("new")
    assert "added.txt" in signing.verify(folder, signed.bundle, signed.public_key, tmp_path)


def test_a_key_that_is_none(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError) as missing:
        signing.sign(folder, tmp_path / "none.pem", tmp_path)
    assert missing.value.code == "signing.no_key"
    (tmp_path / "bad.pem").write_text("no key")
    with pytest.raises(EngineError) as bad:
        signing.sign(folder, tmp_path / "bad.pem", tmp_path)
    assert bad.value.code == "signing.bad_key"
