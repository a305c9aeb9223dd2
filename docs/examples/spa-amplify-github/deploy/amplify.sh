#!/usr/bin/env bash
# package: once per release, the built site becomes one file. deploy: once per environment, that file is published.
# configure: before deploy, where the values of an environment are not built in.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"

zip_folder() { # FOLDER ZIP: the same files are always the same zip, whatever their times and the order on disk
  python3 -c '
import pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(sys.argv[2], "w") as archive:
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        entry = zipfile.ZipInfo(file.relative_to(folder).as_posix())  # of 1980-01-01, the first day a zip knows
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
' "$@"
}

package() {
  [ -f "$SITE_FOLDER/index.html" ] || fail "There is no $SITE_FOLDER/index.html, so visitors would see a blank page." \
    "Set options.folder in pipewright.yml to the folder that the build writes, then run \`pipewright generate\`."
  if [ -e "$SITE_FOLDER/pipewright.yml" ]; then
    # The site lies at the root of the repository: it is published without the pipeline's own files, and without .git.
    local site; site=$(mktemp -d)
    tar -C "$SITE_FOLDER" --exclude='./.*' --exclude=./deploy --exclude=./docs/DEPLOYMENT.md --exclude=./pipewright.yml \
      --exclude="./$RELEASE" -cf - . | tar -C "$site" -xf -
    SITE_FOLDER=$site
  fi
  mkdir -p "$RELEASE"
  zip_folder "$SITE_FOLDER" "$RELEASE/site.zip"
  printf '{\n  "commit": "%s",\n  "sequence": %d,\n  "digest": "sha256:%s"\n}\n' "$COMMIT" "$SEQUENCE" \
    "$(sha256sum <"$RELEASE/site.zip" | cut -d ' ' -f 1)" | tee "$RELEASE/release.json"
}

configure() { # the release stays as it was tested: what is published here gets a file and a digest of its own
  local own=$RELEASE/configured && mkdir -p "$own"
  python3 -c '
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as site, zipfile.ZipFile(sys.argv[2], "w") as own:
    if b"config.js" not in site.read("index.html"):
        print("index.html does not load config.js: add <script src=\"/config.js\"></script> before your own code.")
    for entry in site.infolist():
        if entry.filename != "config.js":
            own.writestr(entry, site.read(entry))  # which makes the entry one of the new zip
    own.writestr(zipfile.ZipInfo("config.js"), "window.config = " + os.environ["CONFIGURATION"] + ";\n")
' "$RELEASE/site.zip" "$own/site.zip"
  sed "s/sha256:[0-9a-f]*/sha256:$(sha256sum <"$own/site.zip" | cut -d ' ' -f 1)/" "$RELEASE/release.json" >"$own/release.json"
}

publish() { # ZIP
  local stale job url status
  # Amplify takes no upload while a job is unfinished. Deployments queue up, so such a job was left by a run that died.
  stale=$(aws amplify list-jobs "${site[@]}" --output text \
    --query "jobSummaries[?!contains(['SUCCEED','FAILED','CANCELLED'],status)].jobId")
  for job in $stale; do
    aws amplify stop-job "${site[@]}" --job-id "$job" >/dev/null
    sleep 15
  done
  # Whoever has the address can upload: it stays out of the log.
  read -r job url < <(aws amplify create-deployment "${site[@]}" --output text --query '[jobId,zipUploadUrl]')
  curl --fail --silent --show-error --retry 3 --upload-file "$1" "$url" ||
    fail "Amplify refused the upload, for the reason above. Run this job again." "Visitors see what they saw before."
  aws amplify start-deployment "${site[@]}" --job-id "$job" >/dev/null
  for _ in {1..180}; do
    status=$(aws amplify get-job "${site[@]}" --job-id "$job" --output text --query job.summary.status)
    [ "$status" != SUCCEED ] || return 0
    [[ $status != FAILED && $status != CANCELLED ]] || break
    sleep 5
  done
  aws amplify stop-job "${site[@]}" --job-id "$job" >/dev/null 2>&1 || true # unfinished, it would block the next one
  fail "Amplify could not publish: its job $job ended as $status. Visitors see what they saw before."
}

deploy() {
  local bucket previous digest address
  [ ! -d "$RELEASE/configured" ] || RELEASE=$RELEASE/configured
  refuse_older_release
  prepare_stack
  deploy_stack "$(dirname "$0")/amplify.yaml" "Project=$PROJECT" "Environment=$ENVIRONMENT" "SinglePageApp=$SINGLE_PAGE_APP"
  bucket=$(bootstrap_output ArtifactBucketName)
  address=$(stack_output Url)
  site=(--app-id "$(stack_output AppId)" --branch-name "$(stack_output BranchName)")
  digest=$(release_field digest)
  previous=$(release_field digest "$deployed")
  aws s3 cp --only-show-errors "$RELEASE/site.zip" "s3://$bucket/$SERVICE/releases/${digest#*:}.zip" # for the way back
  publish "$RELEASE/site.zip"
  if smoke_test "$address$SMOKE_PATH"; then
    record_release
    return
  fi
  [[ -n $previous && $previous != "$digest" ]] || fail "The smoke test failed, and there is no other release to go back to."
  aws s3 cp --only-show-errors "s3://$bucket/$SERVICE/releases/${previous#*:}.zip" "$RELEASE/previous.zip"
  publish "$RELEASE/previous.zip"
  fail "The smoke test failed, so the previous release is back."
}

case "${1:-}" in
  package | configure | deploy) "$1" ;;
  *) fail "usage: $0 package|configure|deploy" ;;
esac
