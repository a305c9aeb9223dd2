"""S3 as it is: buckets answer in their own region only, and hide what a caller may not list."""

from __future__ import annotations

from typing import Any

from .base import AwsError, Call
from .documents import absent_principals
from .policies import parsed
from .rules import after, before


@before("s3", "*")
def wrong_region(cloud: Any, call: Call) -> None:
    """A request signed for another region than the bucket's is sent there; SDKs follow, services do not.

    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (PermanentRedirect)
    """
    region = cloud.buckets.region(call.params.get("Bucket", ""))
    if call.operation == "CreateBucket" or region in (None, call.region) or call.operation == "GetBucketLocation":
        return
    message = "The bucket you are attempting to access must be addressed using the specified endpoint."
    error = AwsError("PermanentRedirect", message + " Please send all future requests to this endpoint.", 301)
    error.headers = [("x-amz-bucket-region", region)]
    raise error


@before("s3", "CreateBucket")
def wrong_location(cloud: Any, call: Call) -> None:
    """The location constraint must be the region that is asked; us-east-1 has none."""
    location = (call.params.get("CreateBucketConfiguration") or {}).get("LocationConstraint")
    if call.region != "us-east-1" and location != call.region:
        what = f"The {location or 'unspecified'} location constraint is incompatible for the region specific endpoint"
        raise AwsError("IllegalLocationConstraintException", what + " this request was sent to.", 400)


@after("s3", "GetObject", "HeadObject", "CopyObject")
def hide_absence(cloud: Any, call: Call) -> None:
    """Who may not list a bucket is not told that an object is absent: 403 in the place of 404.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html (permissions)
    """
    if call.error not in ("NoSuchKey", "404"):
        return
    bucket = call.params["Bucket"]
    if call.operation == "CopyObject":
        bucket = call.params["CopySource"].lstrip("/").split("/")[0]
    if not cloud.authoriser.may(call, "s3:ListBucket", f"arn:aws:s3:::{bucket}")[0]:
        raise AwsError("AccessDenied", "Access Denied", 403)


@before("s3", "PutBucketPolicy")
def principals_exist(cloud: Any, call: Call) -> None:
    """A bucket policy that names an absent role or user is refused."""
    if absent_principals(cloud, parsed(call.params["Policy"])):
        raise AwsError("MalformedPolicy", "Invalid principal in policy", 400)
