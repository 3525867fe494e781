"""isogloss beside its peers, in one run: prints a Markdown table.

usage: run.py --program build/bin/isogloss --demo-model M.gguf --corpus data/demo.tsv
              --demo-sae data/demo-sae --work DIR [--pairs 16] [--skip original …]

Run with the Python of a virtual environment that holds requirements.txt. DIR keeps the made model
(2.8 GB) for the next time."""

import argparse
import datetime
import json
import pathlib
import platform
import resource
import shutil
import subprocess
import sys
import time

import gguf
import pyarrow.parquet as pq

import gemma2_2b

HERE = pathlib.Path(__file__).parent
HOOK_2B, HOOK_DEMO = 20, 12


def isogloss(program, *words):
    """Runs the program and returns seconds and peak MiB of that process."""
    script = ("import resource,subprocess,sys,time,json;t=time.monotonic();"
              "r=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL);"
              "print(json.dumps([r.returncode,time.monotonic()-t,"
              "resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss/1024]))")
    out = subprocess.run([sys.executable, "-c", script, program, *map(str, words)],
                         capture_output=True, text=True, check=True)
    code, seconds, peak = json.loads(out.stdout)
    if code != 0:
        sys.exit(f"isogloss failed: {out.stderr}")
    return seconds, peak


def extract(args, model, sae, pairs, name):
    output = args.work / name
    shutil.rmtree(output, ignore_errors=True)
    seconds, peak = isogloss(args.program, "extract", "--model", model, "--sae", sae, "--corpus",
                             args.corpus, "--languages", "en,es", "--samples", pairs, "--no-clean",
                             "--skip-self-check", "--quiet", "--output", output)
    ids = pq.read_table(output / "sequences.parquet")["token_ids"].to_pylist()
    return seconds, peak, ids


def ours(args, model, sae, pairs, name):
    extract(args, model, sae, 1, f"{name}-1")  # the file hashes are cached, the files in memory
    seconds_1, _, first = extract(args, model, sae, 1, f"{name}-1")
    seconds, peak, ids = extract(args, model, sae, pairs, f"{name}-{pairs}")
    tokens_1, tokens = sum(map(len, first)), sum(map(len, ids))
    rate = (tokens - tokens_1) / (seconds - seconds_1)
    return {"rate": rate, "peak_mib": peak, "start": seconds_1 - tokens_1 / rate}, ids


def products_per_token(model, layer):
    """Operations (two per weight) in the products of a token with the weights of the blocks up to `layer`."""
    weights = sum(int(tensor.n_elements) for tensor in gguf.GGUFReader(model).tensors
                  if len(tensor.shape) == 2 and tensor.name.startswith("blk.")
                  and int(tensor.name.split(".")[1]) <= layer)
    return 2 * weights


def probe():
    out = subprocess.run([sys.executable, HERE / "probe.py"], capture_output=True, text=True, check=True)
    return json.loads(out.stdout)


def convert(args, model, output, kind):
    subprocess.run([pathlib.Path(args.program).parent / "convert_gguf", model, output, kind], check=True)
    return output


def peer(route, model, sae, layer, ids, work):
    file = work / "ids.json"
    file.write_text(json.dumps(ids))
    out = subprocess.run([sys.executable, HERE / "peer.py", route, model, sae, str(layer), file],
                         capture_output=True, text=True)
    if out.returncode != 0:
        sys.stderr.write(out.stderr[-3000:])
        return None
    return json.loads(out.stdout.splitlines()[-1])


def row(title, result, base):
    if result is None:
        return f"| {title} | failed | | | | |"
    return (f"| {title} | {result['rate']:.1f} | {base['rate'] / result['rate']:.2f} | "
            f"{result['peak_mib']:,.0f} | {result['peak_mib'] / base['peak_mib']:.1f} | "
            f"{result['start']:.1f} |")


def table(args, title, model, sae, layer, routes, pairs, limits, other=None):
    """`other`: a name and another file of the model, run by isogloss alone."""
    base, ids = ours(args, model, sae, pairs, title.split()[0])
    print(f"\n{title}: {pairs} sentence pairs, {sum(map(len, ids))} tokens\n", flush=True)
    print("| | tokens/s | isogloss is faster by | peak MiB | times isogloss' | start-up s |")
    print("|---|---|---|---|---|---|")
    print(row("isogloss extract", base, base), flush=True)
    if other:
        print(row(f"isogloss extract, {other[0]}", ours(args, other[1], sae, pairs, other[0])[0], base),
              flush=True)
    for route, name in routes:
        if route not in args.skip:
            print(row(name, peer(route, model, sae, layer, ids, args.work), base), flush=True)
    operations = products_per_token(model, layer)
    reached = base["rate"] * operations / 1e9
    print(f"\nThe model's products are {operations / 1e9:.3f}·10⁹ operations per token: "
          f"{reached:.0f}·10⁹ per second, {reached / limits['int8']:.0%} of the limit in int8.")


def agreements(args, model, sae, name):
    """κ by feature, and which features are live in both languages."""
    output = args.work / name
    shutil.rmtree(output, ignore_errors=True)
    isogloss(args.program, "extract", "--model", model, "--sae", sae, "--corpus", args.corpus,
             "--languages", "en,es", "--no-clean", "--skip-self-check", "--quiet", "--output", output)
    isogloss(args.program, "score", output, "--quiet")
    return pq.read_table(output / "scores.parquet").to_pandas()


def fidelity(args):
    """The demo model in its own types against the same weights in float32."""
    float32 = convert(args, args.demo_model, args.work / "demo-f32.gguf", "f32")
    own = agreements(args, args.demo_model, args.demo_sae, "own-types")["agreement"]
    exact = agreements(args, float32, args.demo_sae, "float32")["agreement"]
    both = own.notna() & exact.notna()
    spearman = own[both].corr(exact[both], method="spearman")
    difference = (own[both] - exact[both]).abs()
    print(f"\nκ of the demo model in its own types against its weights in float32, {both.sum():,} features: "
          f"Spearman {spearman:.4f}, median difference {difference.median():.4f}, largest "
          f"{difference.max():.3f}")


def scoring(args, sae):
    output = args.work / "score"
    if not (output / "manifest.json").exists():
        isogloss(args.program, "extract", "--model", args.demo_model, "--sae", sae, "--corpus",
                 args.corpus, "--languages", "en,es", "--no-clean", "--skip-self-check", "--quiet",
                 "--output", output)
    seconds, peak = isogloss(args.program, "score", output, "--quiet")
    n = pq.read_table(output / "sequences.parquet").num_rows // 2
    width = pq.read_metadata(output / "scores.parquet").num_rows
    print(f"\n`isogloss score`, {n} pairs × {width:,} features: {seconds:.2f} s, {peak:.0f} MiB")


def main():
    parser = argparse.ArgumentParser()
    for name in ("program", "demo-model", "corpus", "demo-sae"):
        parser.add_argument("--" + name, required=True, type=lambda p: str(pathlib.Path(p).absolute()))
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--pairs", type=int, default=16)
    parser.add_argument("--skip", nargs="*", default=[], help="original, transformers, 2b, demo")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)

    model = args.work / "gemma2-2b-shape.Q8_0.gguf"
    if not model.exists():
        gemma2_2b.make_model(str(model) + ".part", args.demo_model)
        pathlib.Path(str(model) + ".part").rename(model)
    sae_2b, sae_wide = args.work / "sae-2b", args.work / "sae-demo-16k"
    gemma2_2b.make_sae(sae_2b, gemma2_2b.D, 16_384, f"blocks.{HOOK_2B}.hook_resid_post", 6.6)
    gemma2_2b.make_sae(sae_wide, 640, 16_384, f"blocks.{HOOK_DEMO}.hook_resid_post", 560.0)

    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo")
                if line.startswith("model name")), platform.processor())
    version = subprocess.run([args.program, "--version"], capture_output=True, text=True).stdout
    print(f"{datetime.date.today()}, {cpu}, 2 threads; {', '.join(version.split(chr(10))[:2])}")
    limits = probe()
    print("Limits of this machine, two threads, as probe.py measures them, in 10⁹ operations per second: "
          + ", ".join(f"{kind} {rate:.0f}" for kind, rate in limits.items()))
    float32 = ("transformers", "transformers float32, cut after the layer")
    bfloat16 = ("original", "SAELens HookedSAETransformer, bfloat16")
    if "2b" not in args.skip:
        table(args, "2B shape (Q8_0, layer 20, SAE 16,384)", model, sae_2b, HOOK_2B,
              [bfloat16, float32], args.pairs, limits,
              ("Q4_K_M", convert(args, model, args.work / "gemma2-2b-shape.Q4_K_M.gguf", "q4_k_m")))
    if "demo" not in args.skip:
        table(args, "Demo model (Q4_K_M, layer 12, SAE 4,096)", args.demo_model, args.demo_sae,
              HOOK_DEMO, [float32], 128, limits)
        fidelity(args)
    scoring(args, sae_wide)


if __name__ == "__main__":
    main()
