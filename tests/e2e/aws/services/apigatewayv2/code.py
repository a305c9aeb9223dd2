"""What Lambda asks of the bucket that a function's code comes from, which moto does not: its region, and the caller's right to read it."""

from __future__ import annotations

from typing import Any

from ...base import AwsError, Call

ELSEWHERE = (
    "Error occurred while GetObject. S3 Error Code: PermanentRedirect. S3 Error Message: The bucket is in this region: {}. "
    "Please use this region to retry the request"
)
DENIED = (
    "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for {}/{}. "
    "S3 Error Code: AccessDenied. S3 Error Message: {}"
)


def check(cloud: Any, call: Call) -> None:
    """Refuses code that Lambda could not fetch; the messages are those of Lambda.

    https://github.com/aws/aws-sam-cli/issues/2807 (the region)
    """
    given = call.params.get("Code", call.params)
    bucket, key = given.get("S3Bucket"), given.get("S3Key")
    if bucket is None:
        return
    region = cloud.buckets.region(bucket)
    if region not in (None, call.region):
        raise AwsError("InvalidParameterValueException", ELSEWHERE.format(region))
    yes, why = cloud.authoriser.may(call, "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
    if region is not None and not yes:
        text = f"User: {call.principal.arn} is not authorized to perform: s3:GetObject {why}"
        raise AwsError("AccessDeniedException", DENIED.format(bucket, key, text), 403)
