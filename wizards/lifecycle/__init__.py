"""Import of lists of suspects: from a bought or collected file to leads or contacts.

A file is read (`suspect_file`), its columns recognised (`suspect_columns`), each row
checked (`suspect_row`) and put into one class by sets (new, already known, on a no-contact
list, invalid, twice in the file). Nothing is created before the person has seen the counts
and said where the list comes from. Then the new rows become leads or contacts in batches.

Models: `crm.suspect.import` with its `crm.suspect.import.column` and
`crm.suspect.import.line`; `crm.lead` and `res.partner` point to their import.

What others may call or extend:

* `env["crm.suspect.import"]._known_sources()`: where a person may be known already;
* `env["crm.suspect.import"]._no_contact_sources()`: the lists nobody on which is imported;
* `records._suspect_import_values(person, country)` on leads and contacts.
"""

from . import suspect_columns
from . import suspect_file
from . import suspect_row
from . import crm_suspect_import
from . import crm_suspect_import_file
from . import crm_suspect_import_check
from . import crm_suspect_import_run
from . import crm_suspect_import_column
from . import crm_suspect_import_line
from . import crm_suspect_origin_mixin
from . import crm_lead
from . import res_partner
from . import mailing_contact
from . import crm_suspect_assign
from . import base_partner_merge
