from collections import Counter

from odoo import Command, api, fields, models
from odoo.tools import format_date

#: In which order the figures are read: coming in, messages, steps, the ends.
ORDER = (
    "entered left_out holdout queued suppressed no_address failed later done yes no held left"
    " finished under_way"
).split()


class CrmNurtureDryRun(models.TransientModel):
    """What would happen to the people of a sequence, as one reads it.

    Whom does it count?
        Those inside, and with `newcomers` those who would come in now. Each figure opens them.
    How long is it kept?
        As long as Odoo keeps what dialogs leave behind: an hour or so.
    """

    _name = "crm.nurture.dry.run"
    _description = "Dry Run of a Sequence"

    sequence_id = fields.Many2one(
        "crm.nurture.sequence", required=True, readonly=True, ondelete="cascade"
    )
    newcomers = fields.Boolean(
        "With Those Who Would Come In",
        help="Everybody whom the sequence is for, and who may come in now. Otherwise: only those"
        " who are inside already.",
    )
    date = fields.Datetime("Seen on", readonly=True)
    summary = fields.Text(readonly=True)
    unforeseen = fields.Text("Not Foreseen", readonly=True)
    line_ids = fields.One2many("crm.nurture.dry.run.line", "dry_run_id")
    total_ids = fields.One2many("crm.nurture.dry.run.total", "dry_run_id", "Figures")

    @api.depends("sequence_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Dry run of %s", run.sequence_id.name)

    @api.model
    def _prepare(self, sequence):
        """Run for a sequence; give the result."""
        newcomers = sequence._expects_newcomers()
        run = self.create({"sequence_id": sequence.id, "newcomers": newcomers})
        run._foresee()
        return run

    def action_again(self):
        """Run again, with what is true now."""
        self._foresee()

    def action_open_figures(self):
        """Open the figures by step and day."""
        return self._open_people(self.env._("By Step and Day"), [])

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _open_people(self, name, domain):
        """Open people as a list if there are few questions left, else as a table."""
        views = ["list", "pivot", "graph"] if domain else ["pivot", "graph", "list"]
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crm.nurture.dry.run.person",
            "views": [(False, view) for view in views],
            "domain": [("dry_run_id", "=", self.id), *domain],
            "context": {"crm_nurture_model": self.sequence_id.model},
        }

    # ------------------------------------------------------------
    # The result
    # ------------------------------------------------------------

    def _foresee(self):
        """Run, and keep what was found."""
        self.ensure_one()
        self.sequence_id._check_dry_run()
        run = self.sequence_id._dry_run(newcomers=self.newcomers)
        left = run.under_way()
        if left:
            run.log.add(None, run.horizon, "under_way", None, run.of(left))
        people = run.log.people
        self.line_ids.unlink()
        self.total_ids.unlink()
        steps = self.sequence_id._current_version().step_ids | run.steps()
        self.write(
            {
                "date": run.start,
                "summary": "\n".join(self._sentences(run)),
                "unforeseen": "\n".join(self.sequence_id._unforeseen(steps)),
                "line_ids": [Command.create(self._line(*item)) for item in people.items()],
                "total_ids": [Command.create(total) for total in self._totals(people)],
            }
        )

    def _line(self, key, people):
        step_id, day, outcome, rule = key
        return {
            "step_id": step_id,
            "day": day,
            "outcome": outcome,
            "rule": rule,
            "people": ",".join(map(str, people)),
        }

    def _days(self, people):
        """Give the days of the first and the last message, and when all are through."""
        messages = [day for (_step, day, outcome, _rule) in people if outcome == "queued"]
        ends = [day for (_step, day, outcome, _rule) in people if outcome in ("finished", "left")]
        return {
            "first_day": min(messages, default=False),
            "last_day": max(messages, default=False),
            "end_day": max(ends, default=False),
        }

    def _totals(self, people):
        """Give how often each outcome comes, and for how many people."""
        found = {}
        for (_step, _day, outcome, rule), ids in people.items():
            found.setdefault((outcome, rule), []).append(ids)
        ordered = sorted(
            found.items(), key=lambda item: (ORDER.index(item[0][0]), item[0][1] or "")
        )
        for (outcome, rule), parts in ordered:
            if count := sum(map(len, parts)):
                yield {
                    "outcome": outcome,
                    "rule": rule,
                    "count": count,
                    "people_count": len(set().union(*parts)),
                }

    # ------------------------------------------------------------
    # In words
    # ------------------------------------------------------------

    def _sentences(self, run):
        """Say it in a few sentences."""
        counts = self._counts(run)
        yield self.env._(
            "People inside now: %(inside)s; coming in: %(entered)s; not allowed to come in:"
            " %(left_out)s; held out to compare with: %(holdout)s.",
            inside=sum(map(bool, run.enrollments)) + run.stuck,
            entered=counts["entered"],
            left_out=counts["left_out"],
            holdout=counts["holdout"],
        )
        yield self.env._(
            "E-mails that leave: %(emails)s; SMS that leave: %(texts)s; activities planned:"
            " %(activities)s; messages kept back: %(kept)s.",
            emails=counts["email", "queued"],
            texts=counts["sms", "queued"],
            activities=counts["activity", "done"] + counts["plan", "done"],
            kept=counts["suppressed"] + counts["no_address"],
        )
        yield from self._sentences_of_time(run, counts)

    def _sentences_of_time(self, run, counts):
        days = self._days(run.log.people)
        if days["first_day"] and days["first_day"] == days["last_day"]:
            day = format_date(self.env, days["first_day"])
            yield self.env._("All messages leave on %(day)s.", day=day)
        elif days["first_day"]:
            yield self.env._(
                "The first message leaves on %(first)s, the last one on %(last)s.",
                first=format_date(self.env, days["first_day"]),
                last=format_date(self.env, days["last_day"]),
            )
        if count := counts["later", "cap"]:
            yield self.env._(
                "Waits because of the limit of messages per person: %(count)s.",
                count=count,
            )
        if count := counts["later", "budget"]:
            yield self.env._(
                "Waits because enough messages leave on the day: %(count)s.", count=count
            )
        if counts["under_way"]:
            yield self.env._(
                "People still under way on %(day)s: %(count)s; the dry run ends on that day.",
                count=counts["under_way"],
                day=format_date(self.env, run.log.day(run.horizon)),
            )
        elif days["end_day"]:
            day = format_date(self.env, days["end_day"])
            yield self.env._("Everybody is through on %(day)s.", day=day)

    def _counts(self, run):
        """Count by outcome, by kind of step and outcome, and by outcome and rule."""
        counts = Counter()
        kinds = {step.id: step.kind for step in run.step({key[0] for key in run.log.people})}
        for (step_id, _day, outcome, rule), people in run.log.people.items():
            keys = {outcome, (kinds.get(step_id), outcome), (outcome, rule)}
            counts.update(dict.fromkeys(keys, len(people)))
        return counts

    @api.model
    def _selection_outcome(self):
        """Give what may become of somebody at a step."""
        words = {
            "entered": self.env._("Comes in"),
            "left_out": self.env._("May not come in"),
            "holdout": self.env._("Held out"),
            "queued": self.env._("Message leaves"),
            "suppressed": self.env._("Message kept back"),
            "no_address": self.env._("No address"),
            "failed": self.env._("Fails"),
            "later": self.env._("Has to wait"),
            "done": self.env._("Step done"),
            "yes": self.env._("Yes"),
            "no": self.env._("No"),
            "held": self.env._("On hold without end"),
            "left": self.env._("Leaves before the end"),
            "finished": self.env._("Comes to the end"),
            "under_way": self.env._("Still under way"),
        }
        return list(words.items())

    @api.model
    def _selection_rule(self):
        """Give the rules that may decide: of messages, of people, and the limits."""
        traces = self.env["mailing.trace"]._fields["failure_type"]
        causes = self.env["crm.nurture.enrollment"]._fields["cause"]
        own = {
            "inside": self.env._("Is inside already"),
            "again": self.env._("Was inside, and may not come in again yet"),
            "company": self.env._("Belongs to another company"),
            "cap": self.env._("Limit of messages per person"),
            "budget": self.env._("Messages a day"),
        }
        return [
            *traces._description_selection(self.env),
            *causes._description_selection(self.env),
            *own.items(),
        ]
