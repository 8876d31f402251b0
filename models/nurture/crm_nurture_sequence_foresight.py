from collections import Counter

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from . import filters, forecast
from .crm_nurture_step import MESSAGES

#: The field of a lead or contact that a step writes.
WRITTEN = {
    "stage": {"crm.lead": "lifecycle_stage_id", "res.partner": "lifecycle_stage_id"},
    "tag": {"crm.lead": "tag_ids", "res.partner": "category_id"},
    "assign": {"crm.lead": "user_id", "res.partner": "user_id"},
}


class CrmNurtureSequence(models.Model):
    """What the screens tell of a dry run: the forecast under the steps, and what it leaves out.

    Who may look?
        Who may change the sequence: it is seen with the rights of its owner.
    """

    _inherit = "crm.nurture.sequence"

    def action_dry_run(self):
        """Foresee what happens to everybody, and show it."""
        self.ensure_one()
        return self.env["crm.nurture.dry.run"]._prepare(self)._open()

    def open_forecast(self, first, last):
        """Open the people who get a message on some days.

        :param str first: a day, as Odoo writes it
        """
        self.ensure_one()
        run = self.env["crm.nurture.dry.run"]._prepare(self)
        messages = [("outcome", "=", "queued"), ("day", ">=", first), ("day", "<=", last)]
        return run._open_people(self.env._("Messages"), messages)

    @api.readonly
    def get_forecast(self):
        """Give the messages of the next days, for a small chart: bars and a sentence."""
        self.ensure_one()
        self._check_dry_run()
        days = Counter()
        for (step_id, day, outcome, _rule), people in self._dry_run().log.people.items():
            if outcome == "queued" and step_id:
                days[day] += len(people)
        return {"bars": [self._bar(*bar) for bar in forecast.bars(days)], **self._told(days)}

    def _check_dry_run(self):
        self.check_access("write")
        if not self._current_version().step_ids:
            raise UserError(self.env._("There are no steps yet: add the first one."))

    def _bar(self, first, last, count):
        name = format_date(self.env, first)
        if last != first:
            name = f"{name} – {format_date(self.env, last)}"
        title = self.env._("%(days)s: %(count)s", days=name, count=count)
        return {
            "first": str(first),
            "last": str(last),
            "count": count,
            "name": name,
            "title": title,
        }

    def _told(self, days):
        if not days:
            return {"text": self.env._("Nobody would get a message."), "most": 0}
        if len(days) == 1:
            return {"text": self._told_of_day(*days.popitem())}
        text = self.env._(
            "%(count)s messages from %(first)s to %(last)s, at most %(most)s in a day, if nobody"
            " reacts.",
            count=sum(days.values()),
            first=format_date(self.env, min(days)),
            last=format_date(self.env, max(days)),
            most=max(days.values()),
        )
        return {"text": text}

    def _told_of_day(self, day, count):
        date = format_date(self.env, day)
        if count == 1:
            return self.env._("1 message on %(date)s, if nobody reacts.", date=date)
        return self.env._(
            "%(count)s messages on %(date)s, if nobody reacts.", count=count, date=date
        )

    # ------------------------------------------------------------
    # What is not foreseen
    # ------------------------------------------------------------

    def _unforeseen(self, steps):
        """Say what a dry run of these steps cannot know: list of sentences."""
        found = [
            self.env._(
                "Nobody opens, clicks, answers or unsubscribes; filters, consents, exclusion lists"
                " and addresses stay as they are now."
            )
        ]
        if self.trigger not in ("manual", "audience"):
            text = self.env._("Those whom the trigger brings in later are not among them.")
            found.append(text)
        found += self._unforeseen_effects(steps)
        if any(step.kind in MESSAGES for step in steps):
            text = self.env._(
                "Of the other sequences, only the next message of each person is counted."
            )
            found.append(text)
        return found

    def _unforeseen_effects(self, steps):
        for step in steps.filtered(lambda one: one.kind == "action"):
            yield self.env._(
                "“%(step)s” is counted; what the server action does to people is not foreseen.",
                step=step.display_name,
            )
        for step in steps.filtered(lambda one: one.kind == "sequence"):
            yield self.env._(
                "“%(step)s” is counted; the other sequence has a dry run of its own.",
                step=step.display_name,
            )
        yield from self._unforeseen_filters(steps)

    def _unforeseen_filters(self, steps):
        """Say which filters read what the sequence itself changes."""
        changed = {WRITTEN[step.kind][self.model]: step for step in steps if step.kind in WRITTEN}
        for label, text in self._filters(steps):
            for name in filters.names(text) & changed.keys():
                yield self.env._(
                    "%(filter)s: checked against today's data, though “%(step)s” changes"
                    " “%(field)s”.",
                    filter=label,
                    step=changed[name].display_name,
                    field=self.env[self.model]._fields[name]._description_string(self.env),
                )

    def _filters(self, steps):
        """Give the filters that decide on the way, each with its name."""
        for name in ("goal_domain", "exit_domain"):
            yield self._fields[name]._description_string(self.env), self[name]
        for step in steps.filtered(lambda one: one.kind == "condition" and one.check == "domain"):
            yield self.env._("Filter of “%(step)s”", step=step.display_name), step.domain
