"""One peer in a process of its own: prints one line of JSON with its speed and peak memory.

usage: peer.py ROUTE MODEL.gguf SAE_FOLDER LAYER IDS.json

ROUTE `original`: SAELens' HookedSAETransformer.run_with_cache_with_saes in bfloat16, stopped after the
hooked layer, two sentences a batch, as Gómez (2024) ran it. ROUTE `transformers`: float32, the blocks
after the hooked one left out, then the SAE's encode."""

import json
import resource
import sys
import time

START = time.monotonic()

import torch  # noqa: E402

import twin  # noqa: E402

PAD = 0


def batches(sentences, size):
    for first in range(0, len(sentences), size):
        part = sentences[first:first + size]
        longest = max(map(len, part))
        yield torch.tensor([ids + [PAD] * (longest - len(ids)) for ids in part])


def tokenizer():
    """TransformerLens wants one; the ids are given, so any will do."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast
    words = {"<pad>": 0, "<eos>": 1, "<bos>": 2, "<unk>": 3}
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="<unk>")), bos_token="<bos>",
        eos_token="<eos>", pad_token="<pad>", unk_token="<unk>", add_bos_token=True,
        name_or_path="words")


def original(path, sae_folder, layer):
    from sae_lens import SAE, HookedSAETransformer
    hf_model = twin.load(path, torch.bfloat16)
    model = HookedSAETransformer.from_pretrained_no_processing(
        "gemma-2-2b", hf_model=hf_model, tokenizer=tokenizer(), dtype=torch.bfloat16, device="cpu")
    del hf_model
    sae = SAE.load_from_disk(sae_folder, device="cpu").to(torch.bfloat16)
    hook = f"blocks.{layer}.hook_resid_post"

    def run(ids):
        _, cache = model.run_with_cache_with_saes(
            ids, saes=[sae], stop_at_layer=layer + 1, names_filter=[hook + ".hook_sae_acts_post"])
        return cache[hook + ".hook_sae_acts_post"]
    return run, 2


def transformers(path, sae_folder, layer):
    from sae_lens import SAE
    model = twin.load(path, torch.float32, layer + 1)
    model.model.norm = torch.nn.Identity()
    sae = SAE.load_from_disk(sae_folder, device="cpu")

    def run(ids):
        return sae.encode(model.model(ids, use_cache=False).last_hidden_state)
    return run, 8


def main(route, path, sae_folder, layer, ids_file):
    sentences = json.load(open(ids_file))
    torch.set_num_threads(2)
    run, batch = {"original": original, "transformers": transformers}[route](
        path, sae_folder, int(layer))
    with torch.no_grad():
        run(torch.tensor([sentences[0][:8]]))
        ready = time.monotonic()
        active = sum(int((run(ids) > 0).sum()) for ids in batches(sentences, batch))
    seconds = time.monotonic() - ready
    tokens = sum(map(len, sentences))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"tokens": tokens, "seconds": seconds, "rate": tokens / seconds,
                      "start": ready - START, "peak_mib": peak, "l0": active / tokens}))


if __name__ == "__main__":
    main(*sys.argv[1:])
