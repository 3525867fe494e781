"""Real SAE activations: the demo model by transformers, the demo SAE by SAELens, three languages.

usage: activations.py MODEL.gguf SAE_FOLDER UDHR.tsv LIGHTHOUSE.tsv OUTPUT.safetensors

120 samples in en, es, de; content tokens only (BOS excluded); the first 1,024 features of the SAE.
OUTPUT, one row a token: sample, language (index), position [n_tokens] int32 (position 0 is BOS and has no
row), offsets [n_tokens + 1] int32 into features int32 (ascending within a token) and values float32 (> 0).
Metadata "golden": JSON with languages, n_samples, n_features, hook and versions.
"""

import json
import sys

import numpy as np
import torch
from safetensors.numpy import save_file
from sae_lens import SAE

import demo_model
import spm
from golden_io import versions
from residual import LAYER, read

LANGUAGES = ("en", "es", "de")
N_SAMPLES, N_FEATURES = 120, 1024


def main(model_path, sae_path, udhr_path, lighthouse_path, output):
    rows = (read(udhr_path) + read(lighthouse_path))[:N_SAMPLES]
    processor = spm.processor(*spm.vocabulary_of(model_path))
    model = demo_model.load(model_path)
    sae = SAE.load_from_disk(sae_path)
    tokens, features, values, offsets = [], [], [], [0]
    for sample, row in enumerate(rows):
        for language, code in enumerate(LANGUAGES):
            residual = demo_model.resid_post(model, spm.encode(processor, row[code]), LAYER)
            with torch.no_grad():
                acts = sae.encode(residual)[1:, :N_FEATURES].numpy()
            for position, token in enumerate(acts, start=1):
                fired = np.flatnonzero(token > 0)
                tokens.append((sample, language, position))
                features.append(fired.astype(np.int32))
                values.append(token[fired])
                offsets.append(offsets[-1] + len(fired))
    sample, language, position = np.array(tokens, np.int32).T
    arrays = {
        "sample": np.ascontiguousarray(sample),
        "language": np.ascontiguousarray(language),
        "position": np.ascontiguousarray(position),
        "offsets": np.array(offsets, np.int32),
        "features": np.concatenate(features),
        "values": np.concatenate(values),
    }
    record = {
        "languages": LANGUAGES,
        "n_samples": N_SAMPLES,
        "n_features": N_FEATURES,
        "hook": f"blocks.{LAYER}.hook_resid_post",
        "versions": versions("torch", "transformers", "sae-lens", "gguf", "sentencepiece"),
    }
    print(f"{len(tokens)} tokens, {offsets[-1]} activations")
    save_file(arrays, output, {"golden": json.dumps(record)})


if __name__ == "__main__":
    main(*sys.argv[1:])
