"""Sequences: engines killed at random, alone and two at a time; nothing twice, nothing lost.

PEOPLE go through five steps that each leave something countable behind: a mail in Odoo's queue,
an activity, a row in the history, a tag, another activity. KILLS changes how many processes are
killed.
"""

import os

from killing import killed

PEOPLE = int(os.environ.get("PEOPLE", "1000"))
KILLS = int(os.environ.get("KILLS", "50"))


BODY = """
    <p>Hello <t t-out="object.name"/>, see <a href="https://shop.example/offer">our offer</a>.</p>
    <p><a href="/unsubscribe_from_list">Unsubscribe</a></p>
"""


def run(env, report):
    """Kill single processes, then pairs of them."""
    for processes in (1, 2):
        sequence = prepare(env)
        env.cr.commit()
        hits = killed(env.cr.dbname, KILLS, processes)
        env.cr.rollback()
        env.invalidate_all()
        label = f"{processes} at a time"
        report.value(f"{label}: processes killed at work", hits)
        for name, wrong in check(env, sequence).items():
            report.value(f"{label}: {name}", wrong, at_most=0)


def prepare(env):
    """Create the people and a running sequence of five steps, and let everybody in."""
    call = env.ref("mail.mail_activity_data_call")
    tag = env["crm.tag"].create({"name": f"Killed {env['crm.tag'].search_count([])}"})
    owner = env.ref("base.user_admin")
    owner.email = "owner@example.com"
    sequence = env["crm.nurture.sequence"].create(
        {"name": "Killed", "sales_brake": False, "user_id": owner.id}
    )
    steps = [
        {"kind": "email", "name": "Mail", "body_html": BODY},
        {"kind": "activity", "activity_type_id": call.id, "activity_summary": "one"},
        {"kind": "stage", "stage_id": env.ref("crm_lifecycle.stage_prospect").id},
        {"kind": "tag", "tag_ids": tag.ids},
        {"kind": "activity", "activity_type_id": call.id, "activity_summary": "two"},
    ]
    env["crm.nurture.step"].create(
        [
            {"version_id": sequence.draft_id.id, "sequence": number, **step}
            for number, step in enumerate(steps)
        ]
    )
    sequence.action_publish()
    leads = env["crm.lead"].create(
        [
            {"name": f"Lead {number}", "type": "lead", "email_from": f"{number}@example.com"}
            for number in range(PEOPLE)
        ]
    )
    sequence._enroll(leads)
    return sequence


def check(env, sequence):
    """Count what is missing, and what is there twice."""
    leads = sequence.enrollment_ids.lead_id
    steps = sequence.version_id.step_ids
    tag = steps.tag_ids
    activities = env["mail.activity"].search(
        [("res_model", "=", "crm.lead"), ("res_id", "in", leads.ids)]
    )
    moves = env["crm.lifecycle.transition"].search(
        [("lead_id", "in", leads.ids), ("cause", "=", "sequence")]
    )
    mails = env["mail.mail"].search([("model", "=", "crm.lead"), ("res_id", "in", leads.ids)])
    deliveries = env["crm.nurture.delivery"].search(
        [("enrollment_id.sequence_id", "=", sequence.id)]
    )
    traces = env["mailing.trace"].search(
        [("mass_mailing_id", "=", steps.mailing_id.id), ("trace_status", "=", "outgoing")]
    )
    once = [(lead.id,) for lead in leads]
    return {
        "people not at the end": len(
            sequence.enrollment_ids.filtered(lambda one: one.state != "done")
        ),
        "mails": differences([(mail.res_id,) for mail in mails], once),
        "traces": differences([(trace.res_id,) for trace in traces], once),
        "deliveries with their trace": len(leads) - len(deliveries.trace_id),
        "activities": differences(
            [(one.res_id, one.summary) for one in activities],
            [(lead.id, summary) for lead in leads for summary in ("one", "two")],
        ),
        "moves": differences([(move.lead_id.id,) for move in moves], once),
        "tags": len(leads.filtered(lambda lead: tag not in lead.tag_ids)),
        "steps": differences(
            [(row.enrollment_id.id, row.step_id.id) for row in deliveries],
            [(one.id, step.id) for one in sequence.enrollment_ids for step in steps],
        ),
    }


def differences(found, expected):
    """Count what is missing or too much."""
    return len(found) - len(set(found)) + len(set(found) ^ set(expected))
