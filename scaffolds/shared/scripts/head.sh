#!/usr/bin/env bash
set -euo pipefail
RELEASE=${RELEASE:-release} deployed=$(mktemp) errors=$(mktemp)
fail() { printf '%s\n' "$@" >&2 && exit 1; } # the last lines of the log say what happened and what to do
release_field() { sed -nE "s/^ *\"$1\": *\"?([^\",]*)\"?,?\$/\1/p" "${2:-$RELEASE/release.json}"; }
stack_value() { # STACK QUERY: empty where there is none. A refused login is not taken for that.
  aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].$2" --output text 2>"$errors" | sed '/^None$/d' ||
    grep -q "$1 does not exist" "$errors" || fail "$(cat "$errors")" "Cannot read the stack $1 in $AWS_REGION."
}
stack_output() { # KEY [STACK ADVICE]
  local value
  value=$(stack_value "${2:-$STACK_NAME}" "Outputs[?OutputKey=='$1'].OutputValue|[0]") || exit 1
  [ -n "$value" ] || fail "No stack ${2:-$STACK_NAME} with an output $1 in $AWS_REGION." "${3:-}"
  echo "$value"
}
bootstrap_output() { stack_output "$1" "$PROJECT-$ENVIRONMENT-bootstrap" "This account is not bootstrapped: run the commands in docs/DEPLOYMENT.md."; }
refuse_older_release() { # A late approval must not undo a newer deployment. Leaves the record of what runs now in $deployed.
  local bucket running
  bucket=$(bootstrap_output ArtifactBucketName)
  aws s3 cp --only-show-errors "s3://$bucket/$SERVICE/deployed.json" "$deployed" 2>"$errors" ||
    grep -qF '(404)' "$errors" || fail "$(cat "$errors")" "Cannot read what runs in $ENVIRONMENT now."
  running=$(release_field sequence "$deployed")
  [ "${ALLOW_OLDER_RELEASE:-}" = true ] || [ "${running:-0}" -le "$(release_field sequence)" ] ||
    fail "Release $(release_field sequence) is older than $running, which runs in $ENVIRONMENT. To go back on purpose, set ALLOW_OLDER_RELEASE=true."
}
prepare_stack() { # Without this, a first deployment that failed would block all later ones.
  local status role tries
  role=$(bootstrap_output CloudFormationRoleArn)
  for tries in {1..120}; do
    status=$(stack_value "$STACK_NAME" StackStatus)
    case $status in
      ROLLBACK_COMPLETE | REVIEW_IN_PROGRESS) aws cloudformation delete-stack --stack-name "$STACK_NAME" --role-arn "$role" ;; # never worked yet
      "" | *_COMPLETE) return ;;
      UPDATE_ROLLBACK_FAILED) fail "$STACK_NAME could not return to its last good state. Repair what its events name, then run:" \
        "aws cloudformation continue-update-rollback --stack-name $STACK_NAME --role-arn $role --region $AWS_REGION" ;;
      *_FAILED) fail "$STACK_NAME is $status. Why:" "aws cloudformation describe-stack-events --stack-name $STACK_NAME --region $AWS_REGION" ;;
    esac
    echo "$STACK_NAME is $status ($tries)" && sleep 15
  done
  fail "$STACK_NAME is still $status after half an hour. Run this job again when it has ended."
}
deploy_stack() { # TEMPLATE [KEY=VALUE...]: waits an hour at most; the job's own timeout is shorter
  local template=$1 role since
  shift
  role=$(bootstrap_output CloudFormationRoleArn) || exit 1
  since=$(date -u +%FT%T)
  aws cloudformation deploy --stack-name "$STACK_NAME" --template-file "$template" --role-arn "$role" --no-fail-on-empty-changeset \
    --capabilities CAPABILITY_NAMED_IAM ${1:+--parameter-overrides "$@"} && return
  fail "$STACK_NAME was not deployed. The cause comes first (an empty list: it stands further up):" "$(
    aws cloudformation describe-stack-events --stack-name "$STACK_NAME" --output json --query "reverse(StackEvents[?Timestamp>='$since' &&
      ends_with(ResourceStatus,'_FAILED') && ResourceStatusReason].join(': ',[LogicalResourceId,ResourceStatusReason]))[:3]")"
}
smoke_test() { # URL
  local status end=$((SECONDS + 120))
  until status=$(curl -so /dev/null -m 10 -w '%{http_code}' "$1") && [ "$status" = "${SMOKE_STATUS:-200}" ]; do
    [ $SECONDS -lt $end ] || { echo "$1 answers $status, not ${SMOKE_STATUS:-200}." >&2 && return 1; }
    sleep 5
  done
  echo "$1 answers $status."
}
record_release() { aws s3 cp --only-show-errors "$RELEASE/release.json" "s3://$(bootstrap_output ArtifactBucketName)/$SERVICE/deployed.json"; }
