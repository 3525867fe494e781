"""Writes an SAE that encodes nothing away: feature i is component i of the residual, feature d_model + i
its negative. `isogloss extract` with it keeps the dense activations, for tools/sae/train.py.

usage: tools/sae/identity.py OUTPUT D_MODEL      needs numpy, safetensors
"""

import json
import pathlib
import sys

import numpy
from safetensors.numpy import save_file


def main() -> None:
    output, d_model = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    unit = numpy.eye(d_model, dtype=numpy.float32)
    both = numpy.concatenate([unit, -unit])
    save_file({"W_enc": numpy.ascontiguousarray(both.T), "W_dec": both,
               "b_enc": numpy.zeros(2 * d_model, numpy.float32), "b_dec": numpy.zeros(d_model, numpy.float32)},
              output / "sae_weights.safetensors")
    cfg = {"architecture": "standard", "d_in": d_model, "d_sae": 2 * d_model, "dtype": "float32", "device": "cpu",
           "apply_b_dec_to_input": False, "normalize_activations": "none", "reshape_activations": "none",
           "metadata": {}}
    (output / "cfg.json").write_text(json.dumps(cfg, indent=2) + "\n")


if __name__ == "__main__":
    main()
