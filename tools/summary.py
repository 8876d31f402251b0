"""The funnel of a database as a table of text, printed at the end of `make demo`."""

KINDS = ("suspect", "lead", "prospect", "customer", "former")
TITLES = ("", "contacts", "leads", "entered", "went on", "rate", "bought", "rate")


def show(env):
    """Print, for each kind, who is in it now, and the conversions that the funnel report counts."""
    contacts, leads = (kind_counts(env[model]) for model in ("res.partner", "crm.lead"))
    steps = {step["kind"]: step for step in funnel(env)}
    rows = []
    for kind in KINDS:
        step = steps.get(kind, {})
        figures = (
            step.get("entered"),
            step.get("converted"),
            percent(step.get("rate")),
            step.get("customers"),
            percent(step.get("customer_rate")),
        )
        rows.append((kind, contacts.get(kind, 0), leads.get(kind, 0), *figures))
    print(table(TITLES, rows))


def kind_counts(model):
    """Return {kind: number of records} of a model of the lifecycle, archived ones left out."""
    if "lifecycle_kind" not in model._fields:
        return {}
    return dict(model._read_group([], ["lifecycle_kind"], ["__count"]))


def funnel(env):
    """Return the figures of the funnel report over all times."""
    return env["crm.lifecycle.report"]._funnel([]) if "crm.lifecycle.report" in env else []


def percent(rate):
    """Return a rate for people; nothing where there is none.

    >>> percent(12.345), percent(None)
    ('12.3 %', None)
    """
    return None if rate is None else f"{rate:.1f} %"


def table(titles, rows):
    """Return rows of values below their titles, the first column to the left.

    >>> print(table(("", "contacts"), [("suspect", 12), ("lead", None)]))
                  contacts
      suspect           12
      lead
    """
    lines = [
        f"  {first!s:<9}" + "".join(f"{'' if value is None else value!s:>11}" for value in others)
        for first, *others in (titles, *rows)
    ]
    return "\n".join(line.rstrip() for line in lines)
