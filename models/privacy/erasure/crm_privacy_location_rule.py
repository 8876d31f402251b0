from odoo import fields, models

ACTIONS = [
    ("delete", "Delete"),
    ("blank", "Blank"),
    ("constant", "Replace"),
    ("redact", "Strike Out"),
    ("detach", "Detach"),
    ("keep", "Keep by Law"),
    ("stay", "Stays: points to the erased record only"),
    ("report", "Report"),
    ("unclassified", "To Classify"),
]

LINKS = [
    ("self", "The person's own record"),
    ("partner", "Link to a contact"),
    ("user", "Link to a user"),
    ("lead", "Link to a lead"),
    ("guest", "Link to a guest of a chat"),
    ("mailing_contact", "Link to a mailing contact"),
    ("polymorphic", "Link to any record"),
    ("parent", "Part of a record of the person"),
    ("email", "E-mail address"),
    ("phone", "Phone number"),
    ("text", "Text"),
    ("file", "File"),
]

SUBJECTS = [
    ("identity", "Identity and Address"),
    ("opportunity", "Leads and Opportunities"),
    ("sale", "Quotations and Orders"),
    ("invoice", "Invoices and Payments"),
    ("message", "Messages and Conversations"),
    ("marketing", "Newsletters and Campaigns"),
    ("calendar", "Meetings and Tasks"),
    ("access", "Accounts and Connections"),
    ("profile", "Scores, Segments and Touchpoints"),
    ("privacy", "Consents and Requests"),
    ("file", "Files"),
    ("other", "Other"),
    ("technical", "Settings of the Program"),
]


class CrmPrivacyLocationRule(models.Model):
    """What is done with personal data at places known beforehand: shipped as data.

    Which places does a rule name?
        The fields of one model, or of several: both names may hold stars, and a link may be
        asked for. The rule that names a place most exactly decides, the model before the field.
        A rule without stars may also name a field that only leads to a person by way of another
        record: the place of the clicks of a mailing is "part of" the trace of the mailing.
    What of models that are not installed?
        Their rules sleep until Odoo's metadata shows such a field.
    How does another addon say what is done with its own data?
        By records of this model in its data files. A person who classifies a place by hand
        does so on the place, which then no longer follows any rule.
    What is done?
        `action` with the person's own records, `mention` with a text of anybody else's record
        that names the person.
    """

    _name = "crm.privacy.location.rule"
    _description = "Rule for a Place of Personal Data"
    _order = "model, field, id"

    model = fields.Char(required=True, help="Name of a model; * stands for anything.")
    field = fields.Char(required=True, default="*", help="Name of a field; * stands for all.")
    link = fields.Selection(LINKS)
    owner = fields.Boolean(
        "Makes It the Person's", help="A record that links here is the person's own record."
    )
    action = fields.Selection(ACTIONS, required=True)
    mention = fields.Selection(ACTIONS, "If Others' Records Name the Person")
    subject = fields.Selection(SUBJECTS, default="other", required=True)
    reason = fields.Char(translate=True)
    article = fields.Char(help="Article of the law that orders to keep, as 17(3)(b).")
    export = fields.Boolean("In Copies of a Person's Data", default=True)
    searched = fields.Boolean(
        "Searched by the Plan",
        default=True,
        help="Otherwise only the scan after an erasure reads these texts.",
    )
