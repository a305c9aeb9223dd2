"""What the door must know of S3's buckets: whose they are, where they lie, and their policies."""

from __future__ import annotations

from typing import Any

from moto.s3.models import s3_backends


def find(name: str) -> Any | None:
    """Moto's bucket of that name, in whichever account."""
    for account in list(s3_backends):
        for backend in s3_backends[account].values():
            if name in backend.buckets:
                return backend.buckets[name]
    return None


class Buckets:
    """Looks buckets up by name alone: names are global."""

    def owner(self, name: str) -> str | None:
        """The account of a bucket, or None when there is none."""
        bucket = find(name)
        return bucket.account_id if bucket else None

    def region(self, name: str) -> str | None:
        """The region of a bucket."""
        bucket = find(name)
        return bucket.region_name if bucket else None

    def policy(self, name: str) -> Any:
        """The bucket's policy as it was put."""
        bucket = find(name)
        return bucket.policy if bucket else None
