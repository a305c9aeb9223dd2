# package: once per release, the built site becomes a zip. deploy: once per environment, that zip goes to Amplify.
if [ "${1:-}" = package ]; then
  [ -f "$SITE_FOLDER/index.html" ] || fail "There is no $SITE_FOLDER/index.html, so visitors would see a blank page." \
    "Set options.folder in pipewright.yml to the folder that your build writes, then run \`pipewright generate\`."
  [ ! -e "$SITE_FOLDER/pipewright.yml" ] || fail "Move the site to a folder of its own: all of the repository would become public."
  python3 -c 'import shutil, sys; shutil.make_archive(*sys.argv[1:])' "$RELEASE/site" zip "$SITE_FOLDER"
  printf '{\n  "commit": "%s",\n  "sequence": %d,\n  "digest": "sha256:%s"\n}\n' "$COMMIT" "$SEQUENCE" \
    "$(sha256sum <"$RELEASE/site.zip" | cut -d ' ' -f 1)" | tee "$RELEASE/release.json"
  exit
fi
[ "${1:-}" = deploy ] || fail "usage: $0 package|deploy"
publish() { # ZIP
  # Amplify takes no upload while a job is open. Deployments queue up, so an open one was left by a run that died.
  stale=$(aws amplify list-jobs "${site[@]}" --output text --query "jobSummaries[?!contains(['SUCCEED','FAILED','CANCELLED'],status)].jobId")
  for job in $stale; do aws amplify stop-job "${site[@]}" --job-id "$job" >/dev/null && sleep 15; done
  read -r job url < <(aws amplify create-deployment "${site[@]}" --output text --query '[jobId,zipUploadUrl]') # whoever has the url can upload: keep it out of the log
  curl --fail --silent --show-error --retry 3 --upload-file "$1" "$url"
  aws amplify start-deployment "${site[@]}" --job-id "$job" >/dev/null
  for _ in {1..180}; do
    status=$(aws amplify get-job "${site[@]}" --job-id "$job" --output text --query job.summary.status)
    case $status in SUCCEED) return ;; FAILED | CANCELLED) break ;; *) sleep 5 ;; esac
  done
  aws amplify stop-job "${site[@]}" --job-id "$job" >/dev/null 2>&1 || true # left open, it would block the next one
  fail "Amplify could not publish: its job $job is $status. Visitors see what they saw before."
}
refuse_older_release
prepare_stack
deploy_stack "${0%/*}/amplify.yaml" "Project=$PROJECT" "Environment=$ENVIRONMENT" "SinglePageApp=$SINGLE_PAGE_APP"
app=$(stack_output AppId)
address=$(stack_output Url)
site=(--app-id "$app" --branch-name "$(stack_output BranchName)")
previous=$(release_field digest "$deployed") digest=$(release_field digest)
aws s3 cp --only-show-errors "$RELEASE/site.zip" "s3://$bucket/$SERVICE/releases/${digest#*:}.zip" # for the way back
publish "$RELEASE/site.zip"
smoke_test "$address$SMOKE_PATH" && { record_release; exit; }
[[ -n $previous && $previous != "$digest" ]] || fail "The smoke test failed, and there is no other release to go back to."
aws s3 cp --only-show-errors "s3://$bucket/$SERVICE/releases/${previous#*:}.zip" "$RELEASE/previous.zip"
publish "$RELEASE/previous.zip"
fail "The smoke test failed, so the previous release is back."
