"""Checks of scores.parquet, scores.csv and pairs.parquet, for check_dataset.py."""

import csv

import pyarrow.compute as pc

from dataset_contract import (MAY_BE_NULL_PAIRS, PAIRS, SCORE_COLUMNS, all_true, close, read,
                              require)


def expand(entries, languages):
    """Columns of the contract with the languages put in. Two of one language in a row stand together."""
    for i, entry in enumerate(entries):
        if not entry["per_language"]:
            yield entry["name"], entry
            continue
        if i and is_twin(entries[i - 1], entry):
            continue
        together = [entry] + [e for e in entries[i + 1:i + 2] if is_twin(entry, e)]
        for language in languages:
            for e in together:
                yield e["name"].replace("<language>", language), e


def is_twin(a, b):
    """The token of a language and its share go together; its firing and its maximum do not."""
    return a["name"].startswith("top_token_<") and b["name"].startswith("top_token_share_<")


def score_columns(languages, measures, has_artefacts):
    """The columns of the scores in their order, and those that may hold nulls."""
    wanted = [entry for entry in SCORE_COLUMNS
              if entry["present"] == "always" or (entry["present"] == "profile" and has_artefacts)
              or entry["name"].removesuffix("_<language>") in measures]
    columns = dict(expand(wanted, languages))
    return ({name: entry["type"] for name, entry in columns.items()},
            {name for name, entry in columns.items() if entry["may_be_null"]})


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
    strict = zip(*(table[name].to_pylist()
                   for name in ("agreement_strict", "overlap_strict", "overlap_expected_strict")))
    require(all(kappa is None or close(kappa, (m - e) / (1 - e)) for kappa, m, e in strict),
            "agreement_strict does not follow from its overlaps")
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
