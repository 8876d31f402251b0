"""Which results of a step make up which figure of its card."""

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
    "failed": ("failed", "bounced"),
}
SHOWN = {
    "condition": ("yes", "no"),
    "message": ("queued", "sent", "opened", "clicked", "skipped", "failed"),
    "other": ("done", "skipped", "failed"),
}

#: Figures that also say which share of the messages sent it is.
RATES = ("opened", "clicked")
