"""What visitors of an Amplify site see: the files of the zip, with the app's rules and headers applied.

https://docs.aws.amazon.com/amplify/latest/userguide/redirects.html
https://docs.aws.amazon.com/amplify/latest/userguide/custom-headers.html
"""

from __future__ import annotations

import fnmatch
import hashlib
import io
import mimetypes
import re
import zipfile
from dataclasses import dataclass

import yaml

from ...base import HarnessError

STATUSES = {None, "200", "301", "302", "404", "404-200"}


@dataclass
class Published:
    """One published zip."""

    sha256: str
    files: dict[str, bytes]
    headers: list[dict]

    def answer(self, path: str, rules: list[dict]) -> tuple[int, dict, bytes]:
        """What a GET of the path gets: a rule where one applies, else the file, else 404."""
        path = path.split("?", 1)[0]
        found = self._file(path)
        for rule in rules:
            target, status = applied(rule, path), rule.get("status")
            if target is None or (status in ("404", "404-200") and found):
                continue
            if status in ("301", "302"):
                return int(status), {"Location": target}, b""
            name = self._file(target)
            if name is None:
                break
            return (404 if status == "404" else 200), self._headers(name), self.files[name]
        if found is None:
            return 404, self._headers("404.html"), self.files.get("404.html", b"not found\n")
        return 200, self._headers(found), self.files[found]

    def _file(self, path: str) -> str | None:
        """The file that a path means: itself, or the index.html of the folder."""
        name = path.lstrip("/")
        index = f"{name.rstrip('/')}/index.html".lstrip("/")
        return next((one for one in (name, index) if one in self.files), None)

    def _headers(self, name: str) -> dict[str, str]:
        shown = {"Content-Type": mimetypes.guess_type(name)[0] or "application/octet-stream"}
        for block in self.headers:
            if fnmatch.fnmatchcase("/" + name, block["pattern"]) or fnmatch.fnmatchcase(name, block["pattern"]):
                shown |= {one["key"]: str(one["value"]) for one in block["headers"]}
        return shown


def applied(rule: dict, path: str) -> str | None:
    """The target of a rule for a path that its source matches, or None. `<*>` stands for anything."""
    if rule.get("status") not in STATUSES or rule.get("condition"):
        raise HarnessError(f"the harness does not know the rule {rule}")
    source = rule["source"]
    if source.startswith("</"):
        raise HarnessError(f"the harness does not know rules with regular expressions: {source}")
    pattern = re.escape(source).replace(re.escape("<*>"), "(.*)")
    found = re.fullmatch(pattern, path)
    if found is None:
        return None
    return rule["target"].replace("<*>", found.group(1)) if found.groups() else rule["target"]


def headers_of(text: str | None) -> list[dict]:
    """The customHeaders of an app."""
    return (yaml.safe_load(text) or {}).get("customHeaders", []) if text else []


def unpacked(archive: bytes, headers: str | None) -> Published:
    """A zip as it will be served; raises zipfile.BadZipFile."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        files = {name: opened.read(name) for name in opened.namelist() if not name.endswith("/")}
    return Published(hashlib.sha256(archive).hexdigest(), files, headers_of(headers))
