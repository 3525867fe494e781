"""isogloss beside other libraries that bring an Arrow, a ggml or an OpenMP of their own, in one process."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from itertools import permutations

import pytest

NEIGHBOURS = [name for name in ("pyarrow", "torch", "llama_cpp") if importlib.util.find_spec(name)]
USES = {
    "isogloss": """
import numpy as np
random = np.random.default_rng(0)
x, y = (random.exponential(size=(200, 40)) * (random.random((200, 40)) < 0.3) for _ in range(2))
said["isogloss"] = isogloss.agreement(x, y, permutations=500, progress=False)["p_agreement"].tolist()
""",
    "pyarrow": """
import pyarrow.compute
said["pyarrow"] = pyarrow.compute.sum(pyarrow.array(range(100_000))).as_py()
""",
    "torch": """
m = torch.arange(250_000, dtype=torch.float64).reshape(500, 500) / 250_000
said["torch"] = (m @ m).sum().item()
""",
    "llama_cpp": """
said["llama_cpp"] = llama_cpp.llama_print_system_info().decode()
""",
}
FOREIGN = re.compile(r"arrow|parquet|ggml|llama|gomp|iomp|libomp")


def said_by(modules: tuple[str, ...]) -> dict[str, object]:
    """What each says when all are imported in this order, and the libraries that isogloss brings in."""
    program = "import json\nsaid, maps = {}, lambda: {l.split()[-1] for l in open('/proc/self/maps') if '/' in l}\n"
    for name in modules:
        program += f"import {name}\n"
        if name == "isogloss":
            program += "before = maps()\nimport isogloss._extension\nsaid['brought'] = sorted(maps() - before)\n"
    program += "".join(USES[name] for name in modules) + "print(json.dumps(said))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    said: dict[str, object] = json.loads(result.stdout)
    return said


@pytest.fixture(scope="module")
def alone() -> dict[str, object]:
    return {key: value for name in ("isogloss", *NEIGHBOURS) for key, value in said_by((name,)).items()}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_foreign_is_brought_in(alone: dict[str, object]) -> None:
    brought = alone["brought"]
    assert isinstance(brought, list)
    assert any("_extension" in name for name in brought)
    assert not [name for name in brought if FOREIGN.search(name.rsplit("/", 1)[-1])]


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
@pytest.mark.parametrize("first", [True, False])
def test_either_order_of_imports(neighbour: str, first: bool, alone: dict[str, object]) -> None:
    said = said_by(("isogloss", neighbour) if first else (neighbour, "isogloss"))
    assert {name: said[name] for name in ("isogloss", neighbour)} == {name: alone[name] for name in ("isogloss", neighbour)}


@pytest.mark.skipif(len(NEIGHBOURS) < 2, reason="needs torch or llama_cpp beside pyarrow")
def test_all_at_once(alone: dict[str, object]) -> None:
    for order in permutations(("isogloss", *NEIGHBOURS)):
        said = said_by(order)
        assert all(said[name] == alone[name] for name in order)
