"""The way through the steps of a sequence, as plain functions on plain values.

The steps form a list; a condition has two lists of its own, "yes" and "no". At the end of such a
list the way goes on after the condition; at the end of the first list it ends.
"""

from typing import NamedTuple

YES, NO = "yes", "no"


class Node(NamedTuple):
    """A step: the condition whose list it is in, which of the two, and its place there."""

    id: int
    parent: int | None = None
    branch: str | None = None
    sequence: int = 0


class Path:
    """The steps of one version, in their order.

    >>> mail, asked, call, sms, last = (
    ...     Node(1, sequence=1), Node(2, sequence=2), Node(3, 2, YES, 1), Node(4, 2, NO, 1),
    ...     Node(5, sequence=3),
    ... )
    >>> path = Path([last, sms, call, asked, mail])
    >>> path.first()
    1
    >>> path.after(1), path.after(2, YES), path.after(2, NO)
    (2, 3, 4)
    >>> path.after(3), path.after(4), path.after(5)
    (5, 5, None)

    An empty list is the way around it:

    >>> Path([mail, asked, call, last]).after(2, NO)
    5
    """

    def __init__(self, nodes):
        self.nodes = {node.id: node for node in nodes}
        self.lists = {}
        for node in sorted(self.nodes.values(), key=lambda node: (node.sequence, node.id)):
            self.lists.setdefault((node.parent, node.branch), []).append(node.id)

    def first(self):
        """Give the id of the first step; None without any."""
        return next(iter(self.lists.get((None, None), ())), None)

    def after(self, step_id, branch=None):
        """Give the id of the step that comes next; None at the end.

        :param int step_id: the step that was done
        :param str branch: the answer to a condition
        """
        inside = self.lists.get((step_id, branch)) if branch else None
        return inside[0] if inside else self._behind(step_id)

    def _behind(self, step_id):
        """Give the step after one in its list, or after the condition that the list belongs to."""
        node = self.nodes[step_id]
        siblings = self.lists[node.parent, node.branch]
        place = siblings.index(step_id) + 1
        if place < len(siblings):
            return siblings[place]
        return self._behind(node.parent) if node.parent else None

    def reachable(self):
        """Give the ids of all steps that somebody can come to, in the order of the lists.

        >>> Path([Node(1, sequence=1), Node(7, 9, YES, 1)]).reachable()
        [1]
        """
        found, waiting = [], [(None, None)]
        while waiting:
            for step_id in self.lists.get(waiting.pop(0), ()):
                found.append(step_id)
                waiting += [(step_id, YES), (step_id, NO)]
        return found
