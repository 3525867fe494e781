"""What features fire on, token by token, by plain loops over a real result folder.

usage: token_profile.py RESULTS N_FEATURES FOLDER OUTPUT.json

RESULTS is a result folder of `isogloss run` with a SentencePiece model that adds no space. FOLDER becomes
a result folder with the first N_FEATURES features of it (sequences, activations, maxima). OUTPUT holds what
follows from that folder: per language what profile.parquet has, per feature κ without shared words, the noise
ceiling and the columns of score/artefacts.h. Unicode is Python's and the regex package's; κ is agreement.py's
O(n²) definition, within strata nulls.py's; the correlation is numpy's.
"""

import itertools
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import regex

from agreement import pair
from golden_io import versions, write_compact_json
from nulls import blocks, corrected, expected
from strata import make_strata

SCRIPTS = [regex.compile(rf"\p{{Script={s}}}") for s in ("Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer")]
PEAKS = 5
LEAST_SUPPORT = 5


# --- the reduced folder ---------------------------------------------------------------------------------


def keep_features(lists, items, n):
    """The items of a list column whose feature is below n."""
    return [[x for f, x in zip(fs, xs) if f < n] for fs, xs in zip(lists, items)]


def write(table, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", store_schema=True)


def reduce(results, n, folder):
    sequences = pq.read_table(results / "sequences.parquet")
    activations = pa.concat_tables(pq.read_table(p) for p in sorted((results / "activations").iterdir()))
    maxima = pa.concat_tables(pq.read_table(p) for p in sorted((results / "maxima").iterdir()))
    features, values = activations["features"].to_pylist(), activations["values"].to_pylist()
    for name, items in (("values", values), ("features", features)):
        index = activations.schema.get_field_index(name)
        kept = pa.array(keep_features(features, items, n), activations.schema.field(name).type)
        activations = activations.set_column(index, activations.schema.field(name), kept)
    maxima = maxima.filter(pc.less(maxima["feature"], n))
    languages = list(dict.fromkeys(sequences["language"].to_pylist()))
    order = pa.array([languages.index(code) for code in maxima["language"].to_pylist()])
    by = [("feature", "ascending"), ("order", "ascending"), ("sample", "ascending")]
    maxima = maxima.append_column("order", order).sort_by(by).drop_columns(["order"])
    write(sequences, folder / "sequences.parquet")
    write(activations, folder / "activations" / "part-00000.parquet")
    write(maxima.combine_chunks(), folder / "maxima" / "part-00000.parquet")
    return languages, sequences.to_pylist(), activations.to_pylist()


# --- tokens and words -----------------------------------------------------------------------------------


def token_bytes(token):
    if regex.fullmatch(r"<0x[0-9A-F]{2}>", token):
        return bytes([int(token[3:5], 16)])
    return token.replace("▁", " ").encode()


def token_text(token):
    try:
        return token_bytes(token).decode()
    except UnicodeDecodeError:
        return token


def script(character):
    if unicodedata.category(character) == "Nd":
        return "spaced"
    return next((s.pattern for s in SCRIPTS if s.match(character)), "spaced")


def words(text):
    """[(first character, end, key)]: runs of L, M, N cut where the script changes."""
    runs, previous = [], None
    for i, character in enumerate(text):
        major = unicodedata.category(character)[0]
        now = None if major not in "LMN" else previous or "spaced" if major == "M" else script(character)
        if now and now == previous:
            runs[-1][1] = i + 1
        elif now:
            runs.append([i, i + 1])
        previous = now
    nfkc = lambda s: unicodedata.normalize("NFKC", s)  # noqa: E731
    return [(a, b, nfkc(nfkc(text[a:b]).casefold())) for a, b in runs]


def is_punctuation(text):
    majors = {unicodedata.category(c)[0] for c in text} - {"C", "M"}
    return bool(majors) and majors <= {"P", "S", "N", "Z"}


class Sentence:
    """One sentence: its content tokens, each with its id, text, and whether it is shared, punctuation …"""

    def __init__(self, record, positions):
        self.positions = positions
        self.n_all = len(record["token_ids"])
        self.ids = [record["token_ids"][p] for p in positions]
        spelt = [record["tokens"][p] for p in positions]
        self.texts = [token_text(t) for t in spelt]
        raw = [token_bytes(t) for t in spelt]
        self.text = b"".join(raw).decode()
        assert self.text == record["text"], record
        ends = list(itertools.accumulate(len(b) for b in raw))
        # Byte offset -> character.
        of_byte = [i for i, c in enumerate(self.text) for _ in c.encode()]
        self.characters = [sorted(set(of_byte[e - len(b) : e])) for b, e in zip(raw, ends)]
        self.words = words(self.text)
        self.punctuation = [is_punctuation("".join(self.text[c] for c in cs)) for cs in self.characters]
        n = len(positions)
        self.edge = [10 * i < n or 10 * (n - 1 - i) < n for i in range(n)]

    def mark_shared(self, partners):
        keys = [{key for _, _, key in p.words} for p in partners]
        common = {
            key for _, _, key in self.words if (k := sum(key in other for other in keys)) and 2 * k >= len(partners)
        }
        inside = {c for a, b, key in self.words if key in common for c in range(a, b)}
        self.shared = [any(c in inside for c in cs) for cs in self.characters]


def read_sentences(languages, sequences, activations):
    """(sample, language) -> Sentence, and the activations [(sample, language, index, feature, value)]."""
    positions, fired = defaultdict(list), []
    for row in activations:
        key = row["sample"], row["language"]
        for feature, value in zip(row["features"], row["values"]):
            fired.append((*key, len(positions[key]), feature, value))
        positions[key].append(row["position"])
    sentences = {(r["sample"], r["language"]): Sentence(r, positions[r["sample"], r["language"]]) for r in sequences}
    for (sample, language), sentence in sentences.items():
        sentence.mark_shared([sentences[sample, other] for other in languages if other != language])
    return sentences, fired


# --- sums -----------------------------------------------------------------------------------------------


def ranked(masses, names):
    """[[text, mass]]: largest first, then the smaller id."""
    return [[names[i], m] for i, m in sorted(masses.items(), key=lambda e: (-e[1], e[0]))]


def profile(language, sentences, fired, names):
    """One feature in one language. `fired`: (sample, index, value), by sample and index."""
    total = sum(v for *_, v in fired)
    of = lambda s: sentences[s, language]  # noqa: E731
    masses, peaks = defaultdict(float), {}
    for sample, i, value in fired:
        masses[of(sample).ids[i]] += value
        if sample not in peaks or value > peaks[sample][1]:
            peaks[sample] = (i, value)
    counts = defaultdict(int)
    for sample, (i, _) in peaks.items():
        counts[of(sample).ids[i]] += 1
    top = ranked(masses, names)[0]
    return {
        "firing_tokens": len(fired),
        "mass": total,
        "shared_mass": sum(v for s, i, v in fired if of(s).shared[i]),
        "peaks": len(peaks),
        "punctuation_peaks": sum(of(s).punctuation[i] for s, (i, _) in peaks.items()),
        "edge_peaks": sum(of(s).edge[i] for s, (i, _) in peaks.items()),
        "n_tokens_met": len(masses),
        "top_token": top[0],
        "top_token_share": top[1] / total,
        "peak_tokens": [[t, c / len(peaks)] for t, c in ranked(counts, names)[:PEAKS]],
    }


def maxima(samples, fired, wanted):
    """x [n] over the tokens that `wanted(sample, index)` lets through."""
    x = dict.fromkeys(samples, 0.0)
    for sample, i, value in fired:
        if wanted(sample, i):
            x[sample] = max(x[sample], value)
    return np.array([x[s] for s in samples])


def kappas(pairs):
    return [found["kappa"] for x, y in pairs if (found := pair(x, y)) and found["kappa"] is not None]


def mean(values):
    return float(np.mean(values)) if len(values) else None


def agreement_unshared(whole, unshared):
    values = []
    for i, j in itertools.combinations(range(len(whole)), 2):
        if not whole[i].any() or not whole[j].any():
            continue
        kappa = kappas([(unshared[i], unshared[j])])
        changed = (whole[i] != unshared[i]).any() or (whole[j] != unshared[j]).any()
        values += kappa or ([0.0] if changed else [])
    return mean(values)


def agreement_length(whole, groups):
    values = []
    for x, y in itertools.combinations(whole, 2):
        if not x.any() or not y.any():
            continue
        p, q = x.astype(np.float64) / x.sum(dtype=np.float64), y.astype(np.float64) / y.sum(dtype=np.float64)
        kappa = corrected(np.minimum(p, q).sum(), expected([p, q], groups))
        values += [] if kappa is None else [kappa]
    return mean(values)


def feature(fired, languages, samples, sentences, names, n_tokens, by_length):
    """fired: language -> its (sample, index, value). The profile by language, and the columns."""
    active = [code for code in languages if fired[code]]
    profiles = {code: profile(code, sentences, fired[code], names) for code in active}
    whole = {code: maxima(samples, fired[code], lambda s, i: True) for code in languages}
    unshared = [maxima(samples, fired[c], lambda s, i, c=c: not sentences[s, c].shared[i]) for c in languages]
    halves = [[maxima(samples, fired[c], lambda s, i, k=k: i % 2 == k) for k in (0, 1)] for c in languages]
    correlations = []
    for code in active:
        lengths = np.array([sentences[s, code].n_all for s in samples], float)
        if np.ptp(whole[code]) > 0:
            correlations.append(np.corrcoef(whole[code], lengths)[0, 1])
    rates = [profiles[code]["firing_tokens"] / n_tokens[code] for code in active]
    ratios = lambda a, b: [profiles[c][a] / profiles[c][b] for c in active]  # noqa: E731
    return profiles, {
        "agreement_unshared": agreement_unshared(list(whole.values()), unshared),
        "noise_ceiling": mean(kappas(halves)),
        "agreement_length": agreement_length(list(whole.values()), by_length),
        "shared_mass": mean(ratios("shared_mass", "mass")),
        "length_correlation": mean(correlations),
        "punctuation_share": mean(ratios("punctuation_peaks", "peaks")),
        "edge_share": mean(ratios("edge_peaks", "peaks")),
        "density": max(((x > 0).mean() for x in whole.values()), default=0) or None,
        "top_token_share": max(
            (p["top_token_share"] for p in profiles.values() if p["peaks"] >= LEAST_SUPPORT), default=None
        ),
        "language_share": max(rates) / sum(rates) if rates else None,
    }


def main(results, n_features, folder, output):
    n_features = int(n_features)
    languages, sequences, activations = reduce(Path(results), n_features, Path(folder))
    sentences, fired = read_sentences(languages, sequences, activations)
    samples = sorted({sample for sample, _ in sentences})
    names = {i: t for s in sentences.values() for i, t in zip(s.ids, s.texts)}
    n_tokens = {c: sum(len(s.ids) for (_, code), s in sentences.items() if code == c) for c in languages}
    of_feature = defaultdict(lambda: defaultdict(list))
    for sample, language, i, f, value in fired:
        of_feature[f][language].append((sample, i, value))
    lengths = [[sentences[s, code].n_all for s in samples] for code in languages]
    by_length = blocks(make_strata(lengths, [0] * len(samples)))
    found = [
        feature(of_feature[f], languages, samples, sentences, names, n_tokens, by_length)
        for f in range(n_features)
    ]
    result = {"versions": versions("pyarrow", "numpy", "regex"), "languages": languages, "n_tokens": n_tokens}
    result["n_features"] = n_features
    result["n_shared_tokens"] = {
        c: sum(sum(s.shared) for (_, code), s in sentences.items() if code == c) for c in languages
    }
    result["columns"] = {name: [columns[name] for _, columns in found] for name in found[0][1]}
    for code in languages:
        result[f"profile_{code}"] = [profiles.get(code) for profiles, _ in found]
    write_compact_json(output, result)


if __name__ == "__main__":
    main(*sys.argv[1:])
