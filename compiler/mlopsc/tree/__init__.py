"""The only code that touches the disk: what stands there, what would change, and the change itself.

`check` starts with `lock.lock_is_clean` before anything else is imported, so this file imports nothing.
The rest, in the order of use: `place.Tree` (where), `plan.plan` (what would change; reads only),
`diff.diff` and `report.report` (shows it), `apply.exclusive` and `apply.apply` (the only writer).
"""
