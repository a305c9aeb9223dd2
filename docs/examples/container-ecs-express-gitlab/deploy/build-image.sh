#!/usr/bin/env bash
# build-image.sh push    builds the image of one commit, pushes it, and writes its digest to release.json
# build-image.sh check   only builds, to prove on a pull request that the Dockerfile works; needs no AWS
set -euo pipefail

DOCKERFILE=${DOCKERFILE:-Dockerfile}
CONTEXT=${CONTEXT:-.}

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

build() { # build TAG
  # Fargate runs amd64 here. Attestations would turn the image into a list of
  # manifests with another digest, which Lambda refuses.
  docker build --platform linux/amd64 --provenance=false --sbom=false \
    --file "$DOCKERFILE" --tag "$1" "$CONTEXT" ||
    fail "The image did not build: the lines above say which step of $DOCKERFILE failed."
}

digest_of_commit() { # empty when this commit has no image yet; any other trouble stops the build
  local answer
  if answer=$(aws ecr describe-images --region "$region" --registry-id "${registry%%.*}" \
    --repository-name "$repository" --image-ids "imageTag=$COMMIT" \
    --query 'imageDetails[0].imageDigest' --output text 2>&1); then
    printf '%s\n' "$answer"
  elif [[ $answer != *ImageNotFoundException* ]]; then
    fail "$answer" "Cannot look into $IMAGE_REPOSITORY. Was deploy/bootstrap/repository.yaml deployed?"
  fi
}

if [ "${1:-}" = check ]; then
  build "check:${COMMIT:-local}"
  exit
fi

[ "${1:-}" = push ] || fail "usage: $0 push | check"
if [[ $IMAGE_REPOSITORY != *.amazonaws.com* ]]; then # a name alone is one in this account and region
  account=$(aws sts get-caller-identity --query Account --output text)
  IMAGE_REPOSITORY=$account.dkr.ecr.$AWS_REGION.amazonaws.com/$IMAGE_REPOSITORY
fi
registry=${IMAGE_REPOSITORY%%/*}
repository=${IMAGE_REPOSITORY#*/}
region=$(cut -d. -f4 <<<"$registry")

# Tags never move. When a job runs again, its commit has an image already: that one goes on.
digest=$(digest_of_commit)
if [ -z "$digest" ]; then
  aws ecr get-login-password --region "$region" | docker login --username AWS --password-stdin "$registry"
  build "$IMAGE_REPOSITORY:$COMMIT"
  docker push "$IMAGE_REPOSITORY:$COMMIT"
  digest=$(digest_of_commit)
fi
[[ $digest == sha256:* ]] || fail "The image was pushed, but the registry names no digest for $COMMIT."

mkdir -p "${RELEASE:=release}"
printf '{\n  "commit": "%s",\n  "sequence": %d,\n  "digest": "%s",\n  "image": "%s@%s"\n}\n' \
  "$COMMIT" "$SEQUENCE" "$digest" "$IMAGE_REPOSITORY" "$digest" >"$RELEASE/release.json"
cat "$RELEASE/release.json"
