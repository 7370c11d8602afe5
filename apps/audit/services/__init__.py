"""Writing the trail: `record` is the one way in, and there is no switch that turns it off. Beside it stand signed
checkpoints (`services.checkpoints`) and archived segments (`services.archives`).
"""

from apps.audit.services.recording import SYSTEM, WORKER, actor_of, record

__all__ = ["SYSTEM", "WORKER", "actor_of", "record"]
