"""What lies in the package, and that it runs on older processors than this one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import isogloss
from isogloss._command import PROGRAM

# What glibc is told this processor lacks, for each level of libisogloss that it then takes.
LACKING = {"x86-64-v2": "-AVX2,-AVX512F", "x86-64-v3": "-AVX512F", "x86-64-v4": ""}
HWCAPS = PROGRAM.parents[1] / "lib/glibc-hwcaps"

levels = pytest.mark.skipif(not HWCAPS.exists(), reason="one level only: not x86-64 on Linux")


def best_level() -> str:
    flags = set(next(line for line in open("/proc/cpuinfo") if line.startswith("flags")).split())
    needs = {"x86-64-v4": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}, "x86-64-v3": {"avx2", "fma", "bmi2"}}
    return next((level for level, wanted in needs.items() if wanted <= flags), "x86-64-v2")


def environment(level: str) -> dict[str, str]:
    return {**os.environ, "GLIBC_TUNABLES": f"glibc.cpu.hwcaps={LACKING[level]}"}


def test_the_command_is_the_program() -> None:
    command = Path(sys.executable).with_name("isogloss")
    version = subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout
    assert version == subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    assert version.startswith(f"isogloss {isogloss.__version__}\n")
    assert subprocess.run([command, "nonsense"], capture_output=True).returncode == 2


def test_the_demo_data_are_found() -> None:
    share = PROGRAM.parents[1] / "share/isogloss"
    assert (share / "demo.tsv").exists() and (share / "demo-sae/cfg.json").exists()


@levels
@pytest.mark.parametrize("level", LACKING)
def test_the_loader_takes_the_level_of_the_processor(level: str) -> None:
    if level > best_level():
        pytest.skip(f"this processor is of {best_level()}")
    debug = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True,
                           env={**environment(level), "LD_DEBUG": "libs"}).stderr
    taken = [line.split()[-1] for line in debug.splitlines() if "calling init" in line and "libisogloss" in line]
    assert len(taken) == 1
    assert Path(taken[0]).parent.name == ("lib" if level == "x86-64-v2" else level)


@levels
@pytest.mark.parametrize(("level", "has", "lacks"), [
    ("x86-64-v2", "SSE3", "AVX"), ("x86-64-v3", "AVX2", "AVX512"), ("x86-64-v4", "AVX512", "AVX512_VNNI")])
def test_ggml_is_built_for_the_level_and_computes_right(level: str, has: str, lacks: str) -> None:
    """doctor compares a tiny model's activations with transformers', and fails if they differ."""
    if level > best_level():
        pytest.skip(f"this processor is of {best_level()}")
    report = subprocess.run([PROGRAM, "doctor", "--json"], capture_output=True, check=True, env=environment(level)).stdout
    instructions = json.loads(report)["instructions"].split()
    assert has in instructions and lacks not in instructions


@levels
@pytest.mark.skipif(not shutil.which("qemu-x86_64"), reason="needs Debian's qemu-user")
@pytest.mark.parametrize("processor", ["Nehalem", "Haswell"])
def test_older_processors_run_it(processor: str) -> None:
    """An instruction that the emulated processor lacks would end the program. Nehalem, of 2008, has no AVX."""
    report = subprocess.run(["qemu-x86_64", "-cpu", processor, PROGRAM, "doctor", "--json"], capture_output=True, check=True)
    assert ("AVX2" in json.loads(report.stdout)["instructions"].split()) == (processor == "Haswell")


@levels
def test_every_level_gives_the_same_up_to_rounding(
    tiny_inputs: dict[str, object], tiny_run: isogloss.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for level in LACKING:
        if level > best_level():
            continue
        for name, value in environment(level).items():
            monkeypatch.setenv(name, value)
        run = isogloss.run(**tiny_inputs, output=tmp_path / level, progress=False)
        for language in run.languages:
            ours, theirs = run.maxima(language).toarray(), tiny_run.maxima(language).toarray()
            np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=0.02)  # at most near the threshold, 0.01
