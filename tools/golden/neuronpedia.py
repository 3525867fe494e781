#!/usr/bin/env python3
"""Writes FOLDER: a small dump of explanations as Neuronpedia's own exporter writes it, and the members of its
rows of activations.

Usage: neuronpedia.py NEURONPEDIA FOLDER
NEURONPEDIA is a checkout of github.com/hijohnnylin/neuronpedia. Its exporter reads a database; here it gets
the rows below in the database's stead. Needs psycopg2-binary, tqdm, python-dotenv and typer.
"""
import contextlib
import dataclasses
import gzip
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile

NAN, INFINITY = float("nan"), float("inf")
COMMON = {"modelId": "gemma-2-2b", "layer": "20-gemmascope-res-16k", "authorId": "clkht01d40000jv08hvalcvly"}
BATCHES = [
    [("0", "references to water and rivers", "oai_token-act-pair", "gpt-4o-mini", [0.25, -0.5]),
     ("12", "  Wörter für „Haus“\n", "np_max-act-logits", "gemini-2.0-flash", None)],
    [("12", "houses", None, None, None), ("12", "houses", None, None, None), ("13", " ", None, None, None),
     ("16383", "numbers", "oai_token-act-pair", "gpt-4o-mini", [NAN, 1.0])],
]


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class Database:
    """A connection and its cursor, whose every query finds `rows`."""

    def __init__(self, rows):
        self.rows = rows

    @contextlib.contextmanager
    def cursor(self, **_):
        yield self

    def execute(self, _):
        pass

    def fetchall(self):
        return self.rows

    def close(self):
        pass


def main(arguments):
    if len(arguments) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    checkout, folder = (pathlib.Path(argument).resolve() for argument in arguments)
    tools = checkout / "utils/neuronpedia-utils/neuronpedia_utils"
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)  # the exporter makes a folder where it is loaded
        exporter = load(tools / "export-data.py", "export_data")
        activation = load(tools / "db_models/activation.py", "activation")
        (folder / "explanations").mkdir(parents=True, exist_ok=True)
        for number, batch in enumerate(BATCHES):
            rows = [{"id": f"cm{number}{place}"} | COMMON
                    | {"index": index, "description": description, "embedding": embedding, "typeName": method,
                       "explanationModelName": model, "umap_x": NAN, "umap_log_feature_sparsity": -INFINITY}
                    for place, (index, description, method, model, embedding) in enumerate(batch)]
            exporter.create_connection = lambda rows=rows: Database(rows)
            path = pathlib.Path(scratch) / "batch.jsonl"
            exporter.write_batch_to_jsonl("Explanation", list(rows[0]), "", str(path))
            packed = gzip.compress(path.read_bytes(), mtime=0)
            (folder / "explanations" / f"batch-{number}.jsonl.gz").write_bytes(packed)
    fields = [field.name for field in dataclasses.fields(activation.Activation)]
    needed = [field.name for field in dataclasses.fields(activation.Activation)
              if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING]
    made_with = {"neuronpedia": subprocess.check_output(
        ["git", "-C", checkout, "rev-parse", "HEAD"], text=True).strip()}
    (folder / "activation.json").write_text(
        json.dumps({"versions": made_with, "members": fields, "needed": needed}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
