"""What gunicorn does beside its options; it reads this file by itself. Commands and tests never see it."""

import threading

from app import charts


def post_worker_init(_worker: object) -> None:
    """Load what drawing needs while the first pages are served, so that nobody waits for their first chart."""
    threading.Thread(target=charts.warm, name="charts", daemon=True).start()
