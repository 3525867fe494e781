"""P(at least k rows in common) of two sets drawn within strata, exact: for nulls.py.

Exact terms by math.comb, convolved as integers, or as 80-bit floats (relative rounding 1e-19, smallest 1e-4932)
where integers take too long.
"""

import math

import numpy as np
from mpmath import mp, mpf


def support(n, a, b):
    return range(max(0, a + b - n), min(a, b) + 1)


def integer_law(strata):
    """(lowest sum, ways [of each sum], all ways)."""
    ways, lowest, everything = [1], 0, 1
    for n, a, b in strata:
        terms = [math.comb(a, x) * math.comb(n - a, b - x) for x in support(n, a, b)]
        product = [0] * (len(ways) + len(terms) - 1)
        for i, u in enumerate(ways):
            for j, v in enumerate(terms):
                product[i + j] += u * v
        ways, lowest, everything = product, lowest + support(n, a, b)[0], everything * math.comb(n, b)
    return lowest, ways, everything


def longdouble(value):
    return np.longdouble(mp.nstr(value, 25))


def long_law(strata):
    """(lowest sum, probabilities) in 80-bit floats; every term exact before the convolution."""
    law, lowest = np.ones(1, np.longdouble), 0
    for n, a, b in strata:
        whole = math.comb(n, b)
        first = support(n, a, b)[0]
        way, terms = math.comb(a, first) * math.comb(n - a, b - first), []
        for x in support(n, a, b):
            terms.append(longdouble(mpf(way) / whole))
            way = way * (a - x) * (b - x) // ((x + 1) * (n - a - b + x + 1))
        law, lowest = np.convolve(law, np.array(terms, np.longdouble)), lowest + first
    return lowest, law


def exact_tails(strata):
    """All of them, and one beyond each end."""
    lowest, ways, everything = integer_law(strata)
    upper = np.cumsum(np.array(ways[::-1], object))[::-1]
    p = [1.0] + [float(mpf(int(u)) / everything) for u in upper] + [0.0]
    return {"strata": strata, "cofire": list(range(lowest - 1, lowest + len(ways) + 1)), "p": p}


def far_tails(strata):
    """At the mean, below it, and where the tail first falls under powers of ten down to 1e-295."""
    lowest, law = long_law(strata)
    upper = np.cumsum(law[::-1])[::-1]
    at = {int(np.argmax(law)), int(np.argmax(law)) // 2, int(np.argmax(law)) + 1}
    for exponent in (-1, -3, -10, -30, -60, -100, -150, -200, -250, -295):
        under = np.flatnonzero(upper < np.longdouble(10) ** exponent)
        if len(under):
            at.add(int(under[0]) - 1)
    at = sorted(at)
    return {"strata": strata, "cofire": [lowest + i for i in at], "p": [float(upper[i]) for i in at]}


def tails(random):
    def draw(k, n, low, high):
        return [[n, *random.integers(low, high, 2).tolist()] for _ in range(k)]

    exact = [
        [[10, 3, 4]],
        [[10, 10, 10], [5, 0, 3], [8, 8, 2]],
        [[10, 1, 1]] * 4,
        [[12, 7, 9], [15, 14, 3], [10, 2, 2], [40, 20, 31]],
        [[50, 50, 17], [50, 30, 30], [51, 1, 40]],
        draw(10, 50, 0, 12),
        draw(10, 50, 30, 50),
        draw(6, 30, 0, 31),
    ]
    far = [
        draw(40, 10000, 100, 300),
        draw(40, 10000, 0, 6),
        [[10000, 5000, 4000], [10000, 2500, 6000], [9000, 4500, 4500], [10000, 9000, 3000]],
        [[10000, 9990, 9970]] * 3 + [[10000, 700, 9800]],
        draw(2000, 10, 0, 5),
        [[100000, 1000, 900], [10, 5, 5]],
    ]
    return [exact_tails(strata) for strata in exact] + [far_tails(strata) for strata in far]
