"""What the token of a job may do, with the reason that stands beside it."""

from mlopsc.targets.github.expressions import expression
from mlopsc.targets.github.parts import Permissions

READ: Permissions = {"contents": ("read", "to check out")}
DISPATCH: Permissions = {"actions": ("write", "to start the workflow")}
OIDC: Permissions = {"id-token": ("write", "to take on the role in the cloud, without a stored key")}
TOKEN = {"GITHUB_TOKEN": expression("github.token")}
