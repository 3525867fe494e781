"""What this machine's processor multiplies at best, as oneDNN (in torch) does it: prints JSON with 10⁹ operations
per second, two threads, of a product 2304 × 2304 with 512 tokens.

int8 has no scales to apply, and so is the limit of products of quantised weights."""

import json
import time

import torch

TOKENS, WIDTH, ROWS = 512, 2304, 2304


def rate(multiply):
    multiply()
    best = float("inf")
    for _ in range(20):
        start = time.perf_counter()
        multiply()
        best = min(best, time.perf_counter() - start)
    return 2 * TOKENS * WIDTH * ROWS / best / 1e9


def main():
    torch.set_num_threads(2)
    x, w = torch.randn(TOKENS, WIDTH), torch.randn(WIDTH, ROWS)
    x8 = torch.randint(-127, 128, (TOKENS, WIDTH), dtype=torch.int8)
    w8 = torch.randint(-127, 128, (WIDTH, ROWS), dtype=torch.int8)
    x16, w16 = x.bfloat16(), w.bfloat16()
    print(json.dumps({"int8": rate(lambda: torch._int_mm(x8, w8)), "bfloat16": rate(lambda: x16 @ w16),
                      "float32": rate(lambda: x @ w)}))


if __name__ == "__main__":
    main()
