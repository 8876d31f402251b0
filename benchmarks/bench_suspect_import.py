"""Import of suspect lists: rows per second against Odoo's own create of the same rows.

Each batch is committed, as in life. The batches of both alternate, so that whatever else the
machine does slows both alike.
SUSPECT_ROWS gives the sizes of the lists, 2000,10000 by default.
"""

import base64
import os
import resource
import time
from itertools import count, islice

from odoo.addons.crm_lifecycle.wizards.lifecycle import suspect_row
from odoo.addons.crm_lifecycle.wizards.lifecycle.crm_suspect_import_run import ROWS_PER_BATCH

SIZES = [int(size) for size in os.environ.get("SUSPECT_ROWS", "2000,10000").split(",")]
HEADER = "Société;Nom;Prénom;Courriel;Téléphone;Adresse;CP;Ville;Fonction;Site web"
PEOPLE = count()
NAMES = {"crm.lead": "leads", "res.partner": "contacts"}


def run(env, report):
    """Import lists of leads and of contacts."""
    env.company.country_id = env.ref("base.fr")
    for target in NAMES:
        for size in SIZES:
            _import(env, report, target, size)


def _import(env, report, target, size):
    label = f"{size:,} {NAMES[target]}"
    record = _new_import(env, target, _make_list(size))
    # the first ones fill the caches of both
    other = _new_import(env, target, _make_list(size))
    with report.time(f"preview of {label}"):
        _check(record)
    _check(other)
    batches = _plain_values(other)
    memory, ours, plain = _memory(), 0.0, 0.0
    record._note_step(state="running", run_by_id=env.uid)
    for values in batches:
        ours += _seconds(env, record._run_step)
        plain += _seconds(env, lambda values=values: _create_plainly(env, target, values))
    ours += _seconds(env, lambda: record.state == "running" and record._run_step())
    assert record.imported_count == size, record.imported_count
    report.value(f"import of {label}", size / ours, "rows/s")
    report.value(f"Odoo's create of {label}", size / plain, "rows/s")
    report.value(f"share of Odoo's rate, {label}", 100 * plain / ours, "%", at_least=80)
    report.value(f"memory grown in {label}", _memory() - memory, "MB", at_most=150)


def _make_list(size):
    """Make a list as brokers sell it, of people that no list had before."""
    rows = (
        f"Société {n};Durand{n};Zoé;zoe.durand{n}@exemple{n % 997}.fr;"
        f"01 {20 + n // 1_000_000} {n // 10_000 % 100:02d} {n // 100 % 100:02d} {n % 100:02d};"
        f"{n} rue de la Paix;75002;Paris;Gérant;www.ex{n}.fr"
        for n in islice(PEOPLE, size)
    )
    return "\n".join([HEADER, *rows]).encode("cp1252")


def _new_import(env, target, data):
    source = env["utm.source"].search([], limit=1) or env["utm.source"].create({"name": "Bench"})
    return env["crm.suspect.import"].create(
        {
            "file": base64.b64encode(data),
            "filename": "bench.csv",
            "source_id": source.id,
            "legal_basis": "legitimate_interest",
            "collection_date": "2026-01-01",
            "target": target,
        }
    )


def _check(record):
    record._note_step(state="checking")
    while record.state == "checking":
        record._check_step()


def _plain_values(record):
    """Give what Odoo would create without the addon, in batches of the same size."""
    model = record._target_model()
    targets, countries = record._targets(), record._countries()
    common = model._suspect_import_common_values(record)
    common.pop("suspect_import_id")
    common["lifecycle_stage_id"] = False
    values = []
    for line in record.line_ids:
        person = suspect_row.read_person(line.cells, targets)
        country = record._country(person, countries)
        values.append({**common, **model._suspect_import_values(person, country)})
    return [values[at : at + ROWS_PER_BATCH] for at in range(0, len(values), ROWS_PER_BATCH)]


def _create_plainly(env, target, values):
    env[target].with_context(tracking_disable=True).create(values)
    env.flush_all()


def _seconds(env, work):
    start = time.perf_counter()
    work()
    # as the cron does it: a list is not one transaction
    env.cr.commit()
    seconds = time.perf_counter() - start
    env.invalidate_all()
    return seconds


def _memory():
    """Give the most memory this process has used so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
