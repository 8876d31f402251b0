"""What the sequences did, in figures that stay true after the people are deleted.

Model: `crm.nurture.report`, one row per step done for somebody, computed when it is read; what
was deleted is there as counts. All figures of steps come from it.

What others may call:

* `env["crm.nurture.report"]`: to search and to group, by the rights of the reader;
* `_living_sql(condition)`: the rows of the deliveries that fulfil it, as SQL.
"""

from . import crm_nurture_report
