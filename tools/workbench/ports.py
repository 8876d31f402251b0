"""Network ports of this machine: is one taken, and by whom."""

import contextlib
import os
import socket
from pathlib import Path

LISTENING = "0A"


def is_free(port):
    """Tell whether a server can listen on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def owner(port):
    """Return (process id, name) of who listens on the port, as far as this user may see it."""
    sockets = {f"socket:[{inode}]" for inode in listening_sockets(port)}
    for process in Path("/proc").glob("[0-9]*"):
        if sockets & open_files(process):
            return int(process.name), (process / "comm").read_text().strip()
    return None, "another program"


def listening_sockets(port):
    """Return the inodes of the sockets that listen on the port."""
    lines = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if os.path.exists(table):
            lines += Path(table).read_text().splitlines()[1:]
    return inodes(lines, port)


def inodes(lines, port):
    """Pick from lines of /proc/net/tcp the sockets that listen on the port.

    >>> inodes(["0: 0100007F:1F85 00000000:0000 0A 0:0 0:0 0 0 0 4711 1"], 8069)
    ['4711']
    """
    rows = (line.split() for line in lines)
    return [row[9] for row in rows if row[3] == LISTENING and int(row[1].split(":")[1], 16) == port]


def open_files(process):
    """Return what a process has open; nothing when it is another user's or has ended."""
    found = set()
    with contextlib.suppress(OSError):
        for link in (process / "fd").iterdir():
            with contextlib.suppress(OSError):  # closed in the meantime
                found.add(os.readlink(link))
    return found
