"""Which results of a step make up which figure: on its card, in the table, in the report."""

#: Results that make up a figure of a step; a message that was read was also sent.
READ = ("opened", "clicked", "replied")
SENT = ("sent", "delivered", "bounced", *READ)
FIGURES = {
    "yes": ("yes",),
    "no": ("no",),
    "done": ("done",),
    "queued": ("queued",),
    "sent": SENT,
    "opened": READ,
    "clicked": ("clicked", "replied"),
    "replied": ("replied",),
    "skipped": ("suppressed", "no_address", "cancelled"),
    "bounced": ("bounced",),
    "failed": ("failed",),
    "all": (),
}
#: The columns of the table of results, of messages and of other steps.
TABLE = ("all", "queued", "sent", "opened", "clicked", "replied", "bounced", "skipped", "failed")
#: The context in which the report is about these steps only: a page of few steps need not judge
#: the messages of all.
STEPS_KEY = "crm_nurture_report_steps"
#: What did not arrive, for a reason.
KEPT_BACK = ("suppressed", "no_address", "cancelled", "failed", "bounced")
SHOWN = {
    "condition": ("yes", "no"),
    "message": ("queued", "sent", "opened", "clicked", "bounced", "skipped", "failed"),
    "other": ("done", "skipped", "failed"),
}

#: Figures that also say which share of the messages sent it is.
RATES = ("opened", "clicked")

#: The figures that the report counts.
MEASURES = {
    name: FIGURES[name]
    for name in ("sent", "opened", "clicked", "replied", "bounced", "skipped", "failed")
}

#: What a message may become that it can be counted by more than once: opened was also sent.
SHARES = ("opened", "clicked", "replied", "bounced")


def add_up(counts):
    """Add dicts of counts up.

    >>> add_up([{"sent": 1, "opened": 2}, {"sent": 3}])
    {'sent': 4, 'opened': 2}
    """
    totals = {}
    for one in counts:
        for key, count in one.items():
            totals[key] = totals.get(key, 0) + count
    return totals
