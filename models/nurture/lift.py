"""What a sequence brings: the success of those led beside that of those held out.

Sources: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
JASA 22 (1927); R. G. Newcombe, "Interval estimation for the difference between independent
proportions", Statistics in Medicine 17 (1998), method 10; for the ratio S. D. Walter, "The
distribution of Levin's measure of attributable risk", Biometrika 62 (1975), whose halves keep it
finite.
"""

from math import exp, log, sqrt

#: Of a normal distribution, 95 % lie so many standard deviations around the mean.
Z = 1.959964

#: With fewer people on either side, or fewer successes in all, nothing is said.
FEW_PEOPLE = 30
FEW_SUCCESSES = 5


def wilson(successes, number, z=Z):
    """Give the interval in which a share lies with 95 % confidence.

    >>> tuple(round(end, 4) for end in wilson(81, 263))
    (0.2553, 0.3662)
    >>> tuple(round(end, 4) for end in wilson(0, 20))
    (0.0, 0.1611)
    >>> wilson(0, 0)
    (0.0, 1.0)
    """
    if not number:
        return 0.0, 1.0
    share, square = successes / number, z * z
    middle = share + square / (2 * number)
    half = z * sqrt(share * (1 - share) / number + square / (4 * number * number))
    whole = 1 + square / number
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def newcombe(successes, number, other_successes, other_number):
    """Give the interval of the difference of two shares.

    >>> tuple(round(end, 4) for end in newcombe(56, 70, 48, 80))
    (0.0524, 0.3339)
    >>> tuple(round(end, 4) for end in newcombe(9, 10, 3, 10))
    (0.1705, 0.809)
    """
    share, other = successes / number, other_successes / other_number
    low, high = wilson(successes, number)
    other_low, other_high = wilson(other_successes, other_number)
    difference = share - other
    return (
        difference - sqrt((share - low) ** 2 + (other_high - other) ** 2),
        difference + sqrt((high - share) ** 2 + (other - other_low) ** 2),
    )


def ratio(successes, number, other_successes, other_number):
    """Give the interval of the ratio of two shares, also where one of them is nought.

    >>> tuple(round(end, 2) for end in ratio(30, 100, 10, 100))
    (1.52, 5.53)
    >>> tuple(round(end, 2) for end in ratio(5, 50, 0, 50))
    (0.62, 193.75)
    """
    a, n, b, m = (value + 0.5 for value in (successes, number, other_successes, other_number))
    middle = log(a / n) - log(b / m)
    half = Z * sqrt(1 / a - 1 / n + 1 / b - 1 / m)
    return exp(middle - half), exp(middle + half)


def compare(successes, number, other_successes, other_number):
    """Give what the one side has more than the other: shares, difference, relative lift, verdict.

    The verdict is *few* (too few to say), *more*, *less*, or *open*: the difference may be chance.

    >>> found = compare(90, 900, 5, 100)
    >>> found["verdict"], round(found["difference"], 3), round(found["relative"], 2)
    ('open', 0.05, 1.0)
    >>> compare(1800, 9000, 100, 1000)["verdict"], compare(80, 100, 99, 100)["verdict"]
    ('more', 'less')
    >>> found = compare(9, 20, 0, 10)
    >>> found["verdict"], found["relative"], compare(0, 0, 0, 10)["difference"]
    ('few', None, None)
    """
    found = dict.fromkeys(
        ("share", "other_share", "difference", "low", "high", "relative", "ratio_low", "ratio_high")
    )
    found["share"] = successes / number if number else None
    found["other_share"] = other_successes / other_number if other_number else None
    if number and other_number:
        counts = (successes, number, other_successes, other_number)
        found["difference"] = found["share"] - found["other_share"]
        found["low"], found["high"] = newcombe(*counts)
        found["ratio_low"], found["ratio_high"] = ratio(*counts)
        if other_successes:
            found["relative"] = found["share"] / found["other_share"] - 1
    enough = min(number, other_number) >= FEW_PEOPLE
    enough = enough and successes + other_successes >= FEW_SUCCESSES
    return found | {"verdict": verdict(found["low"], found["high"]) if enough else "few"}


def verdict(low, high):
    """Tell what an interval of a difference says.

    >>> verdict(0.01, 0.05), verdict(-0.05, -0.01), verdict(-0.01, 0.05)
    ('more', 'less', 'open')
    """
    if low > 0:
        return "more"
    return "less" if high < 0 else "open"
