"""E-mail steps: the hand-over beside Odoo's own mass composer, same people, same text.

Both put their e-mails into Odoo's queue; nothing is sent. Odoo's composer is called as its
mailings do, without its commits. PEOPLE changes the size.
"""

import os
import time

from measuring import vacuum

from odoo.tools import split_every

from odoo.addons.crm_lifecycle.models.nurture.mail_mail import CHUNK

PEOPLE = int(os.environ.get("PEOPLE", "2000"))
ROUNDS = 3
TABLES = ("res_partner", "mailing_trace", "mail_mail", "mail_message")

BODY = """
    <p>Hello <t t-out="object.name"/>,</p>
    <p>Here is <a href="https://shop.example/offer">our offer</a> and
    <a href="https://shop.example/catalogue">our catalogue</a>.</p>
    <p><a href="/unsubscribe_from_list">Unsubscribe</a></p>
"""
CONTACTS = """
    INSERT INTO res_partner (name, complete_name, email, email_normalized, active, type, lang,
                             is_company, autopost_bills)
    SELECT 'C' || n, 'C' || n, mail, mail, TRUE, 'contact', 'en_US', TRUE, 'ask'
      FROM (SELECT n, 'nurture' || n || '@bench.example' AS mail
              FROM generate_series(1, %s) n) c
 RETURNING id
"""


def run(env, report):
    """Hand over to the same people by both, in turn, and compare."""
    env.cr.execute(CONTACTS, [PEOPLE])
    people = env["res.partner"].browse(row[0] for row in env.cr.fetchall())
    vacuum(env, *TABLES)
    sizes = {"odoo": [], "ours": []}
    queries = {"odoo": 0, "ours": 0}
    for number in range(ROUNDS):
        for name, prepare in (("odoo", by_odoo), ("ours", by_engine)):
            action = prepare(env, people, number)
            seconds, queries[name] = measured(env, action)
            sizes[name].append(seconds)
        vacuum(env, *TABLES)
    for name, seconds in sizes.items():
        each = min(seconds) / PEOPLE
        report.value(f"{name}: {PEOPLE:,} people, each", each * 1000, "ms")
        limit = 1 if name == "ours" else None
        report.value(f"{name}: queries for each", queries[name] / PEOPLE, "", at_most=limit)
    report.value("ratio", min(sizes["ours"]) / min(sizes["odoo"]), "", at_most=1.3)
    asked_again(env, report)


def asked_again(env, report):
    """Measure what is asked once more before the mails of the last round leave."""
    queued = [("mailing_id.nurture_sequence_id", "!=", False), ("state", "=", "outgoing")]
    mails = env["mail.mail"].search(queued, order="id DESC", limit=PEOPLE)

    def action():
        for ids in split_every(CHUNK, mails.ids):
            mails.browse(ids)._nurture_allowed()

    seconds, queries = measured(env, action)
    report.value("ours: asked again, each", seconds / len(mails) * 1000, "ms")
    report.value("ours: queries for it, each", queries / len(mails), "", at_most=1)


def measured(env, action):
    """Give the seconds and the queries of an action in one transaction."""
    env.flush_all()
    env.cr.commit()
    env.invalidate_all()
    before, start = env.cr.sql_log_count, time.perf_counter()
    action()
    env.flush_all()
    seconds = time.perf_counter() - start
    count = env.cr.sql_log_count - before
    env.cr.commit()
    return seconds, count


def by_odoo(env, people, number):
    """Give what Odoo does for a mailing."""
    mailing = env["mailing.mailing"].create(
        {
            "subject": f"By Odoo {number}",
            "body_html": BODY,
            "mailing_model_id": env["ir.model"]._get_id("res.partner"),
            "reply_to_mode": "update",
        }
    )
    trackers(env, mailing)
    composer = env["mail.compose.message"].with_context(
        active_ids=people.ids,
        default_composition_mode="mass_mail",
        **mailing._get_mass_mailing_context(),
    )
    values = mailing._nurture_composer_values()
    return lambda: composer.create(values)._action_send_mail(auto_commit=False)


def by_engine(env, people, number):
    """Give what the engine does for an e-mail step that all are due for."""
    sequence = env["crm.nurture.sequence"].create(
        {"name": f"By the engine {number}", "model": "res.partner"}
    )
    env["crm.nurture.step"].create(
        {
            "version_id": sequence.draft_id.id,
            "kind": "email",
            "name": f"By the engine {number}",
            "body_html": BODY,
        }
    )
    sequence.action_publish()
    trackers(env, sequence.version_id.step_ids.mailing_id)
    sequence._enroll(people)
    enrollments = env["crm.nurture.enrollment"]

    def action():
        while enrollments._run_batch():
            pass

    return action


def trackers(env, mailing):
    """Create the short links before: Odoo would look at the pages of the shop."""
    env["link.tracker"].search_or_create(
        [
            {"url": f"https://shop.example/{page}", "title": page, **tracked}
            for page in ("offer", "catalogue")
            for tracked in [mailing._get_link_tracker_values()]
        ]
    )
