"""How sales answer what marketing hands over: acceptance rate, reasons, hours.

Model: `crm.qualification.handover.report`.
"""

from . import crm_qualification_handover_report
