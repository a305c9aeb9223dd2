#!/usr/bin/env bash
# What every deployment script needs. Sourced by them, not run by itself.
set -euo pipefail
RELEASE=${RELEASE:-release} # the folder that holds the release and its release.json
errors=$(mktemp)
deployed=$(mktemp) # filled by refuse_older_release: the record of what runs now

fail() { # MESSAGE...: the last lines of a log say what happened and what to do
  printf '%s\n' "$@" >&2
  exit 1
}

release_field() { # KEY [FILE]
  sed -nE "s/^ *\"$1\": *\"?([^\",]*)\"?,?\$/\1/p" "${2:-$RELEASE/release.json}"
}

stack_value() { # STACK QUERY: prints nothing where there is none; a refused login is not taken for that
  local value
  value=$(aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].$2" --output text 2>"$errors") ||
    grep -q "$1 does not exist" "$errors" || fail "$(cat "$errors")" "Cannot read the stack $1."
  [ "${value:-None}" = None ] || echo "$value"
}

output_of() { # STACK KEY ADVICE
  local value
  value=$(stack_value "$1" "Outputs[?OutputKey=='$2'].OutputValue|[0]") || exit 1
  [ -n "$value" ] || fail "The stack $1 has no output $2." "$3"
  echo "$value"
}
stack_output() { output_of "$STACK_NAME" "$1" "Was it removed by hand? Run this job again."; }
bootstrap_output() {
  output_of "$PROJECT-$ENVIRONMENT-bootstrap" "$1" "This account is not bootstrapped: run the commands in docs/DEPLOYMENT.md."
}

refuse_older_release() { # a late approval must not undo a newer deployment
  local bucket new running
  bucket=$(bootstrap_output ArtifactBucketName)
  aws s3 cp --only-show-errors "s3://$bucket/$SERVICE/deployed.json" "$deployed" 2>"$errors" ||
    grep -qF '(404)' "$errors" || fail "$(cat "$errors")" "Cannot read what runs in $ENVIRONMENT."
  new=$(release_field sequence)
  running=$(release_field sequence "$deployed")
  [ "${ALLOW_OLDER_RELEASE:-}" = true ] || [ "$new" -ge "${running:-0}" ] ||
    fail "Release $new is older than $running, which runs in $ENVIRONMENT." \
      "To go back on purpose, revert the commit and push: that is a new release."
}

record_release() {
  aws s3 cp --only-show-errors "$RELEASE/release.json" "s3://$(bootstrap_output ArtifactBucketName)/$SERVICE/deployed.json"
}

prepare_stack() { # without this, a first deployment that failed would block all later ones
  local status again="--stack-name $STACK_NAME --region $AWS_REGION" role
  role=$(bootstrap_output CloudFormationRoleArn)
  for _ in {1..120}; do
    status=$(stack_value "$STACK_NAME" StackStatus)
    case $status in
      # These two have never worked, so nothing is lost.
      ROLLBACK_COMPLETE | REVIEW_IN_PROGRESS) aws cloudformation delete-stack --stack-name "$STACK_NAME" --role-arn "$role" ;;
      "" | *_COMPLETE) return ;;
      UPDATE_ROLLBACK_FAILED)
        fail "The stack $STACK_NAME could not return to its last good state. Mend what its events name, then run:" \
          "aws cloudformation continue-update-rollback --role-arn $role $again" ;;
      *_FAILED) fail "The stack $STACK_NAME is $status. Why:" "aws cloudformation describe-stack-events $again" ;;
    esac
    sleep 15
  done
  fail "The stack $STACK_NAME is still $status after half an hour. Run this job again when that has ended."
}

deploy_stack() { # TEMPLATE [KEY=VALUE...]: waits an hour at most
  local template=$1 role since
  shift
  role=$(bootstrap_output CloudFormationRoleArn) || exit 1
  since=$(date -u +%FT%T)
  aws cloudformation deploy --stack-name "$STACK_NAME" --template-file "$template" --role-arn "$role" \
    --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset ${1:+--parameter-overrides "$@"} && return
  fail "The stack $STACK_NAME was not deployed. The cause comes first; where nothing follows, it stands further up:" \
    "$(aws cloudformation describe-stack-events --stack-name "$STACK_NAME" --output json --query "reverse(StackEvents[?Timestamp>='$since' &&
      ends_with(ResourceStatus,'_FAILED') && ResourceStatusReason].join(': ',[LogicalResourceId,ResourceStatusReason]))[:3]")"
}

smoke_test() { # URL: two minutes of tries, for a service that is still starting
  local status
  for _ in {1..24}; do
    status=$(curl --silent --output /dev/null --max-time 10 --write-out '%{http_code}' "$1") &&
      [ "$status" = "$SMOKE_STATUS" ] && echo "$1 answers $status." && return
    sleep 5
  done
  echo "$1 answers $status, not $SMOKE_STATUS." >&2
  return 1
}
