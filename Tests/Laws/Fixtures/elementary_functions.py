"""Writes elementary_functions.csv: exp, log, tanh and what follows from them at points over the whole range of Double, to 60 digits.

    python3 -m pip install mpmath==1.4.1
    python3 elementary_functions.py

Each line holds the function, the bits of x, the bits of the nearest Double to the result, and the bits of the rest.
"""
import math
import random
import struct

from mpmath import mp, mpf

mp.dps = 60
random.seed(1)


def bits(x):
    return f"{struct.unpack('<Q', struct.pack('<d', x))[0]:016x}"


def uniform(low, high, n):
    return [random.uniform(low, high) for _ in range(n)]


def geometric(low, high, n):
    return [math.exp(random.uniform(math.log(low), math.log(high))) for _ in range(n)]


def signed(xs):
    return [x for x in xs] + [-x for x in xs]


def nearest(value):
    """The Double nearest to an mpf, also among the denormal numbers, where float() of mpmath may round twice."""
    if value == 0 or abs(value) >= mpf(2) ** -1021:
        return float(value)
    return float(mp.nint(value * mpf(2) ** 1074)) * 5e-324


small = signed([5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-100, 1e-20, 2.0 ** -53, 1e-8, 1e-5])
points = {
    "exp": small + signed(geometric(1e-10, 1, 60)) + uniform(-1, 1, 150) + uniform(-30, 30, 150) + uniform(-708, 709.7, 200)
    + uniform(-745.1, -708, 60) + [709.78, 709.782712893384, -708.4, -745.13, k := math.log(2) / 2, -k, math.log(2)],
    "log": [abs(x) for x in small] + geometric(1e-308, 1e308, 250) + geometric(5e-324, 2.2e-308, 60)
    + [1 + x for x in signed(geometric(1e-15, 0.3, 120))] + uniform(0.5, 2, 150) + [1.7976931348623157e308, 1.0, 2.0, 0.5, math.e, 2 ** 0.5],
    "tanh": small + signed(geometric(1e-10, 1, 150)) + uniform(-1, 1, 150) + uniform(-5, 5, 150) + uniform(-23, 23, 100),
    "sigmoid": small + uniform(-1, 1, 100) + uniform(-10, 10, 150) + uniform(-40, 40, 100) + uniform(-745, 745, 150),
    "expMinusOne": small + signed(geometric(1e-10, 1, 150)) + uniform(-1, 1, 150) + uniform(-45, 45, 150) + uniform(-745, 709.7, 100),
    "normalDistribution": small + signed(geometric(1e-10, 1, 100)) + uniform(-1, 1, 150) + uniform(-6, 6, 200) + uniform(-37, 9, 150),
}
functions = {"exp": mp.exp, "log": mp.log, "tanh": mp.tanh, "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
             "expMinusOne": mp.expm1, "normalDistribution": mp.ncdf}

with open("elementary_functions.csv", "w") as file:
    for name, xs in points.items():
        for x in xs:
            exact = functions[name](mpf(x))
            high = nearest(exact)
            low = float(exact - mpf(high))
            file.write(f"{name},{bits(x)},{bits(high)},{bits(low)}\n")
