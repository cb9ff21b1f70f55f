"""Accuracy in the form that it is printed in: a percentage with its 95 % interval."""

import math

Z95 = 1.959963984540054  # 97.5 % quantile of the standard normal distribution


def wilson_interval(hits: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927), which is also valid near 0 and 1.

    SciPy has it too (`binomtest(hits, n).proportion_ci(method="wilson")`), but a device has no SciPy.

    Args:
        hits: number of successes.
        n: number of trials; 0 gives the whole range.

    Returns:
        Lower and upper end, in 0..1.
    """
    if n == 0:
        return 0.0, 1.0
    share, spread = hits / n, Z95**2 / n
    centre = (share + spread / 2) / (1 + spread)
    reach = math.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return max(0.0, centre - reach) if hits else 0.0, min(1.0, centre + reach) if hits < n else 1.0


def interval_of(share: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of n images."""
    return wilson_interval(round(share * n), n)


def percent(share: float) -> str:
    """A share with one decimal; it reads as all or as nothing only where it is just that."""
    if 0.9995 <= share < 1:
        return ">99.9%"
    if 0 < share < 0.0005:
        return "<0.1%"
    return f"{share:.1%}"


def percent_range(share: float, n: int) -> str:
    """The 95 % interval of a share of n images, as in `80.4% to 96.7%`."""
    low, high = interval_of(share, n)
    return f"{percent(low)} to {percent(high)}"


def describe_share(share: float, n: int) -> str:
    """A share of n images with its interval, as in `91.7% of 48 (80.4% to 96.7% with 95% confidence)`."""
    return f"{percent(share)} of {n:,} ({percent_range(share, n)} with 95% confidence)"
