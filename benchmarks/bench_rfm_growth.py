"""RFM refresh of a million customers and ten million invoices, against a tenth of them.

CUSTOMERS and INVOICES are the size of the tenth. Loading the whole takes some minutes and 10 GB.
"""

import os
import statistics
from datetime import date

from datasets import volume
from measuring import quiet, timed, vacuum

#: Of nine contacts about five buy.
CONTACTS = int(os.environ.get("CONTACTS", "180000"))
INVOICES = int(os.environ.get("INVOICES", "1000000"))
TIMES = 10
TABLES = ("account_move", "res_partner", "crm_rfm_score")


def run(env, report):
    """Measure the refresh at two sizes."""
    small = measure(env, report, CONTACTS, INVOICES)
    large = measure(env, report, CONTACTS * (TIMES - 1), INVOICES * (TIMES - 1))
    report.value(f"cost of {TIMES} times as much", large / small, "times", at_most=1.1 * TIMES)


def measure(env, report, contacts, invoices):
    """Add contacts and invoices; return the seconds of a refresh that has nothing to write."""
    today = date.today()
    volume.load(env, contacts, invoices, 100, 0, items=False, progress=quiet)
    policy = env["crm.rfm.policy"]._default_for(env.company)
    vacuum(env, *TABLES)
    first = timed(env, lambda: policy._refresh(today))
    vacuum(env, *TABLES)
    seconds = statistics.median(timed(env, lambda: policy._refresh(today)) for _ in range(3))
    report.value("customers", policy.customer_count)
    report.value("first fill", first, "s")
    report.value("refresh", seconds, "s")
    return seconds
