"""Prepares what the Python wheel is built on, as prepare.py does for this machine, and writes the settings for
CMake to the file that is named: `prepare_wheel.py FILE`. The wheel runs on other machines too, so llama.cpp is
built for the oldest x86-64 that is served, and ggml's kernels once more for each newer level."""

import os
import pathlib
import platform
import shutil
import sys

import cache
import prepare

# What the psABI's levels of x86-64 have, in ggml's words; glibc's loader knows the levels by the same names.
X86_64_V2 = ["SSE42"]
X86_64_V3 = [*X86_64_V2, "AVX", "AVX2", "BMI2", "FMA", "F16C"]
NEWER_LEVELS = {"x86-64-v3": X86_64_V3, "x86-64-v4": [*X86_64_V3, "AVX512"]}


def on_x86_64_linux() -> bool:
    return platform.system() == "Linux" and platform.machine() == "x86_64"


def compiler() -> str:
    """pip's build backend names it otherwise than a shell does."""
    path = os.path.realpath(shutil.which(os.environ.get("CXX", "c++")) or "")
    return f"{path} {os.stat(path).st_mtime_ns}"


def llama_options(instructions: list) -> list:
    options = [o for o in prepare.LLAMA_OPTIONS if not o.startswith("-DGGML_NATIVE")] + ["-DGGML_NATIVE=OFF"]
    if on_x86_64_linux():
        options += [f"-DGGML_{name}={'ON' if name in instructions else 'OFF'}" for name in NEWER_LEVELS["x86-64-v4"]]
    return options


def build_llama(target: pathlib.Path) -> None:
    work = target / "work"
    prepare.unpack_llama(work / "llama.cpp", lambda name: True)
    log = cache.log_file("llama-wheel")

    def build(name: str, instructions: list, *what: str) -> pathlib.Path:
        folder = work / name
        cache.run(["cmake", "-G", "Ninja", "-S", work / "llama.cpp", "-B", folder,
                   f"-DCMAKE_INSTALL_PREFIX={target}", *llama_options(instructions)], log)
        cache.run(["cmake", "--build", folder, *what], log, begun=f"building llama.cpp for the wheel, {name} (once)")
        return folder

    cache.run(["cmake", "--install", build("oldest", X86_64_V2)], log)
    if on_x86_64_linux():
        for level, instructions in NEWER_LEVELS.items():
            folder = build(level, instructions, "--target", "ggml-cpu")
            (target / "levels" / level).mkdir(parents=True)
            shutil.copy(next(folder.rglob("libggml-cpu.a")), target / "levels" / level)
    shutil.rmtree(work)


def main() -> None:
    with cache.lock():
        arrow = prepare.make_arrow(sys.version_info[:2])
        plotly = prepare.make_plotly()
        options = [o for level in (X86_64_V2, *NEWER_LEVELS.values()) for o in llama_options(level)]
        key = cache.key(prepare.requirement("llama"), compiler(), *options)
        llama = cache.make(f"llama-wheel-{prepare.version('llama')}-{key}", build_llama)
    levels = sorted(path.name for path in llama.glob("levels/*"))
    prepare.write_settings(pathlib.Path(sys.argv[1]), {
        "ISOGLOSS_ARROW_ROOT": arrow / "pyarrow",
        "ISOGLOSS_LLAMA_ROOT": llama,
        "ISOGLOSS_LLAMA_LEVELS": ";".join(levels),
        "ISOGLOSS_LLAMA_PACKAGE": f"llama-cpp-python {prepare.version('llama')}",
        "ISOGLOSS_PLOTLY": plotly / "plotly.min.js",
    })


if __name__ == "__main__":
    main()
