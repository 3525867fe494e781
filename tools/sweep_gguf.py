#!/usr/bin/env python3
"""Changes single bytes of a GGUF's header and runs isogloss on each: it must refuse or work, never die.

Usage: sweep_gguf.py PROGRAM MODEL.gguf [--places N] [--masks 80,01]

Each run must end with exit code 0, or with 3 and one line of error. The places are spread evenly over
the header (the bytes before the tensors' data), twice as thick outside the vocabulary's arrays. Exit
codes: 0 all runs did, 1 some did not (they are listed), 2 usage.
"""
import argparse
import collections
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

ARRAY, STRING = 9, 8
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}


class Header:
    """Where the header ends, where its arrays lie, and the width of the residual stream."""

    def __init__(self, content):
        self.content, self.at = content, 8
        n_tensors, n_values = self.number("Q"), self.number("Q")
        self.arrays, self.d_model = [], None
        for _ in range(n_values):
            self.value()
        for _ in range(n_tensors):
            self.text()
            self.at += 8 * self.number("I") + 12
        self.end = self.at

    def number(self, code):
        (value,) = struct.unpack_from("<" + code, self.content, self.at)
        self.at += struct.calcsize(code)
        return value

    def text(self):
        size = self.number("Q")
        self.at += size
        return self.content[self.at - size:self.at]

    def value(self):
        key, kind, count = self.text(), self.number("I"), 1
        if kind == ARRAY:
            kind, count = self.number("I"), self.number("Q")
        start = self.at
        for _ in range(count):
            if kind == STRING:
                self.text()
            elif key.endswith(b".embedding_length"):
                self.d_model = self.number("I")
            else:
                self.at += SIZES[kind]
        if count > 1:
            self.arrays.append(range(start, self.at))

    def places(self, wanted):
        scalar = [at for at in range(self.end) if not any(at in array for array in self.arrays)]
        array = [at for span in self.arrays for at in span]
        thin = max(1, (2 * len(scalar) + len(array)) // wanted)
        return sorted(scalar[::max(1, thin // 2)] + array[::thin])


def write_sae(folder, width):
    """Features that are the positive and the negative part of every direction."""
    folder.mkdir()
    eye = [[float(i == j) for j in range(width)] for i in range(width)]
    encoder = [row + [-value for value in row] for row in eye]
    decoder = eye + [[-value for value in row] for row in eye]
    tensors = {"W_enc": encoder, "W_dec": decoder, "b_enc": [[0.0] * 2 * width], "b_dec": [[0.0] * width]}
    header, data = {}, b""
    for name, rows in tensors.items():
        flat = [value for row in rows for value in row]
        shape = [len(rows), len(rows[0])] if name.startswith("W") else [len(flat)]
        packed = struct.pack(f"<{len(flat)}f", *flat)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    (folder / "sae_weights.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    (folder / "cfg.json").write_text(json.dumps({
        "architecture": "standard", "d_in": width, "d_sae": 2 * width, "dtype": "float32",
        "apply_b_dec_to_input": False, "normalize_activations": "none",
        "metadata": {"hook_name": "blocks.2.hook_resid_post"}}))


def run(program, folder, model):
    """The exit code (negative: the signal that ended it) and standard error."""
    done = subprocess.run(
        [program, "extract", "--model", model, "--sae", folder / "sae", "--corpus", folder / "corpus.tsv",
         "--output", folder / "out", "--threads", "1", "--skip-self-check", "--truncate"],
        capture_output=True, timeout=60, env={"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")})
    subprocess.run(["rm", "-rf", folder / "out", folder / "cache"], check=True)
    return done.returncode, done.stderr.decode(errors="replace")


def is_sound(code, error):
    # --skip-self-check warns, so a run that works may have lines to say.
    lines = [line for line in error.splitlines() if "warning" not in line]
    return code == 0 and not lines or code == 3 and len(lines) == 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--places", type=int, default=1000)
    parser.add_argument("--masks", default="80,01", help="hexadecimal bytes to exclusive-or with, in turn")
    options = parser.parse_args()
    masks = [int(mask, 16) for mask in options.masks.split(",")]
    content = options.model.read_bytes()
    header = Header(content)
    outcomes, failures = collections.Counter(), []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_sae(folder / "sae", header.d_model)
        (folder / "corpus.tsv").write_text("en\tes\nthe sea\tel mar\nthe stone is old\tla piedra es vieja\n")
        changed = folder / "changed.gguf"
        for index, place in enumerate(header.places(options.places)):
            mask = masks[index % len(masks)]
            changed.write_bytes(content[:place] + bytes([content[place] ^ mask]) + content[place + 1:])
            code, error = run(options.program, folder, changed)
            outcomes[code] += 1
            if not is_sound(code, error):
                failures.append(f"byte {place} ^ {mask:#04x}: exit code {code}: {error.strip()[-300:]}")
    print(f"{sum(outcomes.values())} places of {header.end} bytes:",
          ", ".join(f"{count} ended with {code}" for code, count in sorted(outcomes.items())))
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
