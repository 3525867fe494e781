"""Fetches and builds what no distribution packages as isogloss needs it: llama.cpp (static, tuned to
this CPU), Arrow C++, Plotly. Everything lands in the cache folder, keyed by what it was made from;
build/prepared.cmake then tells CMake where. With the word `test`, also pyarrow for the Python that runs
this. A second run takes a fraction of a second."""

import os
import pathlib
import platform
import re
import shutil
import sys
import tarfile
import zipfile

import cache

LLAMA_OPTIONS = [
    "-DCMAKE_BUILD_TYPE=Release",
    "-DBUILD_SHARED_LIBS=OFF",
    "-DCMAKE_POSITION_INDEPENDENT_CODE=ON",
    # A second OpenMP runtime in the process makes ggml's results wrong; see docs/decisions.
    "-DGGML_OPENMP=OFF",
    "-DGGML_NATIVE=ON",
] + [f"-DLLAMA_BUILD_{part}=OFF"
     for part in ("APP", "COMMON", "EXAMPLES", "MTMD", "SERVER", "TESTS", "TOOLS")]


def requirement(name: str) -> str:
    return (cache.HERE / "requirements" / f"{name}.txt").read_text()


def version(name: str) -> str:
    return re.search(r"==(\S+)", requirement(name)).group(1)


def cpu() -> str:
    """What -march=native depends on: a build for one CPU dies of SIGILL on a lesser one."""
    info = pathlib.Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text().splitlines()
        return "\n".join(sorted({l for l in lines if l.startswith(("flags", "Features", "model name"))}))
    return platform.processor() + platform.machine()


def compiler() -> str:
    name = os.environ.get("CXX", "c++")
    path = shutil.which(name)
    return f"{path} {os.stat(path).st_mtime_ns}" if path else name


def unzip_members(archive: pathlib.Path, prefix: str, destination: pathlib.Path) -> None:
    with zipfile.ZipFile(archive) as wheel:
        for member in wheel.namelist():
            if member.startswith(prefix):
                wheel.extract(member, destination)


def build_arrow(python: tuple):
    def build(target: pathlib.Path) -> None:
        cache.say(f"fetching Arrow C++ (pyarrow {version('arrow')}, 55 MB; under a minute, once)")
        cache.download("arrow", target, "--only-binary=:all:", "--python-version=%d.%d" % python)
        wheel = next(target.glob("pyarrow-*.whl"))
        unzip_members(wheel, "pyarrow/", target)
        wheel.unlink()
    return build


def has_wheel(python: tuple) -> bool:
    return (3, 11) <= python <= (3, 14)


def make_pyarrow(arrow: pathlib.Path, fetch: bool) -> pathlib.Path:
    """Where tests import pyarrow from: Arrow C++'s own wheel if it is this Python's, else another."""
    own = sys.version_info[:2]
    name = f"arrow-{version('arrow')}-python%d.%d" % own
    if any((arrow / "pyarrow").glob("lib.cpython-%d%d-*" % own)) or not has_wheel(own):
        return arrow
    return cache.make(name, build_arrow(own)) if fetch or (cache.folder() / name).exists() else arrow


def build_plotly(target: pathlib.Path) -> None:
    cache.say(f"fetching Plotly (plotly {version('plotly')}, 10 MB; seconds, once)")
    cache.download("plotly", target)
    wheel = next(target.glob("plotly-*.whl"))
    unzip_members(wheel, "plotly/package_data/plotly.min.js", target)
    (target / "plotly/package_data/plotly.min.js").rename(target / "plotly.min.js")
    shutil.rmtree(target / "plotly")
    wheel.unlink()


def unpack_llama(target: pathlib.Path, wanted) -> None:
    """Fetches llama.cpp's source and leaves in `target` those of its files whose names are `wanted`."""
    cache.say(f"fetching llama.cpp (llama-cpp-python {version('llama')}, 77 MB; under a minute, once)")
    target.mkdir(parents=True, exist_ok=True)
    cache.download("llama", target, "--no-binary=llama-cpp-python", "--no-build-isolation")
    sdist = next(target.glob("llama_cpp_python-*.tar.gz"))
    inside = f"llama_cpp_python-{version('llama')}/vendor/llama.cpp/"
    with tarfile.open(sdist) as archive:
        for member in archive:
            if member.name.startswith(inside) and wanted(member.name[len(inside):]):
                member.name = member.name[len(inside):]
                archive.extract(member, target)
    sdist.unlink()


def build_llama(options: list):
    def build(target: pathlib.Path) -> None:
        work = target / "work"
        unpack_llama(work / "llama.cpp", lambda name: True)
        log = cache.log_file("llama")
        # The prefix is the final place: CMake's package files are relocatable, so the install may
        # happen under the temporary name.
        cache.run(["cmake", "-G", "Ninja", "-S", work / "llama.cpp", "-B", work / "build",
                   f"-DCMAKE_INSTALL_PREFIX={target}", *options], log)
        cache.run(["cmake", "--build", work / "build"], log,
                  begun="building llama.cpp for this CPU (about 2 minutes on two cores, once)")
        cache.run(["cmake", "--install", work / "build"], log)
        shutil.rmtree(work)
    return build


def make_arrow(own: tuple) -> pathlib.Path:
    return cache.make(f"arrow-{version('arrow')}", build_arrow(own if has_wheel(own) else (3, 11)))


def make_plotly() -> pathlib.Path:
    return cache.make(f"plotly-{version('plotly')}", build_plotly)


def write_settings(file: pathlib.Path, settings: dict) -> None:
    """Leaves the file alone, and so what CMake made of it, where nothing has changed."""
    text = f"# Written by {pathlib.Path(sys.argv[0]).name}; a value given on CMake's command line wins.\n"
    for name, value in settings.items():
        text += f'if(NOT {name})\n  set({name} "{value}")\nendif()\n'
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists() or file.read_text() != text:
        file.write_text(text)


def main() -> None:
    if sys.version_info < (3, 10):
        cache.fail(f"needs Python 3.10 or later, this is {platform.python_version()}")
    extra = os.environ.get("ISOGLOSS_LLAMA_CMAKE", "").split()  # e.g. -DGGML_CUDA=ON
    options = LLAMA_OPTIONS + extra
    with cache.lock():
        arrow = make_arrow(sys.version_info[:2])
        pyarrow = make_pyarrow(arrow, fetch="test" in sys.argv[1:])
        plotly = make_plotly()
        name = f"llama-{version('llama')}-{cache.key(requirement('llama'), cpu(), compiler(), *options)}"
        llama = cache.make(name, build_llama(options))
    write_settings(cache.SOURCE / "build" / "prepared.cmake", {
        "ISOGLOSS_ARROW_ROOT": arrow / "pyarrow",
        "ISOGLOSS_PYARROW": pyarrow,
        "ISOGLOSS_LLAMA_ROOT": llama,
        "ISOGLOSS_LLAMA_PACKAGE": f"llama-cpp-python {version('llama')}",
        "ISOGLOSS_PLOTLY": plotly / "plotly.min.js",
        "ISOGLOSS_PYTHON": sys.executable,
    })


if __name__ == "__main__":
    main()
