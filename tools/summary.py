"""The funnel of a database as a table of text, printed at the end of `make demo`."""

KINDS = ("suspect", "lead", "prospect", "customer", "former")


def show(env):
    """Print how many contacts and leads are in each kind now, and how many went on from it."""
    counts = [kind_counts(env[model]) for model in ("res.partner", "crm.lead")]
    rates = conversion_rates(env)
    rows = [
        (kind, counts[0].get(kind, 0), counts[1].get(kind, 0), rates.get(kind, ""))
        for kind in KINDS
    ]
    print(table(("", "contacts", "leads", "went on"), rows))


def kind_counts(model):
    """Return {kind: number of records} of a model of the lifecycle, archived ones left out."""
    if "lifecycle_kind" not in model._fields:
        return {}
    return dict(model._read_group([], ["lifecycle_kind"], ["__count"]))


def conversion_rates(env):
    """Return {kind: share that went on to the next kind}, once the funnel report offers it."""
    report = env.get("crm.lifecycle.report")
    if report is None or not hasattr(report, "_funnel"):
        return {}
    return {row["kind"]: f"{row['rate']:.0%}" for row in report._funnel() if row.get("rate")}


def table(titles, rows):
    """Return rows of values below their titles, the first column to the left.

    >>> print(table(("", "contacts"), [("suspect", 12), ("lead", 3)]))
                  contacts
      suspect           12
      lead               3
    """
    lines = [titles, *rows]
    return "\n".join(
        f"  {first!s:<9}" + "".join(f"{value!s:>11}" for value in others)
        for first, *others in lines
    )
