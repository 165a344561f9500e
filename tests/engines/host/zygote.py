"""Starts Python programs as real processes, in a few milliseconds each, with the large modules imported.

Reads a line of JSON for each: program, arguments, environment, cwd, input (a file) and output (a file);
answers `pid NUMBER`, and `exit NUMBER CODE` when one ends.
"""

import atexit
import json
import os
import runpy
import select
import signal
import sys

import h11  # noqa: F401
import prometheus_client  # noqa: F401
import uvicorn
import uvicorn.lifespan.on
import uvicorn.protocols.http.h11_impl  # noqa: F401


def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def start(wanted):
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        into = os.open(wanted["input"] or os.devnull, os.O_RDONLY)
        out = os.open(wanted["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for number, file in ((0, into), (1, out), (2, out)):
            os.dup2(file, number)
        os.closerange(3, 256)
        os.environ.clear()
        os.environ.update(wanted["environment"])
        os.chdir(wanted["cwd"])
        sys.argv = [wanted["program"], *wanted["arguments"]]
        sys.path.insert(0, os.path.dirname(wanted["program"]))
        sys.path.extend(filter(None, os.environ.get("PYTHONPATH", "").split(":")))
        runpy.run_path(wanted["program"], run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as fault:
        print(f"{type(fault).__name__}: {fault}", flush=True)
        code = 1
    finally:
        # As at the end of any program: what was said is written out.
        atexit._run_exitfuncs()
        sys.stdout.flush()
        os._exit(code)


def main():
    awake, poke = os.pipe()
    os.set_blocking(poke, False)
    signal.set_wakeup_fd(poke)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    rest = b""
    while True:
        ready, _, _ = select.select([0, awake], [], [])
        if awake in ready:
            os.read(awake, 4096)
        if 0 in ready:
            more = os.read(0, 65536)
            if not more:
                return
            *lines, rest = (rest + more).split(b"\n")
            for line in lines:
                say("pid", start(json.loads(line)))
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if not pid:
                break
            say("exit", pid, os.waitstatus_to_exitcode(status))


main()
