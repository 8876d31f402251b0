"""The arithmetic of a framework: from answers to a score and a verdict."""

from typing import NamedTuple

from .criteria import DEFAULT, FRAMEWORKS, short

OPEN, PARTIAL, QUALIFIED, DISQUALIFIED = "open", "partial", "qualified", "disqualified"


class Criterion(NamedTuple):
    """What an answer to a question weighs, and whether a "no" rules the lead out."""

    name: str
    weight: int
    knockout: bool = False


class Framework(NamedTuple):
    """Four criteria, the score that qualifies, and the share that a partial answer gives."""

    criteria: tuple
    threshold: int = 70
    partial_share: int = 50


# for a database whose records are not loaded yet; the same as the data of the addon
DEFAULTS = {
    code: Framework(
        tuple(
            Criterion(name, weight, short(name) in ("budget", "money"))
            for name, weight in zip(FRAMEWORKS[code], weights, strict=True)
        )
    )
    for code, weights in (("bant", (30, 25, 25, 20)), ("champ", (30, 25, 25, 20)))
}


def share(framework, answer):
    """Give how much of its weight an answer brings, in percent.

    >>> [share(DEFAULTS["bant"], answer) for answer in (False, "no", "partial", "confirmed")]
    [0, 0, 50, 100]
    """
    return {"confirmed": 100, "partial": framework.partial_share}.get(answer, 0)


def score(framework, answers):
    """Give the score, 0 to 100: the mean of the shares by weight, rounded half up.

    >>> bant = DEFAULTS["bant"]
    >>> score(bant, {})
    0
    >>> score(bant, dict.fromkeys(("bant_budget", "bant_authority", "bant_need"), "confirmed"))
    80
    >>> score(bant, {"bant_budget": "partial", "bant_need": "confirmed"})
    40
    """
    total = sum(criterion.weight for criterion in framework.criteria)
    reached = sum(
        criterion.weight * share(framework, answers.get(criterion.name))
        for criterion in framework.criteria
    )
    return (2 * reached + total) // (2 * total)


def state(framework, answers):
    """Give the verdict.

    >>> bant = DEFAULTS["bant"]
    >>> state(bant, {})
    'open'
    >>> state(bant, {"bant_need": "partial"})
    'partial'

    A "no" to a knock-out criterion rules out whatever else was answered; any other "no" keeps the
    lead from being qualified.

    >>> three = dict.fromkeys(("bant_budget", "bant_authority", "bant_need"), "confirmed")
    >>> state(bant, three)
    'qualified'
    >>> state(bant, three | {"bant_timeline": "no"})
    'partial'
    >>> state(bant, three | {"bant_budget": "no"})
    'disqualified'
    """
    given = {c: answers.get(c.name) for c in framework.criteria if answers.get(c.name)}
    refused = [criterion for criterion, answer in given.items() if answer == "no"]
    if any(criterion.knockout for criterion in refused):
        return DISQUALIFIED
    if given and not refused and score(framework, answers) >= framework.threshold:
        return QUALIFIED
    return PARTIAL if given else OPEN


def missing(framework, answers):
    """Give the criteria that nobody has answered, in their order.

    >>> missing(DEFAULTS["bant"], {"bant_budget": "no", "bant_need": "confirmed"})
    ('bant_authority', 'bant_timeline')
    """
    return tuple(c.name for c in framework.criteria if not answers.get(c.name))


def results(frameworks, chosen, answers):
    """Give all that follows from the answers of a lead, as values of its fields.

    :param dict frameworks: code -> `Framework`
    :param str chosen: the code of the framework that decides
    :param dict answers: name of a criterion -> its answer

    >>> result = results(DEFAULTS, "champ", {"bant_budget": "confirmed", "champ_money": "partial"})
    >>> result["bant_score"], result["champ_score"], result["qualification_score"]
    (30, 13, 13)
    >>> result["qualification_state"], result["qualification_missing"]
    ('partial', 'challenges, authority, prioritization')
    """
    chosen = chosen or DEFAULT
    scores = {code: score(frameworks[code], answers) for code in FRAMEWORKS}
    names = missing(frameworks[chosen], answers)
    return {
        "bant_score": scores["bant"],
        "champ_score": scores["champ"],
        "qualification_score": scores[chosen],
        "qualification_state": state(frameworks[chosen], answers),
        "qualification_missing": ", ".join(map(short, names)) or False,
    }
