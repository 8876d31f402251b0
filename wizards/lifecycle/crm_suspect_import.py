from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError

from . import suspect_columns

# What proves where the people come from: fixed as soon as the first one is created.
EVIDENCE = frozenset(
    ("file", "source_id", "legal_basis", "legal_note", "collection_date", "company_id", "target")
)
# What the classes of the rows depend on
CHECKED = frozenset(("file", "encoding", "separator", "header_row", "match_by", "company_id"))
# How far the import is, and who does it: written by the import itself only.
PROGRESS = frozenset(("state", "error", "start_date", "end_date", "run_by_id", "kept_counts"))
# It is an object, so that no RPC call can send it.
STEP_TOKEN = object()
# The classes that have a count of their own
OUTCOMES = ("new", "imported", "known", "blacklisted", "invalid", "duplicate", "failed")
# The steps before anything is created
OPEN_STATES = ("draft", "checking", "preview")


class CrmSuspectImport(models.Model):
    """The import of one list of suspects, and afterwards the proof of where they come from.

    Why is it kept, and not transient?
        Whoever uses a list must be able to say where it comes from, on what legal basis it
        is used and when it was collected. The leads and contacts point to their import.
    When is something created?
        After the preview, when a person says so; and only with source, legal basis and
        date of collection.
    What if it is stopped, or the server dies?
        The rows wait in `crm.suspect.import.line`. A batch creates records and marks its
        rows in one transaction, so running again goes on where it ended, and nothing is
        created twice.
    How long are the people kept who were not imported?
        The file and its rows are deleted `KEEP_DAYS` after the end; the counts stay.
    What becomes of the records when the import is deleted?
        An import that created records cannot be deleted.
    """

    _name = "crm.suspect.import"
    _description = "Import of a Suspect List"
    _order = "id desc"

    KEEP_DAYS = 30

    # the list
    name = fields.Char("List", compute="_compute_name", store=True, readonly=False)
    file = fields.Binary(attachment=True, copy=False)
    filename = fields.Char("File Name", copy=False)
    encoding = fields.Selection(
        [
            ("utf-8-sig", "Unicode (UTF-8)"),
            ("utf-16", "Unicode (UTF-16)"),
            ("cp1252", "Western, Windows (CP1252)"),
            ("iso8859-15", "Western (ISO-8859-15)"),
            ("mac_roman", "Western, Macintosh"),
            ("cp850", "Western, DOS (CP850)"),
        ],
        help="Choose it by hand when accented letters of the list look wrong.",
    )
    separator = fields.Selection(
        [(";", "Semicolon ;"), (",", "Comma ,"), ("\t", "Tabulation"), ("|", "Bar |")],
        help="Choose it by hand when the columns of the list are not separated.",
    )
    header_row = fields.Integer(help="Number of the row that names the columns; 0 without.")
    column_ids = fields.One2many("crm.suspect.import.column", "import_id", "Columns")
    # where the people come from
    source_id = fields.Many2one(
        "utm.source",
        "Where It Comes From",
        ondelete="restrict",
        index="btree_not_null",
        help="Who sold, rented or gave this list, or where it was collected.",
    )
    legal_basis = fields.Selection(
        [
            ("consent", "Consent: they agreed to be contacted (a)"),
            ("contract", "Contract: needed for a contract with them (b)"),
            ("legal_obligation", "Legal obligation: the law requires it (c)"),
            ("vital_interests", "Vital interests: to protect somebody's life (d)"),
            ("public_task", "Public task: a mission of public interest (e)"),
            ("legitimate_interest", "Legitimate interest: usual between businesses (f)"),
        ],
        help="Article 6 of the GDPR: what allows you to keep and use these data.",
    )
    legal_note = fields.Text(
        "Proof or Balance of Interests",
        help="Where the proof is kept, or why your interest does not override theirs.",
    )
    collection_date = fields.Date("Collected On", help="When the data were collected.")
    # what is created
    target = fields.Selection(
        [("crm.lead", "Leads"), ("res.partner", "Contacts")],
        "Create",
        required=True,
        default="crm.lead",
    )
    stage_id = fields.Many2one(
        "crm.lifecycle.stage",
        "In Stage",
        required=True,
        ondelete="restrict",
        domain=[("kind", "=", "suspect")],
        default=lambda self: self.env["crm.lifecycle.stage"]._first("suspect"),
    )
    match_by = fields.Selection(
        [
            ("any", "Same e-mail or same phone number"),
            ("email_first", "Same e-mail; phone number only without e-mail"),
        ],
        "Already Known If",
        required=True,
        default="any",
        help="In lists of companies, several people may share the phone number of a switchboard.",
    )
    campaign_id = fields.Many2one("utm.campaign", ondelete="set null", index="btree_not_null")
    team_id = fields.Many2one("crm.team", "Sales Team", check_company=True)
    user_id = fields.Many2one("res.users", "Salesperson", domain=[("share", "=", False)])
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    # how far it is
    state = fields.Selection(
        [
            ("draft", "File and Origin"),
            ("checking", "Checking"),
            ("preview", "Preview"),
            ("running", "Running"),
            ("paused", "Stopped"),
            ("done", "Done"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    error = fields.Char(readonly=True, copy=False, help="Why the file could not be read.")
    start_date = fields.Datetime("Started On", readonly=True, copy=False)
    end_date = fields.Datetime("Ended On", readonly=True, copy=False)
    purge_date = fields.Date("Rows Deleted On", compute="_compute_purge_date")
    # the rows, and their counts (kept in `kept_counts` when the rows are deleted)
    line_ids = fields.One2many("crm.suspect.import.line", "import_id", "Rows")
    sample_line_ids = fields.Many2many(
        "crm.suspect.import.line", string="First Rows", compute="_compute_sample_line_ids"
    )
    kept_counts = fields.Json(copy=False)
    total_count = fields.Integer("Rows in the File", compute="_compute_counts")
    checked_count = fields.Integer("Checked", compute="_compute_counts")
    new_count = fields.Integer("New", compute="_compute_counts")
    imported_count = fields.Integer("Imported", compute="_compute_counts")
    known_count = fields.Integer("Already Known", compute="_compute_counts")
    blacklisted_count = fields.Integer("On a No-Contact List", compute="_compute_counts")
    invalid_count = fields.Integer("Invalid", compute="_compute_counts")
    duplicate_count = fields.Integer("Twice in the File", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    left_out_count = fields.Integer("Left Out", compute="_compute_counts")
    todo_count = fields.Integer("To Do", compute="_compute_counts")
    done_count = fields.Integer("Rows Dealt With", compute="_compute_counts")

    # ------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------

    @api.depends("filename")
    def _compute_name(self):
        for record in self:
            record.name = record.name or (record.filename or "").rpartition(".")[0] or False

    @api.depends("end_date")
    def _compute_purge_date(self):
        for record in self:
            end = record.end_date
            record.purge_date = end.date() + timedelta(days=self.KEEP_DAYS) if end else False

    @api.depends("line_ids.outcome", "kept_counts", "state")
    def _compute_counts(self):
        found = {}
        for record, outcome, count in self.env["crm.suspect.import.line"]._read_group(
            [("import_id", "in", self.ids)], ["import_id", "outcome"], ["__count"]
        ):
            found.setdefault(record.id, {})[outcome] = count
        for record in self:
            counts = record.kept_counts or found.get(record._origin.id, {})
            record._set_counts(counts)

    def _set_counts(self, counts):
        """Set the count fields from a dict outcome -> number of rows."""
        for outcome in OUTCOMES:
            self[f"{outcome}_count"] = counts.get(outcome, 0)
        self.total_count = sum(counts.values())
        self.checked_count = self.total_count - counts.get("unchecked", 0)
        self.left_out_count = self.checked_count - self.new_count - self.imported_count
        if self.state == "checking":
            self.done_count, self.todo_count = self.checked_count, self.total_count
        else:
            self.done_count = self.imported_count + self.failed_count
            self.todo_count = self.done_count + self.new_count

    @api.depends("line_ids.outcome")
    def _compute_sample_line_ids(self):
        """Show the first rows of each class, the new ones first."""
        lines = self.env["crm.suspect.import.line"]
        outcomes = [value for value, _label in lines._fields["outcome"].selection]
        for record in self:
            record.sample_line_ids = lines.browse().concat(
                *(
                    lines.search(
                        [("import_id", "=", record._origin.id), ("outcome", "=", outcome)], limit=5
                    )
                    for outcome in outcomes
                    if outcome != "unchecked"
                )
            )

    # ------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------

    @api.constrains("collection_date")
    def _check_collection_date(self):
        today = fields.Date.context_today(self)
        if any(record.collection_date and record.collection_date > today for record in self):
            raise ValidationError(self.env._("The date of collection cannot be in the future."))

    @api.constrains("state", "source_id", "legal_basis", "collection_date", "column_ids")
    def _check_origin(self):
        """Let nothing go on without the origin of the list, whoever asks."""
        for record in self:
            if record.state != "draft" and (problems := record._missing()):
                raise ValidationError("\n".join(problems))

    @api.constrains("stage_id")
    def _check_stage(self):
        """Let a bought list make no customers."""
        if any(stage.kind not in ("suspect", "lead") for stage in self.stage_id):
            raise ValidationError(
                self.env._("People of a list become suspects or leads: choose such a stage.")
            )

    @api.constrains("company_id")
    def _check_own_company(self):
        """Let nobody import into a company that is not theirs."""
        by_somebody = self.env.uid != SUPERUSER_ID
        if by_somebody and self.company_id - self.env.user.company_ids:
            raise ValidationError(self.env._("Choose one of your own companies."))

    def _missing(self):
        """Give the sentences that say what is missing before the rows can be checked."""
        self.ensure_one()
        addresses = {"email", "phone", "mobile"} & set(self.column_ids.mapped("target"))
        required = [
            (self.filename or self.column_ids, self.env._("Choose the file of the list.")),
            (self.source_id, self.env._("Say where the list comes from.")),
            (self.legal_basis, self.env._("Say on what legal basis you use the list.")),
            (self.collection_date, self.env._("Say when the data were collected.")),
            (
                addresses,
                self.env._(
                    "No column is read as e-mail or phone: say which one it is,"
                    " in the list of columns."
                ),
            ),
        ]
        return [sentence for value, sentence in required if not value] + self._target_twice()

    def _target_twice(self):
        columns = self.column_ids.filtered(
            lambda column: column.target and column.target not in suspect_columns.REPEATABLE
        )
        labels = columns._labels()
        return [
            self.env._(
                "%(columns)s are all read as %(target)s: keep one of them.",
                columns=", ".join(same.mapped("name")),
                target=labels[target],
            )
            for target, same in columns.grouped("target").items()
            if len(same) > 1
        ]

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Recognise the columns of the files that come without them."""
        for vals in vals_list:
            self._check_file_size(vals)
        records = super().create(
            [
                {name: value for name, value in vals.items() if name not in PROGRESS}
                for vals in vals_list
            ]
        )
        records.filtered(lambda record: not record.column_ids)._recognise_columns()
        return records

    def write(self, vals):
        """Keep the evidence once people were created; read the columns of another file."""
        if PROGRESS & vals.keys() and self.env.context.get("suspect_import_step") is not STEP_TOKEN:
            raise UserError(
                self.env._("The steps of an import are done with its buttons, not by writing them.")
            )
        if EVIDENCE & vals.keys() and any(record.start_date for record in self):
            raise UserError(
                self.env._(
                    "The origin of a list cannot be changed any more once it is being imported:"
                    " it proves where the people come from."
                )
            )
        if CHECKED & vals.keys() and any(record.state != "draft" for record in self):
            raise UserError(
                self.env._("Go back to the file before you change how it is read or compared.")
            )
        self._check_file_size(vals)
        result = super().write(vals)
        if vals.get("file") and "column_ids" not in vals:
            self._recognise_columns()
        return result

    def _note_step(self, **values):
        """Write how far the import is."""
        self.with_context(suspect_import_step=STEP_TOKEN).write(values)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proof(self):
        if any(record.imported_count or record.state == "running" for record in self):
            raise UserError(
                self.env._(
                    "This import cannot be deleted: it proves where the imported people come from."
                )
            )

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_preview(self):
        """Check all rows and show the counts; nothing is created."""
        self.ensure_one()
        if self.state not in OPEN_STATES:
            raise UserError(self.env._("This list has been imported already."))
        if self.filename and not self.file:
            raise UserError(self.env._("The file is empty."))
        if problems := self._missing():
            raise UserError("\n".join(problems))
        self._start_check()

    def action_back(self):
        """Go back to the file and its columns; the rows are read again afterwards."""
        self.filtered(lambda record: record.state in ("checking", "preview"))._forget_rows()

    def action_run(self):
        """Create the new people: the first ones at once, the others in the background."""
        self.ensure_one()
        if self.state not in ("preview", "paused"):
            raise UserError(self.env._("Preview the list before you import it."))
        self._start_run()

    def action_stop(self):
        """Stop after the batch that is running; what is created stays."""
        self.filtered(lambda record: record.state == "running")._note_step(state="paused")

    def action_retry(self):
        """Try the rows once more that could not be created."""
        self.ensure_one()
        if self.state != "done":
            raise UserError(self.env._("Wait for the end of the import."))
        self._retry_failed()

    def action_open_lines(self):
        """Open the rows of the class that the button names, or all of them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_suspect_import_line_action"
        )
        outcome = self.env.context.get("suspect_outcome")
        return {
            **action,
            "domain": [("import_id", "=", self.id)],
            "context": {f"search_default_{outcome}": 1} if outcome else {},
        }

    def action_open_records(self):
        """Open the leads or contacts that were created."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported from %(list)s", list=self.name or ""),
            "res_model": self.target,
            "view_mode": "list,kanban,form",
            "domain": [("suspect_import_id", "=", self.id)],
            # the Leads views hide what is archived, a count must not
            "context": {"active_test": False},
        }

    def action_download_left_out(self):
        """Download the rows that were left out, with the reason of each."""
        self.ensure_one()
        self._write_left_out()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/left_out_file"
            "?download=true&filename_field=left_out_filename",
            "target": "download",
        }
