"""In which order things that build on each other are done.

Plain functions on plain values.
"""

from graphlib import CycleError, TopologicalSorter


def in_order(depends):
    """Put things behind those they depend on; tell those that depend on themselves.

    :param dict depends: thing -> the things it depends on
    :return: the order, and the cycles, each as the list of its things

    >>> in_order({"a": ["b"], "b": ["c"], "c": []})
    (['c', 'b', 'a'], [])
    >>> order, cycles = in_order({"a": ["b"], "b": ["a"], "c": []})
    >>> order, [sorted(cycle) for cycle in cycles]
    (['c'], [['a', 'b']])
    >>> in_order({"a": ["a"]})
    ([], [['a']])
    >>> order, cycles = in_order({"d": ["a"], "a": ["b"], "b": ["a"]})
    >>> order, len(cycles)
    (['d'], 1)
    """
    depends, cycles = {thing: set(others) for thing, others in depends.items()}, []
    while cycle := _cycle(depends):
        cycles.append(cycle)
        depends = _without(depends, set(cycle))
    order = TopologicalSorter(depends).static_order()
    return [thing for thing in order if thing in depends], cycles


def _cycle(depends):
    """Give the things of a cycle, each once; none without a cycle."""
    try:
        TopologicalSorter(depends).prepare()
    except CycleError as error:
        return error.args[1][1:]
    return []


def _without(depends, things):
    return {thing: others - things for thing, others in depends.items() if thing not in things}
