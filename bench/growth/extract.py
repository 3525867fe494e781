"""How extraction grows with sentence length, threads and the SAE's width: prints Markdown tables.

usage: extract.py --program build/bin/isogloss --demo-model M.gguf --corpus data/demo.tsv
                  --demo-sae data/demo-sae --work DIR [--model-2b M.gguf]

Run with the Python of ../side_by_side. --model-2b is the model that ../side_by_side/run.py makes. DIR keeps the
SAEs (11 GB with the widest) for the next time."""

import argparse
import csv
import pathlib
import shutil
import sys

import numpy as np
import pyarrow.parquet as pq

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "side_by_side"))
import gemma2_2b  # noqa: E402
from run import isogloss  # noqa: E402

WORDS = 6000  # of each language in each corpus


def words_of(corpus):
    with open(corpus, newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {language: " ".join(row[language] for row in rows).split() for language in ("en", "es")}


def write_corpus(words, length, path):
    """Pairs of `length` words each; they need not be translations."""
    with open(path, "w") as file:
        file.write("en\tes\n")
        for i in range(max(WORDS // length, 2)):
            take = [" ".join((words[l] * (1 + WORDS // len(words[l])))[i * length:(i + 1) * length])
                    for l in ("en", "es")]
            file.write("\t".join(take) + "\n")
    return path


def extract(args, model, sae, corpus, pairs, *options):
    """Tokens, seconds and peak MiB."""
    output = args.work / "run"
    shutil.rmtree(output, ignore_errors=True)
    seconds, peak = isogloss(args.program, "extract", "--model", model, "--sae", sae, "--corpus", corpus,
                             "--languages", "en,es", "--samples", pairs, "--no-clean", "--quiet",
                             "--skip-self-check", "--output", output, *options)
    tokens = sum(map(len, pq.read_table(output / "sequences.parquet")["token_ids"].to_pylist()))
    return tokens, seconds, peak


def rate(args, model, sae, corpus, pairs, *options):
    """Tokens per second without the start-up, peak MiB, start-up in seconds, tokens per sentence."""
    extract(args, model, sae, corpus, 1, *options)  # the file hashes are cached, the files in memory
    first, start, _ = extract(args, model, sae, corpus, 1, *options)
    tokens, seconds, peak = extract(args, model, sae, corpus, pairs, *options)
    per_second = (tokens - first) / (seconds - start)
    return per_second, peak, start - first / per_second, tokens / (2 * pairs)


def by_length(args, words):
    print("\n| tokens per sentence | sentence pairs | tokens/s |\n|---|---|---|")
    for length in (6, 12, 25, 50, 100, 200):
        corpus = write_corpus(words, length, args.work / "corpus.tsv")
        pairs = WORDS // length
        speed, _, _, tokens = rate(args, args.demo_model, args.demo_sae, corpus, pairs)
        print(f"| {tokens:.0f} | {pairs:,} | {speed:,.0f} |", flush=True)


def by_threads(args, words):
    print("\n| threads | tokens/s | times one thread |\n|---|---|---|")
    corpus = write_corpus(words, 25, args.work / "corpus.tsv")
    one = None
    for threads in (1, 2):
        speed = rate(args, args.demo_model, args.demo_sae, corpus, WORDS // 25, "--threads", threads)[0]
        one = one or speed
        print(f"| {threads} | {speed:,.0f} | {speed / one:.2f} |", flush=True)


def by_width(args, words, model, d_model, layer, scale, widths, n_words):
    print(f"\n| features, at a width of {d_model:,} | tokens/s | peak MiB | start-up s |\n|---|---|---|---|")
    corpus = write_corpus(words, 25, args.work / "corpus.tsv")
    for width in widths:
        sae = args.work / f"sae-{d_model}-{width}"
        if not (sae / "cfg.json").exists():
            gemma2_2b.make_sae(sae, d_model, width, f"blocks.{layer}.hook_resid_post", scale, np.float16)
        speed, peak, start, _ = rate(args, model, sae, corpus, n_words // 25)
        print(f"| {width:,} | {speed:,.0f} | {peak:,.0f} | {start:.1f} |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    for name in ("program", "demo-model", "corpus", "demo-sae"):
        parser.add_argument("--" + name, required=True, type=lambda p: str(pathlib.Path(p).absolute()))
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--model-2b", type=pathlib.Path)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    words = words_of(args.corpus)
    by_length(args, words)
    by_threads(args, words)
    by_width(args, words, args.demo_model, 640, 12, 560.0, (4096, 16_384, 65_536, 262_144, 1_048_576), WORDS)
    if args.model_2b:
        by_width(args, words, args.model_2b, 2304, 20, 6.6, (16_384, 65_536), 500)


if __name__ == "__main__":
    main()
