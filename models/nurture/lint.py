"""What is wrong with the way through the steps, as plain functions on plain values."""

from .path import NO, YES


def reached(path, ends=()):
    """Give the ids of the steps that somebody can come to.

    :param Path path: the steps
    :param ends: the ids of the steps at which people leave

    >>> from .path import Node, Path
    >>> path = Path([Node(1, sequence=1), Node(2, sequence=2), Node(3, sequence=3)])
    >>> sorted(reached(path, ends={2}))
    [1, 2]

    Behind a condition is who comes out of one of its lists:

    >>> inside = [Node(4, 1, YES, 1), Node(5, 1, NO, 1)]
    >>> path = Path([Node(1, sequence=1), Node(3, sequence=3), *inside])
    >>> sorted(reached(path, ends={4})), sorted(reached(path, ends={4, 5}))
    ([1, 3, 4, 5], [1, 4, 5])
    """
    return walk(path, lambda step_id: step_id not in ends)


def reached_at_once(path, waits, ends=()):
    """Give the ids of the steps that somebody comes to without any wait.

    >>> from .path import Node, Path
    >>> path = Path([Node(1, sequence=1), Node(2, sequence=2), Node(3, sequence=3)])
    >>> sorted(reached_at_once(path, waits={2}))
    [1, 2]
    """
    return walk(path, lambda step_id: step_id not in ends and step_id not in waits)


def walk(path, passes):
    """Give the ids of the steps on all ways from the first one.

    :param passes: tells whether somebody goes on behind a step
    """
    found, waiting = set(), [path.first()]
    while waiting:
        step_id = waiting.pop()
        if step_id is None or step_id in found:
            continue
        found.add(step_id)
        if passes(step_id):
            branches = [branch for branch in (YES, NO) if (step_id, branch) in path.lists]
            waiting += [path.after(step_id, branch) for branch in branches]
            if len(branches) < 2:
                waiting.append(path.after(step_id))
    return found


def loops(edges, start):
    """Give the way that leads back to the start; an empty list if none does.

    :param dict edges: where one gets from where

    >>> loops({1: [2], 2: [3], 3: [1]}, 1), loops({1: [2], 2: [2]}, 1)
    ([1, 2, 3, 1], [])
    """
    waiting, seen = [[start]], set()
    while waiting:
        way = waiting.pop(0)
        for target in edges.get(way[-1], ()):
            if target == start:
                return [*way, target]
            if target not in seen:
                seen.add(target)
                waiting.append([*way, target])
    return []
