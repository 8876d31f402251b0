"""First install on an old database: seconds until all its records have their stages.

The addon is taken out, the database gets the past of a company (contacts, invoices, leads and
orders by `datasets.volume`), and the addon is installed as the Apps menu does it. What the same
installation takes on an empty database is subtracted. CONTACTS, INVOICES and LEADS change the size.
"""

import os
import time

from datasets import volume

from odoo import api
from odoo.tools import SQL

CONTACTS = int(os.environ.get("CONTACTS", "200000"))
INVOICES = int(os.environ.get("INVOICES", "500000"))
LEADS = int(os.environ.get("LEADS", "50000"))
LIMIT = 60

#: Who bought, by a count of the invoices, and how many of them are customers or were.
BUYERS = """
    SELECT COUNT(*), COUNT(*) FILTER (WHERE p.lifecycle_kind IN ('customer', 'former'))
      FROM res_partner p JOIN (
        SELECT DISTINCT who FROM account_move m,
               LATERAL (VALUES (m.partner_id), (m.commercial_partner_id)) v (who)
         WHERE m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_receipt')
           AND m.payment_state <> 'reversed'
      ) buyer ON buyer.who = p.id
"""
STAGES = """
    SELECT COUNT(*),
           COUNT(*) FILTER (WHERE COALESCE(lifecycle_date > now() AT TIME ZONE 'UTC', TRUE))
      FROM res_partner WHERE lifecycle_stage_id IS NOT NULL
"""
LEADS_LEFT = "SELECT COUNT(*) FROM crm_lead WHERE lifecycle_stage_id IS NULL"


def run(env, report):
    """Install the addon on an empty database, then on a full one, and compare."""
    change(env, "button_immediate_uninstall")
    empty = change(env, "button_immediate_install")
    report.value("installation on an empty database", empty, "s")
    change(env, "button_immediate_uninstall")
    volume.load(fresh(env), CONTACTS, INVOICES, LEADS, progress=quiet)
    full = change(env, "button_immediate_install")
    size = f"{CONTACTS:,} contacts, {INVOICES:,} invoices, {LEADS:,} leads"
    report.value(f"installation on {size}", full, "s")
    report.value("of it for the stages", full - empty, "s", at_most=LIMIT)
    check(env, report)


def change(env, action):
    """Install or uninstall the addon; return the seconds it took."""
    env = fresh(env)
    module = env["ir.module.module"].search([("name", "=", "crm_lifecycle")])
    start = time.perf_counter()
    getattr(module, action)()
    env.cr.commit()
    return time.perf_counter() - start


def fresh(env):
    """Return an environment of the models as they are after the addon came or went."""
    env.transaction.reset()
    return api.Environment(env.cr, env.uid, {})


def check(env, report):
    """Count the customers by other means: none may be missing."""
    buyers, customers = row(env, BUYERS)
    stages, dateless = row(env, STAGES)
    (leads,) = row(env, LEADS_LEFT)
    report.value("contacts with a stage", stages)
    report.value("of them buyers, by a count of the invoices", buyers)
    report.value("buyers that are no customers", buyers - customers, at_most=0)
    report.value("stages without a date of the past", dateless, at_most=0)
    report.value("leads without a stage", leads, at_most=0)


def row(env, query):
    """Return the one row that a query gives."""
    env.cr.execute(SQL(query))
    return env.cr.fetchone()


def quiet(_line):
    """Keep the progress of the loading to ourselves."""
