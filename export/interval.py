"""How far a measured share may be from the true one."""

import math

Z95 = 1.959963984540054  # the standard normal's 97.5 % quantile


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927), which holds near 0 and 1 too.

    Args:
        hits: how often it was so.
        n: of how many; 0 gives the whole range.

    Returns:
        Lower and upper end, in 0..1.
    """
    if n == 0:
        return 0.0, 1.0
    share, spread = hits / n, Z95**2 / n
    centre = (share + spread / 2) / (1 + spread)
    reach = math.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return max(0.0, centre - reach), min(1.0, centre + reach)
