"""An Amplify app with one branch, and zips to publish on it, for the tests of Amplify."""

from __future__ import annotations

import io
import subprocess
import zipfile

from . import sample

RULES = [{"source": "/<*>", "target": "/index.html", "status": "404-200"}]
HEADERS = """
customHeaders:
  - pattern: "**"
    headers:
      - key: X-Frame-Options
        value: SAMEORIGIN
"""
SITE = {"index_html": "version 1", "assets__app_js": "code", "docs__index_html": "docs"}


class World:
    """An app with one branch."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.amplify = sample.client(cloud, "amplify")
        self.state = cloud.state("amplify", sample.BUILD, sample.REGION)
        self.app = self.amplify.create_app(name="web", customRules=RULES, customHeaders=HEADERS)["app"]
        self.site = {"appId": self.app["appId"], "branchName": "web-staging"}
        self.amplify.create_branch(**self.site, enableAutoBuild=False)

    def upload(self, archive):
        made = self.amplify.create_deployment(**self.site)
        status = put(self.cloud, made["zipUploadUrl"], archive)
        assert status == "200"
        return made["jobId"]

    def ends(self, job):
        seen = []
        for _ in range(10):
            seen.append(self.amplify.get_job(**self.site, jobId=job)["job"]["summary"]["status"])
            if seen[-1] in ("SUCCEED", "FAILED", "CANCELLED"):
                return seen
        raise AssertionError(f"never ends: {seen}")

    def publish(self, archive):
        job = self.upload(archive)
        self.amplify.start_deployment(**self.site, jobId=job)
        return self.ends(job)

    def visit(self, path="/"):
        return self.cloud.sites[f"web-staging.{self.app['defaultDomain']}"](path, {})


def put(cloud, address, content, method="PUT"):
    """What curl, with the shim's mapping of https, gets for an upload."""
    where = f"{cloud.url}/_site/{address.removeprefix('https://')}"
    command = ["/usr/bin/curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--request", method]
    return subprocess.run([*command, "--upload-file", "-", where], input=content, capture_output=True, check=True).stdout.decode()


def packed(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return stream.getvalue()
