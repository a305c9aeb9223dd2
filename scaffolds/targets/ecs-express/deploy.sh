#!/usr/bin/env bash
# deploy: the image named in release.json becomes what this environment runs.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"

apply() { # IMAGE
  deploy_stack "$(dirname "$0")/ecs-express.yaml" "Image=$1" "BoundaryArn=$boundary" "Project=$PROJECT" \
    "Service=$SERVICE" "Environment=$ENVIRONMENT" "Port=$PORT" "HealthCheckPath=$HEALTH_CHECK_PATH" \
    "Cpu=$CPU" "Memory=$MEMORY" "MinTasks=$MIN_TASKS" "MaxTasks=$MAX_TASKS" \
    "Subnets=${SUBNETS:-}" "SecurityGroups=${SECURITY_GROUPS:-}"
}
rollout() { # id, status and reason of the newest one of the last day
  aws ecs list-service-deployments --cluster default --service "$STACK_NAME" --output text \
    --max-results 100 --created-at "after=$(($(date +%s) - 86400))" 2>/dev/null \
    --query 'sort_by(serviceDeployments, &createdAt)[-1].[serviceDeploymentArn, status, statusReason]' || echo None
}
# When a rollout fails ECS returns to the old version by itself, and CloudFormation has
# called that a success. So ask ECS how the rollout ended and which image is running.
gate() { # IMAGE ROLLOUT-BEFORE
  local id status reason revisions
  for _ in {1..80}; do
    IFS=$'\t' read -r id status reason < <(rollout)
    case $status in PENDING | *IN_PROGRESS | *_REQUESTED) sleep 15 ;; *) break ;; esac
  done
  # An unchanged service starts no rollout: the status found is an earlier one's.
  [[ $id == "$2" || $status == SUCCESSFUL ]] || fail "The rollout ended as $status: $reason"
  read -ra revisions < <(aws ecs describe-services --cluster default --services "$STACK_NAME" --output text \
    --query "services[0].currentServiceRevisions[?runningTaskCount > \`0\`].arn") || true
  [[ ${revisions[*]:-None} != None ]] || fail "No task of $STACK_NAME is running."
  id=$(aws ecs describe-service-revisions --service-revision-arns "${revisions[@]}" --output text \
    --query "serviceRevisions[?!contains(to_string(containerImages), '${1#*@}')].serviceRevisionArn")
  [ -z "$id" ] || fail "The service does not run $1 but the image it had before."
}
why_stopped() {
  local tasks
  read -ra tasks < <(aws ecs list-tasks --cluster default --family "default-$STACK_NAME" \
    --desired-status STOPPED --query 'taskArns[:100]' --output text)
  [[ ${tasks[*]:-None} == None ]] || aws ecs describe-tasks --cluster default --tasks "${tasks[@]}" --output json \
    --query 'sort_by(tasks, &createdAt)[-1].{lastStoppedTask: stoppedReason, containers: containers[].[exitCode, reason]}'
  echo "What the container said: aws logs tail /$PROJECT/$ENVIRONMENT/$SERVICE --region $AWS_REGION"
}
mark_image() { # the repository never deletes what is tagged deployed-<environment>
  local in=(--registry-id "${image%%.*}" --region "$(cut -d. -f4 <<<"$image")" --repository-name "$PROJECT/$SERVICE")
  aws ecr put-image "${in[@]}" --image-tag "deployed-$ENVIRONMENT" --image-digest "${image#*@}" --query image.imageId --image-manifest \
    "$(aws ecr batch-get-image "${in[@]}" --image-ids "imageDigest=${image#*@}" --query 'images[0].imageManifest' --output text)" 2>"$errors" ||
    grep -q ImageAlreadyExistsException "$errors" || (cat "$errors" >&2; exit 1) # it has the tag since an earlier run
}

[ "${1:-}" = deploy ] || fail "usage: $0 deploy"
image=$(release_field image)
refuse_older_release
boundary=$(bootstrap_output BoundaryArn)
previous=$(release_field image "$deployed")
prepare_stack
read -r before _ < <(rollout)
set +e # from here each result is judged below: none may end the script unseen
(set -e; apply "$image"); stack=$?
(set -e; gate "$image" "$before"); gate=$?
[ $gate = 0 ] || why_stopped >&2
[ "$stack$gate" != 00 ] || (set -e; url=$(stack_output Endpoint); url=${url%/}; smoke_test "https://${url#https://}$SMOKE_PATH"); smoke=$?
if [ "$stack$gate$smoke" = 000 ]; then
  set -e
  record_release
  mark_image || echo "$image has no tag deployed-$ENVIRONMENT: the repository may delete it in half a year." >&2
  exit
fi
[ $stack = 0 ] || fail "CloudFormation could not make the change and put the stack back: its reason stands above."
[[ -n $previous && $previous != "$image" ]] || fail "The new version failed, and there is no other release to return to."
read -r before _ < <(rollout)
(set -e; apply "$previous"; gate "$previous" "$before"); restored=$?
[ $restored = 0 ] || fail "The new version failed, and so did the return to $previous."
fail "The new version failed. $previous runs again."
