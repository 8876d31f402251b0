"""Odoo as a server in the foreground, until Ctrl-C or `make stop`."""

import subprocess
import time
import urllib.error
import urllib.request

from . import ports, processes
from .odoo import last_error
from .shell import die_with_parent
from .steps import Problem

PATIENCE = 120


def require_port(port):
    """Refuse a port that is taken, saying by whom."""
    if ports.is_free(port):
        return
    pid, name = ports.owner(port)
    if pid in processes.running().values():
        raise Problem(f"This checkout is served on port {port} already: open it, or make stop.")
    who = f"{name} (process {pid})" if pid else name
    raise Problem(f"Port {port} is taken by {who}: choose another with PORT=... .")


class OdooServer:
    """A running Odoo on one database."""

    def __init__(self, odoo, name, port):
        self.name = name
        self.url = f"http://localhost:{port}"
        self.log = odoo.folder(name) / "server.log"
        environment = odoo.environment(name, port)
        command = odoo.command(
            name, "server", "--db-filter", f"^{odoo.server.database_name(name)}$"
        )
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - there are no threads
            )
        processes.remember(name, self.process.pid)

    def wait_for_login_page(self):
        """Wait until a browser would see the login page."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Problem(f"Odoo ended: {last_error(self.log)} (all of it in {self.log}).")
            if self._answers():
                return
            time.sleep(0.2)
        raise Problem(f"Odoo shows no login page after {PATIENCE} s: {self.log} says why.")

    def _answers(self):
        try:
            with urllib.request.urlopen(f"{self.url}/web/login", timeout=PATIENCE) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as error:
            raise Problem(
                f"Odoo's login page is an error {error.code}: {self.log} says why."
            ) from error
        except OSError:
            return False

    def wait(self):
        """Serve until the process ends, by `make stop` or by Ctrl-C, which reaches it too."""
        try:
            self.process.wait()
        except KeyboardInterrupt:
            self.process.wait()
        finally:
            self.close()

    def close(self):
        """End the process if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        processes.forget(self.name)
