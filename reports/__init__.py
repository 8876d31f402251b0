from . import lifecycle
from . import touchpoint
from . import qualification
from . import scoring
from . import privacy
from . import nurture
