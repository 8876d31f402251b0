"""Whether scipy is there: it is needed for the customer value, and not required for the rest."""

from functools import cache
from importlib.util import find_spec

#: What an administrator installs on the server.
PACKAGES = ("numpy", "scipy")

#: How the names of filters, groups and pages begin that are about the customer value.
PREFIX = "customer_value"


@cache
def available():
    """Tell whether the packages are installed, without loading them: that takes a while.

    >>> available() in (True, False)
    True
    """
    return all(find_spec(package) for package in PACKAGES)


def take_out(arch, names):
    """Remove the nodes of fields, and those whose names begin with the prefix, from a view.

    >>> from lxml import etree
    >>> arch = etree.fromstring("<list><field name='a'/><filter name='customer_value_x'/></list>")
    >>> take_out(arch, ["a"])
    >>> etree.tostring(arch)
    b'<list/>'
    """
    for node in arch.xpath("//*[@name]"):
        if node.get("name") in names or node.get("name").startswith(PREFIX):
            node.getparent().remove(node)
