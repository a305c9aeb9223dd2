#!/usr/bin/env bash
set -euo pipefail
RELEASE=${RELEASE:-release} errors=$(mktemp)
fail() { printf '%s\n' "$@" >&2 && exit 1; } # the last lines of the log say what happened and what to do
release_field() { sed -nE "s/^ *\"$1\": *\"?([^\",]*)\"?,?\$/\1/p" "${2:-$RELEASE/release.json}"; } # KEY [FILE]
stack_value() { # STACK QUERY: empty where there is none. A refused login is not taken for that.
  aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].$2" --output text 2>"$errors" | sed '/^None$/d' ||
    grep -q "$1 does not exist" "$errors" || fail "$(cat "$errors")" "Cannot read the stack $1."
}
stack_output() { # KEY [STACK ADVICE]
  local value
  value=$(stack_value "${2:-$STACK_NAME}" "Outputs[?OutputKey=='$1'].OutputValue|[0]") || exit 1
  [ -n "$value" ] && echo "$value" || fail "There is no stack ${2:-$STACK_NAME} with an output $1 in $AWS_REGION." "${@:3}"
}
bootstrap_output() { stack_output "$1" "$PROJECT-$ENVIRONMENT-bootstrap" "This account is not bootstrapped: run the commands in docs/DEPLOYMENT.md."; }
refuse_older_release() { # a late approval must not undo a newer deployment; what runs now is left in deployed.json
  aws s3 cp --only-show-errors "s3://$(bootstrap_output ArtifactBucketName)/$SERVICE/deployed.json" "$RELEASE/deployed.json" 2>"$errors" ||
