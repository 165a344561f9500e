"""Brings up the loopback of a new network, from which nothing else can be reached; then runs programs.

    alone.py HEARD COMMAND ...

Each COMMAND is one line of shell. What is posted to port 9000 becomes a line of the file HEARD. Ends when one
of the commands does.
"""

import fcntl
import http.server
import os
import socket
import struct
import subprocess
import sys
import threading

SIOCSIFFLAGS, UP_AND_RUNNING, PORT = 0x8914, 0x1 | 0x40, 9000


def main(heard: str, *commands: str) -> int:
    """Run the commands."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
        fcntl.ioctl(plug, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", UP_AND_RUNNING))
    threading.Thread(target=listen, args=(heard,), daemon=True).start()
    started = {subprocess.Popen(command, shell=True).pid: command for command in commands}
    # The first process of its namespace: orphans come to it, and their ends are nobody's.
    while (ended := os.wait())[0] not in started:
        pass
    print(f"{started[ended[0]]} ended with {ended[1]}", flush=True)
    return 1


def listen(heard: str) -> None:
    """Keep what is posted."""

    class Sink(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with open(heard, "ab") as file:
                file.write(body.replace(b"\n", b" ") + b"\n")
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Sink).serve_forever()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
