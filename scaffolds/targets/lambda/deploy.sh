#!/usr/bin/env bash
# package: once per release, builds the SAM template into one file. deploy: once per environment. adopt: before the
# first deployment to a stack that exists already.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"

build=.aws-sam/build
export SAM_CLI_TELEMETRY=0 # its notice would stand in every log
package() {
  mkdir -p "$RELEASE"
  sam build --template-file "$SAM_TEMPLATE" --build-dir "$build"
  # One tar file keeps executable bits. State machines and OpenAPI files lie outside the build and come along. The same
  # build is always the same file, so its times are fixed; SAM's own zip files know none before 1980.
  tar --sort=name --mtime="2000-01-01 UTC" --owner=0 --group=0 --numeric-owner -cf - "$build" -T <(
    sed -nE "s/^.*: ['\"]?((\.\.\/)+[^'\"]+)['\"]?\$/\1/p" "$build/template.yaml" | sort -u |
      while IFS= read -r file; do realpath -m --relative-to=. "$build/$file"; done) | gzip -n >"$RELEASE/build.tar.gz"
  printf '{\n  "commit": "%s",\n  "sequence": %d,\n  "digest": "sha256:%s"\n}\n' "$COMMIT" "$SEQUENCE" \
    "$(sha256sum <"$RELEASE/build.tar.gz" | cut -d ' ' -f 1)" | tee "$RELEASE/release.json"
}
# Whatever makes a role gets the permissions boundary, unless it has one: without it the CloudFormation
# role may not make that role. SAM always indents resources by 4 and their events by 10.
with_boundary() { # ARN TEMPLATE
  awk -v arn="$1" 'NR == FNR { indent = match($0, /[^ ]/) - 1
      for (level = 4; NF && level <= 10; level += 6) {
        if (indent < level) block[level]++
        id = level " " block[level]
        if (indent == level && /Type: (AWS::Serverless::(Function|StateMachine)|AWS::IAM::Role|ScheduleV2)$/) role[id]
        if (indent == level && $1 == "Properties:") line[id] = FNR
        if (indent == level + 2 && $1 == "PermissionsBoundary:") own[id]
      } next }
    FNR == 1 { for (id in role) if (!(id in own)) insert[line[id]] = id + 2 }
    { print }
    FNR in insert { printf "%" insert[FNR] "sPermissionsBoundary: %s\n", "", arn }' "$2" "$2"
}
check_parameters() { # TEMPLATE: CloudFormation would drop in silence what the template does not declare
  local declared name
  declared=$(awk '/^[^ #]/ { inside = $1 == "Parameters:" } inside && /^  [A-Za-z0-9]+:/ { sub(/:.*/, "", $1); print $1 }' "$1")
  while IFS= read -r name; do
    grep -qxF "$name" <<<"$declared" || fail "The template declares no parameter $name, so its value would not reach the functions." \
      "Add it under Parameters in the template, or remove it from pipewright.yml and run \`pipewright generate\`."
  done < <(sed -n 's/=.*//p' <<<"${PARAMETERS:-}")
}
keep_previous() { # FOLDER BOUNDARY: what runs now, for the way back. A NoEcho parameter reads **** and keeps the value it has.
  aws cloudformation describe-stacks --stack-name "$STACK_NAME" --output json >"$1/previous.json" --query \
    "(Stacks[0].Parameters || \`[]\`)[?ParameterValue != '****'].join('=', [ParameterKey, ParameterValue])"
  aws cloudformation get-template --stack-name "$STACK_NAME" --template-stage Original --query TemplateBody --output text >"$1/original.yaml"
  # No role may lose its boundary again, also not on the way back.
  with_boundary "$2" "$1/original.yaml" >"$1/previous.yaml"
}
adopt() { # once, by a person who may change roles: see docs/DEPLOYMENT.md
  local work bucket boundary
  bucket=$(bootstrap_output ArtifactBucketName)
  boundary=$(bootstrap_output BoundaryArn)
  work=$(mktemp -d)
  keep_previous "$work" "$boundary"
  grep -q '^Resources:' "$work/previous.yaml" || fail "The template of $STACK_NAME is not YAML as SAM writes it. Deploy it once with \`sam deploy\`, then try again."
  aws cloudformation deploy --stack-name "$STACK_NAME" --template-file "$work/previous.yaml" --capabilities CAPABILITY_NAMED_IAM \
    --no-fail-on-empty-changeset --s3-bucket "$bucket" --s3-prefix "$SERVICE"
}
deploy() {
  local work bucket boundary status list url to_bucket
  refuse_older_release
  prepare_stack
  bucket=$(bootstrap_output ArtifactBucketName)
  boundary=$(bootstrap_output BoundaryArn)
  to_bucket=(--s3-bucket "$bucket" --s3-prefix "$SERVICE")
  work=$(mktemp -d)
  tar -xzf "$RELEASE/build.tar.gz" -C "$work"
  check_parameters "$work/$build/template.yaml"
  with_boundary "$boundary" "$work/$build/template.yaml" >"$work/$build/bounded.yaml"
  : >"$work/samconfig.toml" # an empty one, so that yours cannot name another bucket
  sam package --config-file "$work/samconfig.toml" "${to_bucket[@]}" --no-resolve-s3 --no-progressbar \
    --template-file "$work/$build/bounded.yaml" --output-template-file "$work/packaged.yaml" >/dev/null
  status=$(stack_value "$STACK_NAME" StackStatus)
  if [ -n "$status" ]; then keep_previous "$work" "$boundary"; fi
  # sam deploy would take values apart at spaces and quotes: in a JSON list they stay whole.
  list=$(sed -n 's/[\\"]/\\&/g; s/\t/\\t/g; s/.*=.*/,"&"/p' <<<"${PARAMETERS:-}")
  echo "[${list#,}]" >"$work/parameters.json"
  deploy_stack "$work/packaged.yaml" "file://$work/parameters.json" "${to_bucket[@]}"
  if [ -z "${SMOKE_OUTPUT:-}" ]; then
    echo "No smoke test: no output of the template holds a URL, so nobody has called the functions yet."
  else
    url=$(stack_output "$SMOKE_OUTPUT")
    if ! smoke_test "${url%/}$SMOKE_PATH"; then
      [ -s "$work/previous.yaml" ] || fail "The smoke test failed. This was the first deployment: there is nothing to go back to."
      deploy_stack "$work/previous.yaml" "file://$work/previous.json" "${to_bucket[@]}"
      fail "The smoke test failed, so the previous version is back."
    fi
  fi
  record_release
}
case "${1:-}" in
  package | deploy | adopt) "$1" ;;
  *) fail "usage: $0 package|deploy|adopt" ;;
esac
