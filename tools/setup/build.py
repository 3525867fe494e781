"""Configures and builds one CMake preset: `build.py PRESET FOLDER MINUTES`. Prints a line if there is
much to build, then one every half minute; the compiler's own output goes to FOLDER/build.log, whose end
is shown on failure. Says nothing where all is built."""

import sys

import cache


def main() -> None:
    preset, folder, minutes = sys.argv[1], cache.SOURCE / sys.argv[2], sys.argv[3]
    folder.mkdir(exist_ok=True)
    log = folder / "build.log"
    log.write_text("")
    cache.run(["cmake", "-S", cache.SOURCE, "--preset", preset, "--log-level=WARNING"], log)
    cache.run(["cmake", "--build", "--preset", preset], log,
              begun=f"building isogloss, {preset} (all of it takes about {minutes} minutes on two "
                    f"cores, once; log {log.relative_to(cache.SOURCE)})")


if __name__ == "__main__":
    main()
