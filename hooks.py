"""What happens to a database when the addon comes and goes."""

from odoo.tools import sql

TABLES = ("crm_lead", "res_partner")
COLUMNS = (
    ("lifecycle_stage_id", "int4"),
    ("lifecycle_kind", "varchar"),
    ("lifecycle_date", "timestamp"),
)

# The actions of the pipeline that do not show suspects, with the domain that Odoo gives them.
PIPELINE_ACTIONS = {
    "crm.crm_lead_all_leads": "['|', ('type','=','lead'), ('type','=',False)]",
    "crm.crm_lead_opportunities": "[('type','=','opportunity')]",
    "crm.crm_lead_action_pipeline": "[('type','=','opportunity')]",
}

# What holds on to a stage and would keep Odoo from deleting it when the addon goes.
STAGE_LINKS = (
    ("crm_lead", "lifecycle_stage_id"),
    ("res_partner", "lifecycle_stage_id"),
    ("crm_lifecycle_rule", "to_stage_id"),
    ("crm_lifecycle_transition", "from_stage_id"),
    ("crm_lifecycle_transition", "to_stage_id"),
)


def pre_init_hook(env):
    """Create the columns empty, so that Odoo does not compute them record by record."""
    for table in TABLES:
        for name, kind in COLUMNS:
            if not sql.column_exists(env.cr, table, name):
                sql.create_column(env.cr, table, name, kind)


def post_init_hook(env):
    """Give the records of the database their stages; say that won means bought."""
    customer = env.ref("crm_lifecycle.stage_customer")
    env["crm.stage"].search([("is_won", "=", True)]).lifecycle_stage_id = customer
    env["crm.lifecycle.backfill"]._run()


def uninstall_hook(env):
    """Give the actions of the pipeline their own domains back, and let the stages go."""
    for xmlid, domain in PIPELINE_ACTIONS.items():
        action = env.ref(xmlid, raise_if_not_found=False)
        if action:
            action.domain = domain
    for table, column in STAGE_LINKS:
        sql.drop_constraint(env.cr, table, f"{table}_{column}_fkey")
