"""Leads without anything else, and a sequence that leads them."""

from odoo.tools import SQL


def people(env, count):
    """Create leads by SQL, in a few seconds."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_lead (name, type, active, user_id, company_id, email_from,
                                  email_normalized, lifecycle_stage_id, lifecycle_kind,
                                  lifecycle_date, create_date, write_date, create_uid, write_uid)
            SELECT 'Lead ' || n, 'lead', TRUE, %(user)s, %(company)s, 'p' || n || '@example.com',
                   'p' || n || '@example.com', %(stage)s, 'lead', now() AT TIME ZONE 'UTC',
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', 1, 1
              FROM generate_series(1, %(count)s) n RETURNING id
            """,
            user=env.ref("base.user_admin").id,
            company=env.company.id,
            stage=env.ref("crm_lifecycle.stage_lead").id,
            count=count,
        )
    )
    ids = [row[0] for row in env.cr.fetchall()]
    env.cr.commit()
    return env["crm.lead"].browse(ids)


def sequence_of(env, *steps, **values):
    """Publish a sequence that has rules, as most have."""
    owner = env.ref("base.user_admin")
    owner.email = owner.email or "owner@example.com"
    sequence = env["crm.nurture.sequence"].create(
        {
            "name": "Measured",
            "user_id": owner.id,
            "goal_domain": "[('priority', '=', '3')]",
            "exit_domain": "[('referred', '=', 'nobody')]",
            **values,
        }
    )
    env["crm.nurture.step"].create(
        [
            {"version_id": sequence.draft_id.id, "sequence": number, **step}
            for number, step in enumerate(steps)
        ]
    )
    sequence.action_publish()
    env.cr.commit()
    return sequence
