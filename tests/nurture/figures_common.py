from collections import Counter
from datetime import timedelta

from .mail_common import NurtureMailCase

#: What may become of a message that was handed over: the values of its trace.
FATES = {
    "queued": {"trace_status": "outgoing"},
    "sent": {"trace_status": "sent"},
    "delivered": {"trace_status": "open", "open": 1},
    "opened": {"trace_status": "open", "open": 4000},
    "clicked": {"trace_status": "open", "open": 4000, "click": 5000},
    "replied": {"trace_status": "reply", "open": 4000, "reply": 6000},
    "bounced": {"trace_status": "bounce", "failure_type": "mail_bounce"},
    "failed": {"trace_status": "error", "failure_type": "mail_smtp"},
    "cancelled": {"trace_status": "cancel", "failure_type": "mail_optout"},
}
DATES = {"open": "open_datetime", "click": "links_click_datetime", "reply": "reply_datetime"}


class NurtureFiguresCase(NurtureMailCase):
    """Messages whose fate the test decides, and counts by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["crm.nurture.report"]

    def fate(self, enrollment, outcome):
        """Let something become of the last message of somebody."""
        trace = self.delivery(enrollment).trace_id
        values = dict(FATES[outcome])
        if outcome != "queued":
            values["sent_datetime"] = self.clock()
        for name, field in DATES.items():
            if name in values:
                values[field] = self.clock() + timedelta(seconds=values.pop(name))
        trace.write(values)

    def fates(self, enrollments, draw):
        """Decide for each by lot what becomes of the last message; give it in their order."""
        chosen = [draw.choice(list(FATES)) for _one in enrollments]
        for enrollment, outcome in zip(enrollments, chosen, strict=True):
            self.fate(enrollment, outcome)
        return chosen

    def counts(self, *groups, user=None, domain=()):
        """Count the rows of the report: group values -> number."""
        self.env.flush_all()
        rows = self.report.with_user(user or self.env.user)._read_group(
            list(domain), list(groups), ["nbr:sum"]
        )
        return Counter(
            {
                tuple(getattr(value, "id", value) for value in values): count
                for *values, count in rows
            }
        )
