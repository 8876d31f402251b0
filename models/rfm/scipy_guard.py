"""Whether scipy is there: it is needed for the customer value, and not required for the rest."""

from functools import cache
from importlib.util import find_spec

# What an administrator installs on the server.
PACKAGES = ("scipy", "numpy")


@cache
def available():
    """Tell whether the packages are installed, without loading them: that takes a while.

    >>> available() in (True, False)
    True
    """
    return all(find_spec(package) for package in PACKAGES)
