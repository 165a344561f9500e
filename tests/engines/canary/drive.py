"""Runs the controller as its Job does: the generated program, with the pauses between two looks shortened.

CONFIG is its configuration, ACCOUNT the folder with token and ca.crt, IDENTITY the name of its pod, GAUGES the
port of its metrics.
"""

import os
import sys
from pathlib import Path

import rollout
import rollout_gauges
import rollout_hold
import rollout_lease
from rollout_network import Network

rollout.CHUNK = rollout_hold.GLANCE = rollout_lease.GLANCE = rollout_lease.RENEW = 0.5
rollout_lease.DURATION = 5
rollout.Network = lambda kubernetes: Network(kubernetes, Path(os.environ["ACCOUNT"]))
rollout.socket.gethostname = lambda: os.environ["IDENTITY"]
rollout_gauges.Gauges.serve.__defaults__ = (int(os.environ["GAUGES"]),)
sys.argv = ["rollout.py", "--config", os.environ["CONFIG"]]
sys.exit(rollout.main())
