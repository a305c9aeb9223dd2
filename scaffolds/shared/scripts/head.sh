#!/usr/bin/env bash
set -euo pipefail
RELEASE=${RELEASE:-release} deployed=$(mktemp) errors=$(mktemp)
fail() { printf '%s\n' "$@" >&2 && exit 1; } # MESSAGE...: the last lines of the log say what happened and what to do
release_field() { sed -nE "s/^ *\"$1\": *\"?([^\",]*)\"?,?\$/\1/p" "${2:-$RELEASE/release.json}"; } # KEY [FILE]
stack_value() ( # STACK QUERY [ADVICE]: where there is none, nothing, or ADVICE and the end. A refused login is not "none".
  value=$(aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].$2" --output text 2>"$errors") ||
    grep -q "$1 does not exist" "$errors" || fail "$(cat "$errors")" "Cannot read the stack $1."
  if [ "${value:-None}" != None ]; then echo "$value"; elif [ $# = 3 ]; then fail "$3"; fi
)
stack_output() { stack_value "${2:-$STACK_NAME}" "Outputs[?OutputKey=='$1'].OutputValue|[0]" "${3:-$STACK_NAME has no output $1.}"; }
bootstrap_output() { stack_output "$1" "$PROJECT-$ENVIRONMENT-bootstrap" "This account is not bootstrapped: run the commands in docs/DEPLOYMENT.md."; }
refuse_older_release() { # A late approval must not undo a newer deployment. Sets bucket; $deployed becomes the record of what runs.
  bucket=$(bootstrap_output ArtifactBucketName)
  aws s3 cp --only-show-errors "s3://$bucket/$SERVICE/deployed.json" "$deployed" 2>"$errors" ||
    grep -qF '(404)' "$errors" || fail "$(cat "$errors")" "Cannot read what runs in $ENVIRONMENT."
  running=$(release_field sequence "$deployed") new=$(release_field sequence)
  [ "${ALLOW_OLDER_RELEASE:-}" = true ] || [ "$new" -ge "${running:-0}" ] ||
    fail "Release $new is older than $running, which runs in $ENVIRONMENT. To go back on purpose, set ALLOW_OLDER_RELEASE=true."
}
prepare_stack() { # Without this, a first deployment that failed would block all later ones. Sets role.
  role=$(bootstrap_output CloudFormationRoleArn) again="--stack-name $STACK_NAME --region $AWS_REGION"
  for _ in {1..120}; do
    status=$(stack_value "$STACK_NAME" StackStatus)
    case $status in # the first two have never worked
      ROLLBACK_COMPLETE | REVIEW_IN_PROGRESS) aws cloudformation delete-stack --stack-name "$STACK_NAME" --role-arn "$role" ;;
      "" | *_COMPLETE) return ;;
      UPDATE_ROLLBACK_FAILED) fail "$STACK_NAME is $status. Repair what its events name, then: aws cloudformation continue-update-rollback $again" ;;
      *_FAILED) fail "$STACK_NAME is $status. The reason: aws cloudformation describe-stack-events $again" ;;
    esac
    sleep 15
  done
  fail "$STACK_NAME is still $status after half an hour. Run this job again when that has ended."
}
deploy_stack() { # TEMPLATE [KEY=VALUE...], after prepare_stack. Waits an hour at most; the job's own timeout comes sooner.
  since=$(date -u +%FT%T)
  aws cloudformation deploy --stack-name "$STACK_NAME" --template-file "$1" --role-arn "$role" --no-fail-on-empty-changeset \
    --capabilities CAPABILITY_NAMED_IAM ${2:+--parameter-overrides "${@:2}"} && return
  fail "$STACK_NAME was not deployed. The cause comes first (an empty list: it stands further up):" "$(aws cloudformation \
    describe-stack-events --stack-name "$STACK_NAME" --output json --query "reverse(StackEvents[?Timestamp>='$since' && ResourceStatusReason &&
    ends_with(ResourceStatus,'_FAILED')].join(': ',[LogicalResourceId,ResourceStatusReason]))[:3]")"
}
smoke_test() { # URL
  end=$((SECONDS + 120))
  until status=$(curl -so /dev/null -m 10 -w '%{http_code}' "$1") && [ "$status" = "${SMOKE_STATUS:-200}" ]; do
    ((SECONDS < end)) || { echo "$1 answers $status, not ${SMOKE_STATUS:-200}." >&2 && return 1; }
    sleep 5
  done
  echo "$1 answers $status."
}
record_release() { aws s3 cp --only-show-errors "$RELEASE/release.json" "s3://$bucket/$SERVICE/deployed.json"; }
