"""The tiny model that `isogloss doctor` runs, and one row of transformers', taken from the golden Llama.

usage: doctor.py G/hooks ../../data/doctor
"""

import json
import shutil
import sys
from pathlib import Path

from safetensors.numpy import load_file


def main(hooks, output):
    golden = load_file(Path(hooks) / "llama.safetensors")
    row = golden["0.blocks.1.hook_resid_post"][-1]
    expected = {"ids": golden["0.ids"].tolist(), "last_row": [float(f"{value:.9g}") for value in row]}
    Path(output, "expected.json").write_text(json.dumps(expected, indent=1))
    shutil.copyfile(Path(hooks) / "llama.gguf", Path(output) / "tiny-llama.gguf")


if __name__ == "__main__":
    main(*sys.argv[1:])
