#!/usr/bin/env python3
"""Checks a result folder against its contract (docs/dataset.md), with nothing of isogloss's own.

    python tools/check_dataset.py FOLDER

Needs pyarrow. Prints a line for each file, a line for each breach, and exits 1 if there is one.
"""

import csv
import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SEQUENCES = {"sample": "int32", "language": "string", "source": "string", "document": "string",
             "text": "string", "token_ids": "list<int32>", "tokens": "list<string>"}
ACTIVATIONS = {"sample": "int32", "language": "string", "position": "int32",
               "features": "list<int32>", "values": "list<float>"}
MAXIMA = {"feature": "int32", "language": "string", "sample": "int32", "value": "float",
          "position": "int32"}
SCORES = {"feature": "int32", "alive": "bool", "n_languages_active": "int32",
          "agreement": "double", "agreement_raw": "double", "agreement_rank": "int32",
          "overlap": "double", "overlap_expected": "double", "n_eff": "double", "cofire": "int32",
          "p_cofire": "double", "q_cofire": "double", "rank": "int32",
          "agreement_stratified": "double", "agreement_stratified_raw": "double",
          "agreement_low": "double", "agreement_high": "double", "p_agreement": "double",
          "q_agreement": "double", "n_permutations": "int32", "p_agreement_max_t": "double",
          "overlap_expected_stratified": "double", "p_cofire_stratified": "double",
          "agreement_min": "double", "agreement_strict": "double",
          "agreement_attainable": "double", "containment": "double", "bi_loss": "double",
          "bi_rank": "int32", "bi_loss_text": "double"}
ARTEFACTS = {"shared_mass": "double", "agreement_unshared": "double", "noise_ceiling": "double",
             "length_correlation": "double", "punctuation_share": "double", "edge_share": "double",
             "density": "double", "top_token_share": "double", "language_share": "double",
             "flag_shared_tokens": "bool", "flag_length": "bool", "flag_position": "bool",
             "flag_punctuation": "bool", "flag_dense": "bool", "flag_support": "bool",
             "flag_one_token": "bool", "flag_language": "bool"}
PAIRS = {"feature": "int32", "language_a": "string", "language_b": "string", "overlap": "double",
         "overlap_expected": "double", "agreement_raw": "double",
         "overlap_expected_stratified": "double", "agreement_stratified_raw": "double",
         "attainable": "double", "attainable_stratified": "double", "containment": "double",
         "n_eff": "double", "cofire": "int32", "p_cofire": "double",
         "p_cofire_stratified": "double"}
VOCABULARY = {"feature": "int32",
              "promoted": "list<string>", "promoted_ids": "list<int32>",
              "promoted_effects": "list<float>",
              "suppressed": "list<string>", "suppressed_ids": "list<int32>",
              "suppressed_effects": "list<float>"}
PROFILE = {"feature": "int32", "language": "string", "firing_tokens": "int64", "mass": "double",
           "shared_mass": "double", "peaks": "int32", "punctuation_peaks": "int32",
           "edge_peaks": "int32", "top_token": "string", "top_token_share": "double",
           "peak_tokens": "list<string>", "peak_shares": "list<double>"}
PART_SCORES = {"feature": "int32", "agreement_unshared": "double", "noise_ceiling": "double"}
NOT_NULL_SCORES = {"feature", "alive", "n_languages_active", "agreement", "agreement_rank",
                   "cofire", "rank", "agreement_stratified", "n_permutations"}
MAY_BE_NULL_SCORES = ({*SCORES, *ARTEFACTS} - NOT_NULL_SCORES
                      - {name for name in ARTEFACTS if name.startswith("flag_")})
MAY_BE_NULL_PAIRS = {"agreement_raw", "agreement_stratified_raw", "attainable",
                     "attainable_stratified"}
MAY_BE_NULL = {"document", "agreement_unshared", "noise_ceiling"}
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


def check_part_scores(folder, n_features):
    table = read(folder / "part_scores.parquet", PART_SCORES)
    require(table["feature"].to_pylist() == list(range(n_features)),
            "rows are not the features from 0")
    return f"{table.num_rows} features"


def score_columns(languages, measures, has_artefacts):
    """The columns of the scores in their order, and those that may hold nulls."""
    columns = SCORES | {f"active_{l}": "int32" for l in languages}
    columns |= {f"max_{l}": "float" for l in languages}
    may_be_null = set(MAY_BE_NULL_SCORES)
    if has_artefacts:
        columns |= ARTEFACTS
        for language in languages:
            columns |= {f"top_token_{language}": "string", f"top_token_share_{language}": "double"}
            may_be_null.add(f"top_token_share_{language}")
    for measure in measures:
        names = [measure, *(f"nu_{l}" for l in languages)] if measure == "nu" else [measure]
        columns |= {name: "double" for name in names}
        may_be_null.update(names)
    return columns, may_be_null


def check_tests(table):
    """What p-values and intervals must be, whatever was scored."""
    for name in ("p_cofire", "q_cofire", "p_agreement", "q_agreement", "p_agreement_max_t",
                 "p_cofire_stratified"):
        within = pc.and_(pc.greater_equal(table[name], 0), pc.less_equal(table[name], 1 + 1e-12))
        require(all_true(within), f"{name} is beyond 0 … 1")
    ordered = sorted(zip(table["p_agreement"].to_pylist(), table["q_agreement"].to_pylist()),
                     key=lambda pair: pair[0] if pair[0] is not None else 2)
    q_values = [q for p, q in ordered if p is not None]
    require(q_values == sorted(q_values), "q_agreement does not ascend with p_agreement")
    require(all_true(pc.less_equal(table["agreement_low"], table["agreement_high"])),
            "an interval is the wrong way round")
    require(table["agreement_low"].is_null().equals(table["agreement_high"].is_null()),
            "an interval has one end")
    tested = pc.greater(table["n_permutations"], 0)
    require(tested.equals(table["p_agreement"].is_valid()), "a p_agreement without permutations")


def check_scores(folder, manifest, maxima, n_features, has_artefacts):
    languages = manifest["inputs"]["languages"]
    columns, may_be_null = score_columns(languages, manifest["scoring"]["measures"], has_artefacts)
    table = read(folder / "scores.parquet", columns, may_be_null)
    features = list(range(n_features))
    require(table["feature"].to_pylist() == features, "rows are not the features from 0")
    for name, score in (("agreement_rank", "agreement"), ("rank", "agreement_stratified")):
        ranks, scores = table[name].to_pylist(), table[score].to_pylist()
        require(sorted(ranks) == features, f"{name} is no permutation")
        in_order = [scores[feature] for _, feature in sorted(zip(ranks, features))]
        require(in_order == sorted(scores, reverse=True), f"{name} is not the order of {score}")
    check_tests(table)
    alive = table["alive"].to_pylist()
    ranks = [rank for rank in table["bi_rank"].to_pylist() if rank is not None]
    require(sorted(ranks) == list(range(sum(alive))), "bi_rank does not number the live features")
    active_languages = [0] * n_features
    for language in languages:
        rows = maxima.filter(pc.equal(maxima["language"], language))
        count, largest = [0] * n_features, [0.0] * n_features
        by_feature = rows.group_by("feature").aggregate([("value", "count"), ("value", "max")])
        for row in by_feature.to_pylist():
            count[row["feature"]] = row["value_count"]
            largest[row["feature"]] = row["value_max"]
            active_languages[row["feature"]] += 1
        require(table[f"active_{language}"].to_pylist() == count, f"active_{language} miscounts")
        require(table[f"max_{language}"].to_pylist() == largest, f"max_{language} is another")
        if has_artefacts:
            named = [token != "" for token in table[f"top_token_{language}"].to_pylist()]
            require(named == [n > 0 for n in count], f"top_token_{language} is of a silent feature")
            shares = table[f"top_token_share_{language}"]
            require(shares.is_valid().to_pylist() == named, f"top_token_share_{language} miscounts")
    require(table["n_languages_active"].to_pylist() == active_languages,
            "n_languages_active miscounts")
    require(alive == [n == len(languages) for n in active_languages], "alive is another")
    return table, f"{table.num_rows} features, {table.num_columns} columns"


def check_pairs(folder, languages, scores):
    table = read(folder / "pairs.parquet", PAIRS, MAY_BE_NULL_PAIRS)
    active = {l: scores[f"active_{l}"].to_pylist() for l in languages}
    expected = [(feature, a, b) for feature in range(scores.num_rows)
                for i, a in enumerate(languages) for b in languages[i + 1:]
                if active[a][feature] and active[b][feature]]
    rows = table.to_pylist()
    found = [(row["feature"], row["language_a"], row["language_b"]) for row in rows]
    require(found == expected, "rows are not the pairs that both fire, in order")
    sums = {}
    for row in rows:
        key = row["feature"], row["language_a"], row["language_b"]
        fewest = min(active[row["language_a"]][row["feature"]],
                     active[row["language_b"]][row["feature"]])
        require(close(row["containment"], row["cofire"] / fewest), f"{key}: containment is another")
        require(0 <= row["overlap"] <= 1 + 1e-9, f"{key}: overlap is beyond 0 … 1")
        for name in ("agreement_raw", "agreement_stratified_raw"):
            if row[name] is not None:
                sums.setdefault((name, row["feature"]), []).append(row[name])
    for name in ("agreement_raw", "agreement_stratified_raw"):
        for feature, value in enumerate(scores[name].to_pylist()):
            values = sums.get((name, feature))
            require((value is None) == (values is None), f"{name} of {feature} is there or not")
            require(value is None or abs(value - sum(values) / len(values)) < 1e-9,
                    f"{name} of {feature} is not the mean of its pairs")
    return f"{len(rows)} pairs"


def check_csv(folder, scores):
    with open(folder / "scores.csv", newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    require(header == scores.column_names, f"columns are {header}")
    require(len(rows) == scores.num_rows, f"there are {len(rows)} rows")
    for name, texts in zip(header, zip(*rows)):
        for text, value in zip(texts, scores[name].to_pylist()):
            same = text == "" if value is None else (
                text == str(value).lower() if isinstance(value, bool) else
                text == value if isinstance(value, str) else
                text != "" and float(text) == float(value))
            require(same, f"{name} is {text!r} where scores.parquet has {value}")
    return f"{len(rows)} rows"


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
            begin("part_scores.parquet")
            report(path, check_part_scores(folder, n_features))
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
