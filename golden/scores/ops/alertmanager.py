"""Put monitoring/alertmanager.yml and the secrets that it names where Alertmanager reads them.

    alertmanager.py      write them below ALERTMANAGER_FOLDER, /etc/alertmanager unless set

The values come from the environment or .env. Each file belongs to the owner of the folder, who alone may
read it: make it once, `install -d -o prometheus -m 0700 /etc/alertmanager/<model>`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import verdict
from settings import resolve, settings
from verdict import Outcome

DEFAULT = "/etc/alertmanager"


def main() -> int:
    """Run the command; return 0 when it is done, 2 for an error."""
    return verdict.run("alertmanager", lambda: install(settings()))


def install(config: dict[str, Any]) -> Outcome:
    """Write the configuration and its secrets; raise ValueError for a variable that is not set."""
    asked = config["alerting"]
    folder = Path(os.environ.get("ALERTMANAGER_FOLDER") or DEFAULT)
    source, target = Path(asked["source"]), folder / asked["folder"]
    secrets = {name: str(resolve({"secret": name})) for name in asked.get("files", [])}
    values = {name: str(resolve({"env": name})) for name in asked.get("values", [])}
    text = filled(source.read_text(encoding="utf-8").replace(f"{DEFAULT}/", f"{folder}/"), values)
    target.mkdir(parents=True, exist_ok=True)
    for name, content in {**secrets, "alertmanager.yml": text}.items():
        _write(target / name, content)
    lines = [
        f"written: {target / 'alertmanager.yml'}",
        "a running Alertmanager reads it upon SIGHUP",
    ]
    return Outcome("done", {"secrets": len(secrets)}, lines)


def filled(text: str, values: dict[str, str]) -> str:
    """Return the text with values in the place of `<NAME>`; each stays one text of YAML."""

    def put(line: re.Match[str]) -> str:
        said = re.sub(r"<(\w+)>", lambda name: values.get(name[1], name[0]), line["said"])
        # JSON's text is YAML's too.
        return f"{line['key']}{json.dumps(said, ensure_ascii=False)}"

    names = "|".join(map(re.escape, values))
    return (
        re.sub(rf"(?m)^(?P<key> +\w+: )'?(?P<said>.*<(?:{names})>[^'\n]*)'?$", put, text) if names else text
    )


def _write(path: Path, content: str) -> None:
    """Write a file that the owner of its folder alone may read; a reader sees the old or the new one."""
    draft = path.with_name(f".{path.name}.tmp")
    draft.unlink(missing_ok=True)
    owner = path.parent.stat()
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
        if owner.st_uid != os.geteuid():
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
    os.replace(draft, path)


if __name__ == "__main__":
    sys.exit(main())
