"""The score of a record once more, in Python, with the plain functions."""

from typing import NamedTuple

from ...models.scoring import components, decay
from ...models.scoring.score_sql import NO_SIGN_OF_LIFE


class Touch(NamedTuple):
    """A touchpoint as the oracle sees it; `days` is its age."""

    event: str
    direction: str
    days: int
    is_bot: bool = False
    channel_id: int = 0


def score(rules, touches, known_days, matches, weights, qualification=None):
    """Give the parts and the score of a record.

    :param rules: `crm.score.rule` records
    :param matches: the rules by filter that match the record
    """
    points = {"fit": None, "engagement": None}
    for rule in rules:
        value = _points(rule, touches, known_days, matches)
        points[rule.component] = (points[rule.component] or 0) + value
    parts = {
        name: None if value is None else components.clamp(value) for name, value in points.items()
    }
    parts["qualification"] = qualification
    return parts, components.weighted(parts, weights)


def _points(rule, touches, known_days, matches):
    human = [touch for touch in touches if not touch.is_bot]
    if rule.kind == "domain":
        return rule.points if rule in matches else 0
    if rule.kind == "silence":
        signs = [
            touch
            for touch in human
            if touch.direction == "inbound"
            and touch.event not in NO_SIGN_OF_LIFE
            and touch.days <= rule.window_days
        ]
        return rule.points if known_days > rule.window_days and not signs else 0
    ages = [
        touch.days
        for touch in human
        if rule.event in (False, touch.event)
        and (not rule.channel_id or rule.channel_id.id == touch.channel_id)
        and rule.direction in (False, touch.direction)
    ]
    return decay.rule_points(
        ages, rule.points, rule.half_life_days, rule.window_days, rule.max_points
    )
