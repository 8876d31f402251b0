"""What happens to a database when the addon comes and goes."""

from odoo.tools import SQL, sql

TABLES = ("crm_lead", "res_partner")
COLUMNS = (
    ("lifecycle_stage_id", "int4"),
    ("lifecycle_kind", "varchar"),
    ("lifecycle_date", "timestamp"),
)

# What the qualification of a lead says that nobody has begun to qualify.
UNQUALIFIED = (
    ("qualification_framework", "varchar", "bant"),
    ("bant_score", "int4", 0),
    ("champ_score", "int4", 0),
    ("qualification_score", "int4", 0),
    ("qualification_state", "varchar", "open"),
    ("qualification_missing", "varchar", "budget, authority, need, timeline"),
)

# The actions of the pipeline that do not show suspects. Their own domains are kept while the
# addon is there, whatever a company has made of them.
PIPELINE_ACTIONS = (
    "crm.crm_lead_all_leads",
    "crm.crm_lead_opportunities",
    "crm.crm_lead_action_pipeline",
    "crm.crm_case_form_view_salesteams_lead",
    "crm.crm_opportunity_report_action_lead",
)
KEPT_DOMAIN = "crm_lifecycle.domain_before.%s"

# What holds on to a stage and would keep Odoo from deleting it when the addon goes.
STAGE_LINKS = (
    ("crm_lead", "lifecycle_stage_id"),
    ("res_partner", "lifecycle_stage_id"),
    ("crm_lifecycle_rule", "to_stage_id"),
    ("crm_lifecycle_transition", "from_stage_id"),
    ("crm_lifecycle_transition", "to_stage_id"),
    ("crm_suspect_import", "stage_id"),
)

# What holds on to a channel of touchpoints, in the same way.
CHANNEL_LINKS = (
    ("crm_touchpoint_source", "channel_id"),
    ("crm_score_rule", "channel_id"),
    ("crm_lifecycle_transition", "first_touch_channel_id"),
    ("crm_lifecycle_transition", "last_touch_channel_id"),
)

# What holds on to a segment of the addon, in the same way.
SEGMENT_LINKS = (
    ("crm_rfm_cell", "segment_id"),
    ("crm_rfm_score", "segment_id"),
    ("crm_rfm_move", "from_segment_id"),
    ("crm_rfm_move", "to_segment_id"),
    ("mailing_mailing", "crm_segment_id"),
)
# What holds on to a purpose or to its wording, in the same way.
PURPOSE_LINKS = (
    ("crm_privacy_consent", "purpose_id"),
    ("crm_privacy_consent", "wording_id"),
    ("mailing_mailing", "privacy_purpose_id"),
    ("crm_nurture_sequence", "purpose_id"),
    ("crm_nurture_step", "message_purpose_id"),
)
# What holds on to the steps, and what steps hold on to, in the same way.
NURTURE_LINKS = (
    ("crm_nurture_enrollment", "step_id"),
    ("crm_nurture_sequence", "goal_stage_id"),
    ("crm_nurture_sequence", "trigger_stage_id"),
    ("crm_nurture_sequence", "segment_id"),
    ("crm_nurture_sequence", "calendar_id"),
    ("crm_nurture_step", "activity_plan_id"),
    ("crm_nurture_step", "stage_id"),
    ("crm_nurture_step", "action_id"),
    ("crm_nurture_step", "next_sequence_id"),
)
REASON_LINKS = (("crm_qualification_handover", "reason_id"),)


def pre_init_hook(env):
    """Create the columns empty, so that Odoo does not compute them record by record.

    The domains that the addon will replace are kept.
    """
    for xmlid in PIPELINE_ACTIONS:
        action = env.ref(xmlid, raise_if_not_found=False)
        if action:
            env["ir.config_parameter"].set_param(KEPT_DOMAIN % xmlid, action.domain or "[]")
    for table in TABLES:
        for name, kind in COLUMNS:
            if not sql.column_exists(env.cr, table, name):
                sql.create_column(env.cr, table, name, kind)
    for name, kind, value in UNQUALIFIED:
        if not sql.column_exists(env.cr, "crm_lead", name):
            _create_filled_column(env.cr, "crm_lead", name, kind, value)


def _create_filled_column(cr, table, name, kind, value):
    """Create a column that has a value in all rows, without writing any row.

    The database notes a constant default with the table, where it stays for the rows of now.
    """
    names = {"table": SQL.identifier(table), "name": SQL.identifier(name)}
    cr.execute(
        SQL(
            "ALTER TABLE %(table)s ADD COLUMN %(name)s %(kind)s DEFAULT %(value)s",
            kind=SQL(kind),
            value=value,
            **names,
        )
    )
    cr.execute(SQL("ALTER TABLE %(table)s ALTER COLUMN %(name)s DROP DEFAULT", **names))


def post_init_hook(env):
    """Give the records of the database stages, RFM figures and touchpoints; won means bought."""
    customer = env.ref("crm_lifecycle.stage_customer")
    env["crm.stage"].search([("is_won", "=", True)]).lifecycle_stage_id = customer
    env["crm.lifecycle.backfill"]._run()
    env["crm.rfm.policy"].search([("refresh_date", "=", False)])._refresh_with_past()
    env["crm.touchpoint"]._harvest()
    env["crm.score.policy"]._refresh_all()


def uninstall_hook(env):
    """Give the actions of the pipeline their own domains back, and let the stages go."""
    parameters = env["ir.config_parameter"]
    for xmlid in PIPELINE_ACTIONS:
        action = env.ref(xmlid, raise_if_not_found=False)
        domain = parameters.get_param(KEPT_DOMAIN % xmlid)
        if action and domain:
            action.domain = domain if domain != "[]" else False
        parameters.set_param(KEPT_DOMAIN % xmlid, False)
    _let_qualification_go(env)
    # Odoo's recycling must not go on with them without the addon
    env["data_recycle.model"].with_context(active_test=False).search(
        [("retention_ids", "!=", False)]
    ).unlink()
    parameters.search([("key", "=like", "crm_lifecycle.%")]).unlink()
    _cancel_messages(env)
    links = STAGE_LINKS + CHANNEL_LINKS + SEGMENT_LINKS + REASON_LINKS + PURPOSE_LINKS
    for table, column in links + NURTURE_LINKS:
        sql.drop_constraint(env.cr, table, f"{table}_{column}_fkey")


def _cancel_messages(env):
    """Keep what sequences have queued from leaving: nobody would ask for the consent any more."""
    for model, cancel in (("mail.mail", "cancel"), ("sms.sms", "action_set_canceled")):
        queued = env[model].search(
            [("mailing_id.nurture_sequence_id", "!=", False), ("state", "=", "outgoing")]
        )
        getattr(queued, cancel)()
    traces = env["mailing.trace"].search(
        [
            ("mass_mailing_id.nurture_sequence_id", "!=", False),
            ("trace_status", "in", ("outgoing", "pending", "process")),
        ]
    )
    traces.set_canceled()


def _let_qualification_go(env):
    """Keep the reasons that leads were lost for; the reminders about hand-overs go."""
    owned = env["ir.model.data"].search(
        [("module", "=", "crm_lifecycle"), ("model", "=", "crm.lost.reason")]
    )
    leads = env["crm.lead"].with_context(active_test=False)
    used = leads.search([("lost_reason_id", "in", owned.mapped("res_id"))]).lost_reason_id
    owned.filtered(lambda name: name.res_id in used.ids).unlink()
    kind = env.ref("crm_lifecycle.mail_activity_type_handover", raise_if_not_found=False)
    if kind:
        activities = env["mail.activity"].with_context(active_test=False)
        activities.search([("activity_type_id", "=", kind.id)]).unlink()
