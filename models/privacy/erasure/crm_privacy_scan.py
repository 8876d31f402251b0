from odoo import api, fields, models
from odoo.fields import Domain

OPEN = ("waiting", "running")


class CrmPrivacyScan(models.Model):
    """The search of the whole database and all files for what is left of an erased person.

    Why, after everything was erased by a plan?
        The plan knows places. The scan knows none: it reads every text and every file, so it
        also finds what a place that nobody thought of still has.
    What is it looking for?
        E-mails, phone numbers, names and account numbers, in all the forms of `traces`.
    What does a hit mean?
        Explained: the plan keeps it, with an article and an end date. Other person: an officer
        said so. Otherwise it is left over, or at a place nobody has classified, and the erasure
        cannot be closed.
    How long does it take?
        It reads one part of a table after the other in the background and gives way after each
        one. What is done stays done when the server stops.
    What does it keep?
        Where something was found, never what.
    """

    _name = "crm.privacy.scan"
    _description = "Search for What Is Left of a Person"
    _order = "id desc"

    request_id = fields.Many2one(
        "crm.privacy.request", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("clean", "Nothing Left"),
            ("left", "Something Left"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
    )
    start_date = fields.Datetime("Started On", readonly=True)
    end_date = fields.Datetime("Ended On", readonly=True)
    part_ids = fields.One2many("crm.privacy.scan.part", "scan_id", "Parts", readonly=True)
    hit_ids = fields.One2many("crm.privacy.scan.hit", "scan_id", "Found", readonly=True)
    part_count = fields.Integer("Tables and Folders", compute="_compute_progress")
    done_count = fields.Integer("Read", compute="_compute_progress")
    failed_count = fields.Integer("Not Readable", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress", help="Share of the rows and files read.")
    current_part = fields.Char("Reading Now", compute="_compute_progress")
    left_count = fields.Integer("Left Over", compute="_compute_hit_counts")
    unclassified_count = fields.Integer("To Classify", compute="_compute_hit_counts")
    explained_count = fields.Integer("Kept by Law", compute="_compute_hit_counts")
    other_count = fields.Integer("Other Persons", compute="_compute_hit_counts")

    # ------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------

    @api.depends("request_id", "start_date")
    def _compute_display_name(self):
        for scan in self:
            scan.display_name = self.env._("Search after %(name)s", name=scan.request_id.name)

    @api.depends("part_ids.state")
    def _compute_progress(self):
        parts = self.env["crm.privacy.scan.part"]
        groups = parts._read_group(
            [("scan_id", "in", self.ids)], ["scan_id", "state"], ["__count", "weight:sum"]
        )
        figures = {(scan, state): values for scan, state, *values in groups}
        nothing = (0, 0)
        for scan in self:
            by_state = {state: figures.get((scan, state), nothing) for state in parts.STATES}
            total = sum(weight for _count, weight in by_state.values())
            scan.part_count = sum(count for count, _weight in by_state.values())
            scan.done_count = by_state["done"][0]
            scan.failed_count = by_state["failed"][0]
            ready = by_state["done"][1] + by_state["failed"][1]
            scan.progress = 100 * ready / total if total else 0
            reading = scan.part_ids.filtered(lambda part: part.state == "todo")[:1]
            scan.current_part = reading.display_name if scan.state == "running" else False

    @api.depends("hit_ids.verdict")
    def _compute_hit_counts(self):
        groups = self.env["crm.privacy.scan.hit"]._read_group(
            [("scan_id", "in", self.ids)], ["scan_id", "verdict"], ["__count"]
        )
        counts = {(scan, verdict): count for scan, verdict, count in groups}
        for scan in self:
            scan.left_count = counts.get((scan, "left"), 0)
            scan.unclassified_count = counts.get((scan, "unclassified"), 0)
            scan.explained_count = counts.get((scan, "explained"), 0)
            scan.other_count = counts.get((scan, "other"), 0)

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_open_hits(self):
        """Open what was found, what is left over first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_privacy_scan_hit_action"
        )
        return {**action, "domain": list(Domain("scan_id", "=", self.id))}

    def action_judge(self):
        """Look again at what was found, after places were classified or persons told apart."""
        for scan in self.filtered(lambda scan: scan.state in ("clean", "left")):
            scan.sudo()._end()

    def _blocking_count(self):
        """Count what keeps the erasure from being closed."""
        return self.left_count + self.unclassified_count + self.failed_count
