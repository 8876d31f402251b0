from odoo import models
from odoo.tools import SQL


class CrmNurtureSequence(models.Model):
    """The rules about somebody inside, as sentences: about to leave, on hold, waiting."""

    _inherit = "crm.nurture.sequence"

    # inside: about to leave

    def _why_say_leaves(self, cause, _facts):
        return self.env._(
            "Inside, and leaves at the next look around: %(why)s.", why=self._why_cause(cause)
        )

    # inside: on hold

    def _why_sales(self, facts):
        """Name what sales are at work with, as far as the reader may see it."""
        person = SQL("%s::int", facts.record.id)
        works = SQL(" UNION ").join(
            SQL("SELECT model, id FROM (%s) work WHERE work.who = %s", work, who)
            for who, work in self._sales_work(person)
        )
        names = []
        for model, record_id in self.env.execute_query(SQL("%s ORDER BY model DESC, id", works)):
            found = facts.record.env[model].browse(record_id)._filtered_access("read")
            names.append(found.display_name if found else self._why_hidden_work(model))
        return ", ".join(dict.fromkeys(names))

    def _why_hidden_work(self, model):
        if model == "sale.order":
            return self.env._("a quotation")
        return self.env._("a meeting")

    def _why_say_holds(self, cause, facts):
        if cause != "sales":
            return self.env._(
                "On hold at “%(step)s”: the processing is restricted. Nothing is sent until the"
                " restriction is lifted.",
                **self._why_place(facts),
            )
        return self.env._(
            "On hold at “%(step)s”, because sales are at work: %(work)s. It goes on when this is"
            " over.",
            **self._why_place(facts) | {"work": self._why_sales(facts)},
        )

    def _why_say_then(self, cause, facts):
        if cause != "sales":
            return self.env._("The processing is restricted: nothing will be sent.")
        return self.env._(
            "Sales are at work: %(work)s. The next step waits until this is over.",
            work=self._why_sales(facts),
        )

    def _why_say_released(self, facts):
        return self.env._(
            "Was on hold at “%(step)s”; nothing holds it up any more: it goes on at the next look"
            " around.",
            **self._why_place(facts),
        )

    # inside: waiting

    def _why_say_quarantine(self, facts):
        return self.env._(
            "In quarantine: “%(step)s” failed: %(reason)s. Correct the cause, then try again.",
            **self._why_place(facts) | {"reason": (facts.enrollment.reason or "").rstrip(". ")},
        )

    def _why_say_paused(self, facts):
        return self.env._(
            "Waits at “%(step)s”, because the sequence is paused. Let it go on, and the person"
            " goes on from here.",
            **self._why_place(facts),
        )

    def _why_say_due(self, facts):
        return self.env._("“%(step)s” is due now: it is done next.", **self._why_place(facts))

    def _why_say_trouble(self, facts):
        return self.env._(
            "“%(step)s” could not be done (%(reason)s); it is tried again on %(until)s.",
            **self._why_place(facts),
        )

    def _why_say_cap(self, facts):
        company = self._sending_company()
        values = {"number": company.nurture_cap_number, "days": company.nurture_cap_days}
        values |= self._why_place(facts)
        if company.nurture_cap_days == 1:
            return self.env._(
                "Got enough messages lately: at most %(number)s a day. “%(step)s” is looked at"
                " again on %(until)s.",
                **values,
            )
        return self.env._(
            "Got enough messages lately: at most %(number)s in %(days)s days. “%(step)s” is looked"
            " at again on %(until)s.",
            **values,
        )

    def _why_say_budget(self, facts):
        return self.env._(
            "No more messages leave today: “%(step)s” follows on %(until)s.",
            **self._why_place(facts),
        )

    def _why_say_hours(self, facts):
        return self.env._(
            "Waits at “%(step)s” until %(until)s: messages leave within the hours of “%(hours)s”.",
            **self._why_place(facts) | {"hours": self.calendar_id.name},
        )

    def _why_say_waiting(self, facts):
        return self.env._("Waits at “%(step)s” until %(until)s.", **self._why_place(facts))
