"""A scan without a model leaves torch alone, and what needs it finds it afterwards."""

import json
import subprocess
import sys

SCAN = """
import sys, json
from workers.scanning import engine
from workers.scanning.config import Config
engine.run(Config(input_path=sys.argv[1]), lambda fraction, message: None)
print(json.dumps([name for name in ("torch", "transformers") if name in sys.modules]))
import transformers
print(json.dumps(transformers.utils.is_torch_available()))
"""


def test_a_scan_without_a_model_does_not_load_torch(tmp_path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"text": f"Row {n} says hello."}) + "\n" for n in range(20)), encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", SCAN, str(path)], check=True, capture_output=True, text=True)
    loaded, is_available = map(json.loads, done.stdout.splitlines()[-2:])
    assert loaded == [] and is_available
