"""Container images without a Docker daemon: a local registry in ECR's place and a `docker` command in front of buildah."""
