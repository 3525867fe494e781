#!/usr/bin/env bash
# One task of a Slurm array that extracts a run together: its share of the shards.
#
#   isogloss plan --config run.toml          # once; prints how many shards there are
#   sbatch --array=0-9 --cpus-per-task=8 examples/slurm_extract.sh run.toml
#   isogloss finish results                  # when all tasks are done; names what is missing
#
# run.toml holds the options of the run (docs/usage.md), --threads not among them. A task that was lost is
# submitted again by itself (--array=7): shards that are there are left alone.
set -euo pipefail
config=$1
isogloss=${ISOGLOSS:-isogloss}
n_shards=$("$isogloss" plan --config "$config" --quiet --json | grep -o '[0-9]\+')
first=$((SLURM_ARRAY_TASK_ID * n_shards / SLURM_ARRAY_TASK_COUNT))
last=$(((SLURM_ARRAY_TASK_ID + 1) * n_shards / SLURM_ARRAY_TASK_COUNT - 1))
[ "$first" -le "$last" ] || exit 0  # more tasks than shards
exec "$isogloss" extract --config "$config" --shards "$first-$last" --threads "${SLURM_CPUS_PER_TASK:-1}"
