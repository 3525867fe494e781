#!/usr/bin/env bash
# The recipe for Slurm, its tasks as plain processes: one is lost and comes again, and what is written is what one
# process writes.
# usage: slurm_run.sh PROGRAM SOURCE DEMO_MODEL WORK
set -euo pipefail
program=$1 source=$2 model=$3 work=$4
rm -rf "$work"
mkdir -p "$work"
cat >"$work/run.toml" <<TOML
model = "$model"
sae = "$source/data/demo-sae"
corpus = "$source/data/demo.tsv"
languages = ["en", "es"]
samples = 400
output = "$work/together"
TOML
task() { # INDEX
  ISOGLOSS=$program SLURM_ARRAY_TASK_ID=$1 SLURM_ARRAY_TASK_COUNT=3 SLURM_CPUS_PER_TASK=1 \
    "$source/examples/slurm_extract.sh" "$work/run.toml" >"$work/task-$1.log" 2>&1
}
"$program" plan --config "$work/run.toml" --quiet
task 2 &
task 0 &
lost=$!
sleep 1
pkill -KILL -P "$lost" || true
kill -KILL "$lost" || true
wait "$lost" || true
task 1
wait
if "$program" finish "$work/together"; then
  echo "finished although a task was lost"
  exit 1
fi
task 0
"$program" finish "$work/together"
"$program" extract --config "$work/run.toml" --output "$work/alone" --threads 1 --quiet
for file in sequences.parquet activations maxima; do diff -r "$work/together/$file" "$work/alone/$file"; done
