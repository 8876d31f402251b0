"""The names of the criteria, and which of them ask the same question."""

FRAMEWORKS = {
    "bant": ("bant_budget", "bant_authority", "bant_need", "bant_timeline"),
    "champ": ("champ_challenges", "champ_authority", "champ_money", "champ_prioritization"),
}
DEFAULT = "bant"
ANSWERS = tuple(name for names in FRAMEWORKS.values() for name in names)
FACTS = ("bant_budget_amount", "decision_maker_id", "need_note", "timeline_date")
RESULTS = (
    "bant_score",
    "champ_score",
    "qualification_score",
    "qualification_state",
    "qualification_missing",
)

# When somebody will buy and how high that stands on their list are two questions: something can
# have a date and no priority. So these two are not copied.
_SAME = {
    "bant_budget": "champ_money",
    "bant_authority": "champ_authority",
    "bant_need": "champ_challenges",
}
TWINS = _SAME | {twin: name for name, twin in _SAME.items()}


def with_twins(vals):
    """Add to values the answers to the same questions in the other framework.

    >>> with_twins({"bant_budget": "no"})
    {'bant_budget': 'no', 'champ_money': 'no'}

    Values that are given for both stay as they are, and the time is another question.

    >>> with_twins({"bant_need": "no", "champ_challenges": "partial", "bant_timeline": "no"})
    {'bant_need': 'no', 'champ_challenges': 'partial', 'bant_timeline': 'no'}
    """
    copied = {
        TWINS[name]: value
        for name, value in vals.items()
        if name in TWINS and TWINS[name] not in vals
    }
    return {**vals, **copied}


def short(name):
    """Give the name of a criterion without that of its framework.

    >>> short("champ_money")
    'money'
    """
    return name.partition("_")[2]
