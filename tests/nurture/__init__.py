from . import test_crm_nurture_sequence_rules
from . import test_doctests
from . import test_timetable
from . import test_crm_nurture_enrollment
