"""The columns of a result folder's files by their contract (docs/dataset.md), and how they are read."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

# Written by `isogloss columns --json`; a test holds the two equal.
SCORE_COLUMNS = json.loads(Path(__file__).with_name("score_columns.json").read_text("utf-8"))
SEQUENCES = {"sample": "int32", "language": "string", "source": "string", "document": "string",
             "text": "string", "token_ids": "list<int32>", "tokens": "list<string>"}
ACTIVATIONS = {"sample": "int32", "language": "string", "position": "int32",
               "features": "list<int32>", "values": "list<float>"}
MAXIMA = {"feature": "int32", "language": "string", "sample": "int32", "value": "float",
          "position": "int32"}
PAIRS = {"feature": "int32", "language_a": "string", "language_b": "string", "overlap": "double",
         "overlap_expected": "double", "agreement_raw": "double",
         "overlap_expected_stratified": "double", "agreement_stratified_raw": "double",
         "attainable": "double", "attainable_stratified": "double", "containment": "double",
         "n_eff": "double", "cofire": "int32", "p_cofire": "double",
         "p_cofire_stratified": "double"}
EXPLANATIONS = {"feature": "int32", "description": "string", "method": "string", "model": "string"}
VOCABULARY = {"feature": "int32",
              "promoted": "list<string>", "promoted_ids": "list<int32>",
              "promoted_effects": "list<float>",
              "suppressed": "list<string>", "suppressed_ids": "list<int32>",
              "suppressed_effects": "list<float>"}
PROFILE = {"feature": "int32", "language": "string", "firing_tokens": "int64", "mass": "double",
           "shared_mass": "double", "peaks": "int32", "punctuation_peaks": "int32",
           "edge_peaks": "int32", "top_token": "string", "top_token_share": "double",
           "peak_tokens": "list<string>", "peak_shares": "list<double>"}
AGREEMENT_CONTROLS = {"feature": "int32", "agreement_unshared": "double", "noise_ceiling": "double",
               "agreement_length": "double"}
MAY_BE_NULL_PAIRS = {"agreement_raw", "agreement_stratified_raw", "attainable",
                     "attainable_stratified"}
MAY_BE_NULL = {"document", "agreement_unshared", "noise_ceiling", "agreement_length"}
THRESHOLDS = ["mean", "q_0.05", "q_0.25", "q_0.5", "q_0.75", "q_0.95"]


class Breach(Exception):
    """A file does not keep the contract."""


def require(condition, problem):
    if not condition:
        raise Breach(problem)


def type_name(data_type):
    if pa.types.is_list(data_type):
        return f"list<{data_type.value_type}>"
    return str(data_type)


def all_true(condition):
    return pc.all(condition).as_py() is not False


def close(a, b):
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def read(path, columns, may_be_null=MAY_BE_NULL):
    """The table of a file whose columns, types and nulls are as they must be."""
    table = pq.read_table(path, partitioning=None).combine_chunks()
    found = {field.name: type_name(field.type) for field in table.schema}
    require(list(found.items()) == list(columns.items()), f"columns are {found}, not {columns}")
    for name in columns:
        column = table[name]
        if name not in may_be_null:
            require(column.null_count == 0, f"{name} holds nulls")
        if pa.types.is_list(column.type):
            require(pc.list_flatten(column).null_count == 0, f"{name} holds a null item")
        if pa.types.is_floating(column.type):
            require(not pc.any(pc.is_nan(column)).as_py(), f"{name} holds NaN")
    table.validate(full=True)
    return table
