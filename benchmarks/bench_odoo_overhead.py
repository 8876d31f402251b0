"""What the addon costs Odoo: opening the pipeline, a lead, a contact; creating 1,000 leads.

The line under the title of a form comes by a request of its own, for which the form does not wait:
its queries count, its time is reported beside.

The database gets the past of a company and is copied; the addon is taken out of the copy. Then each
action is done alternately on both, as a salesperson, each time in a new transaction. What the addon
adds is the median over the pairs, so that other work of the machine does not count.
"""

import contextlib
import statistics
import subprocess
import time

from datasets import volume
from lxml import etree

from odoo import api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db, db_connect
from odoo.tools import SQL
from odoo.tools.misc import exec_pg_environ, find_pg_tool
from odoo.tools.safe_eval import safe_eval

SIZE = {"partners": 20_000, "invoices": 50_000, "leads": 10_000, "orders": 2_000}
OPENINGS, CREATIONS = 100, 8
MORE_QUERIES, MORE_TIME, MORE_TIME_CREATING = 5, 15, 10

#: What the widgets of the addon read beside the fields of the view, their `fieldDependencies`.
ASKED_BY_WIDGETS = {"score_badge": ("score",)}


def run(env, report):
    """Compare the database of the benchmark with a copy without the addon."""
    volume.load(env, **SIZE, progress=lambda line: None)
    fill_side_tables(env)
    name = env.cr.dbname
    with copy_without_addon(env, f"{name}_without") as other:
        with_addon, without = Side(name), Side(other)
        for label, action in OPENING.items():
            compare(report, label, with_addon, without, action, OPENINGS, MORE_TIME, MORE_QUERIES)
        for model in with_addon.ids:
            measure_line(report, model, with_addon)
        for label, action in CREATING.items():
            compare(report, label, with_addon, without, action, CREATIONS, MORE_TIME_CREATING)


def fill_side_tables(env):
    """Give everybody a past, a score and a segment, as the addon finds them after its install."""
    env["crm.lifecycle.backfill"]._run()
    env["crm.touchpoint"]._harvest()
    env["crm.score.policy"]._refresh_all()
    for policy in env["crm.rfm.policy"].search([("is_default", "=", True)]):
        policy._refresh()
    env.cr.commit()


@contextlib.contextmanager
def copy_without_addon(env, name):
    """Give a copy of the database without the addon, which is removed at the end."""
    execute_outside(SQL("DROP DATABASE IF EXISTS %s", SQL.identifier(name)))
    execute_outside(SQL("CREATE DATABASE %s TEMPLATE template0", SQL.identifier(name)))
    try:
        restore(env.cr.dbname, name)
        with Registry(name).cursor() as cr:
            modules = api.Environment(cr, env.uid, {})["ir.module.module"]
            modules.search([("name", "=", "crm_lifecycle")]).button_immediate_uninstall()
        for database in (env.cr.dbname, name):
            execute_outside(SQL("VACUUM ANALYZE"), database)
        yield name
    finally:
        Registry.delete(name)
        close_db(name)
        execute_outside(SQL("DROP DATABASE %s WITH (FORCE)", SQL.identifier(name)))


def restore(source, target):
    """Copy the rows of a database into an empty one, while the source is in use."""
    environ = exec_pg_environ()
    dump = subprocess.Popen(
        [find_pg_tool("pg_dump"), "-Fc", "-Z0", "--no-owner", source],
        stdout=subprocess.PIPE,
        env=environ,
    )
    command = [find_pg_tool("pg_restore"), "--no-owner", "-d", target]
    subprocess.run(command, stdin=dump.stdout, env=environ, check=True)
    if dump.wait():
        raise RuntimeError(f"pg_dump of {source} failed")


def execute_outside(statement, database="postgres"):
    """Execute a statement that no transaction may hold."""
    with contextlib.closing(db_connect(database).cursor()) as cr:
        cr._cnx.autocommit = True
        cr.execute(statement)


class Side:
    """One of the two databases, as a salesperson sees it."""

    def __init__(self, database):
        self.registry = Registry(database)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            user = env["res.users"].search([("login", "=", "volume.sales.1@example.com")])
            self.uid = user.id
            self.context = dict(user.with_user(user).context_get())
            env = env(user=user, context=self.context)
            self.pipeline = Pipeline(env)
            self.specs = {model: form_spec(env[model]) for model in ("crm.lead", "res.partner")}
            self.ids = {
                "crm.lead": env["crm.lead"].search([("user_id", "=", user.id)], limit=OPENINGS).ids,
                "res.partner": customers(env, OPENINGS),
            }

    def measure(self, action, turn):
        """Do the action in a transaction that is rolled back; return seconds and queries."""
        with contextlib.closing(self.registry.cursor()) as cr:
            env = api.Environment(cr, self.uid, self.context)
            env.user.group_ids  # a request has its user in the cache  # noqa: B018
            queries, start = cr.sql_log_count, time.perf_counter()
            action(env, self, turn)
            env.flush_all()
            return time.perf_counter() - start, cr.sql_log_count - queries


def compare(report, label, with_addon, without, action, turns, more_time, more_queries=None):
    """Measure the action on both sides in turn and report what the addon adds."""
    pairs = [measured_pair((with_addon, without), action, turn, turns) for turn in range(turns + 1)]
    # the first time fills the caches of the process
    sides = [medians(side) for side in zip(*pairs[1:], strict=True)]
    # neighbours are compared: what else the machine does slows both
    more = statistics.median(with_[0] / without_[0] - 1 for with_, without_ in pairs[1:])
    report.value(f"{label}: with the addon", sides[0][0] * 1000, "ms")
    report.value(f"{label}: without", sides[1][0] * 1000, "ms")
    report.value(f"{label}: more time", more * 100, "%", at_most=more_time)
    report.value(f"{label}: queries without", sides[1][1])
    report.value(f"{label}: more queries", sides[0][1] - sides[1][1], at_most=more_queries)


def measure_line(report, model, side):
    """Report what the line under the title costs, which no form waits for."""
    line, nothing = (
        medians([side.measure(action, turn) for turn in range(OPENINGS + 1)][1:])
        for action in (open_line(model), open_nothing)
    )
    report.value(f"line of a {model}", (line[0] - nothing[0]) * 1000, "ms")
    report.value(f"line of a {model}: queries", line[1] - nothing[1], at_most=MORE_QUERIES - 1)


def measured_pair(sides, action, turn, turns):
    """Measure both sides one after the other, each being the first every second time."""
    order = sides if turn % 2 else sides[::-1]
    pair = [side.measure(action, turn % turns) for side in order]
    return pair if turn % 2 else pair[::-1]


def medians(values):
    """Return the median time and the median number of queries."""
    return [statistics.median(column) for column in zip(*values, strict=True)]


def customers(env, count):
    """Return the ids of contacts who buy a lot."""
    return env["res.partner"].search([], order="customer_rank desc, id", limit=count).ids


# ------------------------------------------------------------
# What the web client asks for
# ------------------------------------------------------------


class Pipeline:
    """What the client asks for when the pipeline is opened: "My Pipeline" as a kanban."""

    def __init__(self, env):
        action = env.ref("crm.crm_lead_action_pipeline").sudo()
        context = {**env.context, "uid": env.uid}
        self.context = safe_eval(action.context, dict(context))
        self.domain = safe_eval(action.domain, dict(context)) + [("user_id", "=", env.uid)]
        view = env["crm.lead"].get_views([[False, "kanban"]])["views"]["kanban"]
        arch = etree.fromstring(view["arch"])
        self.spec = arch_spec(env["crm.lead"], arch)
        bar = arch.find(".//progressbar")
        self.bar = {"field": bar.get("field"), "colors": safe_eval(bar.get("colors"))}
        self.sums = [f"{name}:sum" for name in (bar.get("sum_field"), "probability") if name]

    def open(self, env):
        """Ask for the columns with their first cards, and for the bars."""
        leads = env["crm.lead"].with_context(**self.context)
        leads.web_read_group(
            self.domain,
            ["stage_id"],
            self.sums,
            auto_unfold=True,
            unfold_read_specification=self.spec,
        )
        leads.read_progress_bar(self.domain, "stage_id", self.bar)


def form_spec(model):
    """Return what the client reads to show a record in its form."""
    view = model.get_views([[False, "form"]])["views"]["form"]
    return arch_spec(model, etree.fromstring(view["arch"]))


def arch_spec(model, arch):
    """Return the specification of `web_read` for the fields of a view, as the client builds it."""
    spec = {}
    for node in arch.iterdescendants("field"):
        if next(node.iterancestors("field"), None) in (None, arch):
            spec[node.get("name")] = field_spec(model, node)
            spec |= {name: {} for name in ASKED_BY_WIDGETS.get(node.get("widget"), ())}
    return spec


def field_spec(model, node):
    """Return what is read of one field: names of records, the lines of lists."""
    field = model._fields[node.get("name")]
    if field.type in ("many2one", "reference"):
        return {"fields": {"display_name": {}}}
    if field.type not in ("one2many", "many2many") or node.get("invisible") in ("True", "1"):
        return {}
    inside = arch_spec(model.env[field.comodel_name], node)
    return {"fields": inside or {"display_name": {}}, "limit": 40}


# ------------------------------------------------------------
# The actions
# ------------------------------------------------------------


def open_pipeline(env, side, _turn):
    """Open the kanban of the pipeline."""
    side.pipeline.open(env)


def open_form(model):
    """Return the action that opens the form of another record each time."""

    def action(env, side, turn):
        ids = side.ids[model]
        env[model].browse(ids[turn % len(ids)]).web_read(side.specs[model])

    return action


def open_nothing(env, _side, _turn):
    """Read what each request reads: the company and the time zone of the user."""
    return env.tz, env.company.currency_id


def open_line(model):
    """Return the action that asks for the line under the title of another record each time."""

    def action(env, side, turn):
        open_nothing(env, side, turn)
        ids = side.ids[model]
        env[model].browse(ids[turn % len(ids)]).get_lifecycle_summary()

    return action


def create_leads(**context):
    """Return the action that creates 1,000 leads at once."""

    def action(env, _side, turn):
        env["crm.lead"].with_context(**context).create(
            [
                {
                    "name": f"Request {number}",
                    "contact_name": f"Person {number}",
                    "email_from": f"new.{turn}.{number}@new{number % 300}.example.com",
                    "phone": f"+3361234{number:04}",
                    "type": "lead" if number % 2 else "opportunity",
                }
                for number in range(1000)
            ]
        )

    return action


OPENING = {
    "pipeline": open_pipeline,
    "form of a lead": open_form("crm.lead"),
    "form of a contact": open_form("res.partner"),
}
CREATING = {
    "1,000 leads, no tracking": create_leads(tracking_disable=True),
    "1,000 leads, as users do": create_leads(),
}
