
# package: once per release, builds the SAM template into one file. deploy: once per environment.
build=.aws-sam/build
package() {
  sam build --template-file "$SAM_TEMPLATE" --build-dir "$build"
  mkdir -p "$RELEASE"
  # One tar file keeps executable bits. State machines and OpenAPI files lie outside the build and come along.
  tar --sort=name --owner=0 --group=0 -czf "$RELEASE/build.tar.gz" "$build" -T <(
    sed -nE "s/^.*: ['\"]?((\.\.\/)+[^'\"]+)['\"]?\$/\1/p" "$build/template.yaml" | sort -u |
      while IFS= read -r file; do realpath -m --relative-to=. "$build/$file"; done)
  printf '{\n  "commit": "%s",\n  "sequence": %d,\n  "digest": "sha256:%s"\n}\n' "$COMMIT" "$SEQUENCE" \
    "$(sha256sum <"$RELEASE/build.tar.gz" | cut -d ' ' -f 1)" | tee "$RELEASE/release.json"
}
# Whatever makes a role gets the permissions boundary, unless it has one: without it the CloudFormation
# role may not make that role. SAM always indents resources by 4 and their events by 10.
with_boundary() { # ARN TEMPLATE
  awk -v arn="$1" '{ indent = match($0, /[^ ]/) - 1 }
    NR == FNR && NF { for (level = 4; level <= 10; level += 6) {
      if (indent < level) block[level]++
      id = level " " block[level]
      if (indent == level && /Type: (AWS::Serverless::(Function|StateMachine)|AWS::IAM::Role|ScheduleV2)$/) role[id]
      if (indent == level && $1 == "Properties:") line[id] = FNR
      if (indent == level + 2 && $1 == "PermissionsBoundary:") own[id] } }
    NR == FNR { next }
    FNR == 1 { for (id in role) if (!(id in own)) insert[line[id]] = id + 2 }
    { print }
    FNR in insert { printf "%" insert[FNR] "sPermissionsBoundary: %s\n", "", arn }' "$2" "$2"
}
deploy() {
  local work url common=(--capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset --stack-name "$STACK_NAME" --s3-prefix "$SERVICE")
  refuse_older_release
  prepare_stack
  common+=(--s3-bucket "$(bootstrap_output ArtifactBucketName)" --role-arn "$(bootstrap_output CloudFormationRoleArn)")
  work=$(mktemp -d)
  tar -xzf "$RELEASE/build.tar.gz" -C "$work"
  with_boundary "$(bootstrap_output BoundaryArn)" "$work/$build/template.yaml" >"$work/$build/bounded.yaml"
  # What runs now, for the way back. A NoEcho parameter reads **** and keeps the value it has.
  if aws cloudformation describe-stacks --stack-name "$STACK_NAME" --output json >"$work/previous.json" 2>/dev/null --query \
    "(Stacks[0].Parameters || \`[]\`)[?ParameterValue != '****'].{ParameterKey: ParameterKey, ParameterValue: ParameterValue}"; then
    aws cloudformation get-template --stack-name "$STACK_NAME" --template-stage Original --query TemplateBody --output text >"$work/previous.yaml"
  fi
  # In a file, because SAM splits other values at spaces; it takes off one layer of quotes even here.
  sed -nE "s/\\\\([ \"'])/\\\\\\\\\1/g; s/[\\\\\"]/\\\\&/g; s/\t/\\\\t/g; s/^([A-Za-z0-9]+)=(.*)/,\"\1\": \"\\\\\"\2\\\\\"\"/p" \
    <<<"${PARAMETERS:-}" | sed '1s/,/{/; $s/$/}/' >"$work/parameters.yaml"
  : >"$work/samconfig.toml" # empty, so that yours cannot name another stack or bucket
  sam deploy "${common[@]}" --config-file "$work/samconfig.toml" --template-file "$work/$build/bounded.yaml" --no-resolve-s3 \
    --no-confirm-changeset --no-progressbar ${PARAMETERS:+--parameter-overrides "file://$work/parameters.yaml"}
  url=${SMOKE_OUTPUT:+$(stack_output "$SMOKE_OUTPUT")}
  if [ -z "${SMOKE_OUTPUT:-}" ]; then
    echo "No smoke test: no output of the template holds a URL, so nobody has called the functions yet."
  elif ! (smoke_test "${url%/}${SMOKE_PATH:-/}"); then
    [ -s "$work/previous.yaml" ] || fail "The smoke test failed. This was the first deployment: there is nothing to go back to."
    aws cloudformation deploy "${common[@]}" --template-file "$work/previous.yaml" --parameter-overrides "file://$work/previous.json"
    fail "The smoke test failed, so the previous version is back."
  fi
  record_release
}
case "${1:-}" in package | deploy) "$1" ;; *) fail "usage: $0 package|deploy" ;; esac
