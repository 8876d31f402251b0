from . import lifecycle
from . import rfm
from . import segment
