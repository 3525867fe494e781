"""activations-demo.safetensors as dense arrays for the independent evaluations."""

import json

import numpy as np
from safetensors import safe_open


def load(path):
    """(languages, tokens, maxima): per language the values > 0 of all tokens [n] float32, and
    maxima [n_samples, n_languages, n_features] float32, the largest activation of each sentence."""
    with safe_open(path, "np") as file:
        record = json.loads(file.metadata()["golden"])
        t = {name: file.get_tensor(name) for name in file.keys()}
    languages = record["languages"]
    counts = np.diff(t["offsets"])
    sample, language = np.repeat(t["sample"], counts), np.repeat(t["language"], counts)
    maxima = np.zeros((record["n_samples"], len(languages), record["n_features"]), np.float32)
    np.maximum.at(maxima, (sample, language, t["features"]), t["values"])
    tokens = [t["values"][language == i] for i in range(len(languages))]
    return languages, tokens, maxima
