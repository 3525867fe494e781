#!/usr/bin/env python3
"""Checks a result folder against its contract (docs/dataset.md), with nothing of isogloss's own.

    python tools/check_dataset.py FOLDER

Needs pyarrow. Prints a line for each file, a line for each breach, and exits 1 if there is one.
"""

import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dataset_contract import (ACTIVATIONS, MAXIMA, AGREEMENT_CONTROLS, EXPLANATIONS, PROFILE, SEQUENCES,
                              THRESHOLDS, VOCABULARY, Breach, all_true, close, read, require)
from dataset_scores import check_csv, check_pairs, check_scores


def check_manifest(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    require(manifest["schema_version"] == 1, "schema_version is not 1")
    require(manifest["extraction_complete"] is True, "the extraction is not complete")
    n_sentences, n_features = manifest["rows"]["kept"], manifest["sae"]["n_features"]
    return manifest, f"{n_sentences} sentences, {n_features} features"


def check_sequences(folder, manifest):
    """Returns {(sample, language): number of tokens}, and whether all sequences begin with BOS."""
    table = read(folder / "sequences.parquet", SEQUENCES)
    languages = manifest["inputs"]["languages"]
    keys = list(zip(table["sample"].to_pylist(), table["language"].to_pylist()))
    samples = sorted({sample for sample, _ in keys})
    require(len(keys) == len(set(keys)), "a sample occurs twice in a language")
    require(set(keys) == {(s, l) for s in samples for l in languages},
            "a sample is missing in a language")
    require(len(samples) == manifest["rows"]["kept"], "the manifest counts other sentences")
    lengths = pc.list_value_length(table["token_ids"])
    require(lengths.equals(pc.list_value_length(table["tokens"])),
            "ids and tokens differ in number")
    ids = pc.list_flatten(table["token_ids"])
    require(all_true(pc.greater_equal(ids, 0)), "a token id is negative")
    spelling = {}
    for token_id, token in zip(ids.to_pylist(), pc.list_flatten(table["tokens"]).to_pylist()):
        require(spelling.setdefault(token_id, token) == token,
                f"token {token_id} has two spellings")
        require(token != "", f"token {token_id} has no spelling")
    first = {ids[0] if ids else None for ids in table["token_ids"].to_pylist()}
    return (dict(zip(keys, lengths.to_pylist())), len(first) == 1 and len(keys) > 1,
            f"{table.num_rows} sequences")


def flatten_activations(table):
    rows = pc.list_parent_indices(table["features"])
    return pa.table({"feature": pc.list_flatten(table["features"]),
                     "language": table["language"].take(rows),
                     "sample": table["sample"].take(rows),
                     "value": pc.list_flatten(table["values"]),
                     "position": table["position"].take(rows)})


def check_activations(path, lengths, has_bos, n_features, after_sample):
    """Returns the activations as one row each, and the largest sample."""
    table = read(path, ACTIVATIONS)
    require(pc.list_value_length(table["features"]).equals(pc.list_value_length(table["values"])),
            "features and values differ in number")
    before = None
    for sample, language, position in zip(*(table[name].to_pylist()
                                            for name in ("sample", "language", "position"))):
        where = f"sample {sample}, {language}, position {position}"
        require((sample, language) in lengths, f"{where}: not in sequences.parquet")
        require(0 <= position < lengths[sample, language], f"{where}: beyond the tokens")
        if before is None or before[:2] != (sample, language):
            require(not has_bos or position == 1, f"{where}: the first token after BOS has 1")
            require(sample > after_sample if before is None else sample >= before[0],
                    f"{where}: samples do not ascend")
        else:
            require(position > before[2], f"{where}: positions do not ascend")
        before = (sample, language, position)
    flat = flatten_activations(table)
    if flat.num_rows:
        require(pc.min(flat["value"]).as_py() > 0, "an activation is not positive")
        require(all_true(pc.is_finite(flat["value"])), "an activation is not finite")
        require(pc.min(flat["feature"]).as_py() >= 0
                and pc.max(flat["feature"]).as_py() < n_features, "a feature is beyond the SAE")
        rows = pc.list_parent_indices(table["features"])
        same_row = pc.equal(rows[1:], rows[:-1])
        ascending = pc.greater(flat["feature"][1:], flat["feature"][:-1])
        require(all_true(pc.or_(pc.invert(same_row), ascending)), "features do not ascend in a row")
    return flat, before[0] if before else after_sample, f"{table.num_rows} tokens"


def largest_activations(flat):
    """The maximum of each feature in each sentence, and the first position that reaches it."""
    keys = ["feature", "language", "sample"]
    best = flat.group_by(keys).aggregate([("value", "max")])
    reached = flat.join(best, keys)
    reached = reached.filter(pc.equal(reached["value"], reached["value_max"]))
    first = reached.group_by(keys).aggregate([("value", "max"), ("position", "min")])
    return first.rename_columns({"value_max": "value", "position_min": "position"})


def check_maxima(path, flat, languages):
    table = read(path, MAXIMA)
    table_order = [(name, "ascending") for name in ("feature", "language_index", "sample")]

    def ordered(maxima):
        index = pc.index_in(maxima["language"], pa.array(languages))
        maxima = maxima.append_column("language_index", index)
        return maxima.sort_by(table_order).select(list(MAXIMA))

    require(table.equals(ordered(table)), "rows are not in the order feature, language, sample")
    require(table.equals(ordered(largest_activations(flat)).cast(table.schema)),
            "maxima differ from the largest activations of the shard")
    return table, f"{table.num_rows} maxima"


def check_threshold(group, name, entry, activations, maxima, n_rows, n_features):
    value, series = entry["value"], entry["series"]
    require(len(series) == n_features, f"{group}.{name}: the series has {len(series)} entries")
    if value is None:
        require(len(activations) == 0, f"{group}.{name} is null")
        require(not any(series), f"{group}.{name}: the series of a null threshold is not 0")
        return
    if name == "mean":
        expected = pc.mean(activations).as_py()
    else:
        expected = pc.quantile(activations, q=float(name[2:]), interpolation="linear")[0].as_py()
    require(close(value, expected), f"{group}.{name} is {value}, not {expected}")
    above = maxima.filter(pc.greater(maxima["value"].cast(pa.float64()), value))
    counts = above.group_by("feature").aggregate([("value", "count")])["value_count"].to_pylist()
    counts = sorted(counts, reverse=True) + [0] * (n_features - len(counts))
    require(all(abs(share * n_rows - count) < 1e-6 for share, count in zip(series, counts)),
            f"{group}.{name}: the series is not that of the maxima")


def check_statistics(folder, languages, activations, maxima, n_rows, n_features):
    statistics = json.loads((folder / "statistics.json").read_text(encoding="utf-8"))
    require(list(statistics) == ["global", *languages], f"groups are {list(statistics)}")
    for group, thresholds in statistics.items():
        require(list(thresholds) == THRESHOLDS, f"{group}: thresholds are {list(thresholds)}")

        def of_group(table):
            return table if group == "global" else table.filter(pc.equal(table["language"], group))

        values = of_group(activations)["value"].cast(pa.float64())
        n_group_rows = n_rows * (len(languages) if group == "global" else 1)
        for name, entry in thresholds.items():
            check_threshold(group, name, entry, values, of_group(maxima), n_group_rows, n_features)
    return f"{len(statistics)} groups"


def check_profile(folder, languages, activations, maxima):
    table = read(folder / "profile.parquet", PROFILE)
    keys = ["feature", "language"]
    index = pc.index_in(table["language"], pa.array(languages))
    order = [("feature", "ascending"), ("index", "ascending")]
    require(table.equals(table.append_column("index", index).sort_by(order).drop_columns(["index"])),
            "rows are not in the order feature, language")
    tokens = activations.append_column("mass", activations["value"].cast(pa.float64()))
    tokens = tokens.group_by(keys).aggregate([("mass", "count"), ("mass", "sum")]).to_pylist()
    peaks = maxima.group_by(keys).aggregate([("value", "count")]).to_pylist()
    expected = {(row["feature"], row["language"]): row for row in tokens}
    sentences = {(row["feature"], row["language"]): row["value_count"] for row in peaks}
    rows = table.to_pylist()
    require({(row["feature"], row["language"]) for row in rows} == set(expected)
            and len(rows) == len(expected), "rows are not the features that fire")
    for row in rows:
        key = row["feature"], row["language"]
        require(row["firing_tokens"] == expected[key]["mass_count"]
                and close(row["mass"], expected[key]["mass_sum"]), f"{key}: tokens are miscounted")
        require(row["peaks"] == sentences[key], f"{key}: peaks are miscounted")
        require(0 <= row["shared_mass"] <= row["mass"] * (1 + 1e-9)
                and 0 < row["top_token_share"] <= 1 + 1e-9, f"{key}: a share is beyond 1")
        for name in ("punctuation_peaks", "edge_peaks"):
            require(0 <= row[name] <= row["peaks"], f"{key}: {name} is beyond the peaks")
        shares = row["peak_shares"]
        require(len(shares) == len(row["peak_tokens"]) and 1 <= len(shares) <= 5
                and shares == sorted(shares, reverse=True) and sum(shares) <= 1 + 1e-9,
                f"{key}: peak_shares cannot be")
    return f"{table.num_rows} rows"


def check_agreement_controls(folder, n_features):
    table = read(folder / "agreement_controls.parquet", AGREEMENT_CONTROLS)
    require(table["feature"].to_pylist() == list(range(n_features)),
            "rows are not the features from 0")
    return f"{table.num_rows} features"


def check_vocabulary(path, n_features):
    table = read(path, VOCABULARY)
    features = table["feature"].to_pylist()
    require(features == sorted(set(features)), "features do not ascend")
    require(all(0 <= feature < n_features for feature in features), "a feature is not the SAE's")
    for name, sign in (("promoted", -1), ("suppressed", 1)):
        lists = (table[column].to_pylist() for column in (name, f"{name}_ids", f"{name}_effects"))
        for tokens, ids, effects in zip(*lists):
            require(len(tokens) == len(ids) == len(effects), f"{name}: lists differ in length")
            require(len(set(ids)) == len(ids), f"{name}: a token occurs twice")
            ranked = [(sign * effect, token_id) for effect, token_id in zip(effects, ids)]
            require(ranked == sorted(ranked), f"{name} is not ordered by effect, then id")
            require(not any(c.isspace() for c in "".join(tokens)), f"{name} holds white space")
    return f"{len(features)} features"


def check_explanations(path, n_features):
    table = read(path, EXPLANATIONS)
    features = table["feature"].to_pylist()
    require(features == sorted(features), "features do not ascend")
    require(all(0 <= feature < n_features for feature in features), "a feature is not the SAE's")
    require(all(text.strip() for text in table["description"].to_pylist()), "a description is blank")
    about = json.loads(table.schema.metadata[b"isogloss.explanations"])
    require(about["source"].count("/") == 1 and about["files"], "the source is not said")
    return f"{table.num_rows} explanations from {about['source']}"


def check_folder(folder, report):
    """Checks every file in turn; `report(path, summary)` is told of each that is in order."""
    path = folder

    def begin(name):
        nonlocal path
        path = folder / name

    try:
        begin("manifest.json")
        manifest, summary = check_manifest(folder)
        report(path, summary)
        languages = manifest["inputs"]["languages"]
        n_features = manifest["sae"]["n_features"]

        begin("sequences.parquet")
        lengths, has_bos, summary = check_sequences(folder, manifest)
        report(path, summary)

        names = [f"part-{i:05}.parquet" for i in range(len(manifest["shards"]))]
        for kind in ("activations", "maxima"):
            begin(kind)
            require(sorted(file.name for file in path.iterdir()) == names, f"must hold {names}")
        activations, maxima, last_sample = [], [], -1
        for name in names:
            begin(f"activations/{name}")
            flat, last_sample, summary = check_activations(path, lengths, has_bos, n_features,
                                                           last_sample)
            activations.append(flat)
            report(path, summary)
            begin(f"maxima/{name}")
            table, summary = check_maxima(path, flat, languages)
            maxima.append(table)
            report(path, summary)
        if (folder / "explanations.parquet").exists():
            begin("explanations.parquet")
            report(path, check_explanations(path, n_features))
        if manifest["scoring"] is None:
            return

        begin("statistics.json")
        maxima = pa.concat_tables(maxima)
        report(path, check_statistics(folder, languages, pa.concat_tables(activations), maxima,
                                      manifest["rows"]["kept"], n_features))
        has_artefacts = (folder / "profile.parquet").exists()
        if has_artefacts:
            begin("profile.parquet")
            report(path, check_profile(folder, languages, pa.concat_tables(activations), maxima))
            begin("agreement_controls.parquet")
            report(path, check_agreement_controls(folder, n_features))
        begin("scores.parquet")
        scores, summary = check_scores(folder, manifest, maxima, n_features, has_artefacts)
        report(path, summary)
        begin("pairs.parquet")
        report(path, check_pairs(folder, languages, scores))
        begin("scores.csv")
        report(path, check_csv(folder, scores))
        if (folder / "vocabulary.parquet").exists():
            begin("vocabulary.parquet")
            report(path, check_vocabulary(path, n_features))
    except (Breach, OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
        raise Breach(f"{path}: {type(error).__name__}: {error}") from error


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    try:
        check_folder(Path(sys.argv[1]), lambda path, summary: print(f"ok  {path}: {summary}"))
    except Breach as breach:
        print(f"BREACH  {breach}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
