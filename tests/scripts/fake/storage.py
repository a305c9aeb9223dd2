"""S3, ECR and STS: objects are files, images are a digest with a text."""
import os
import shutil

import world

MANIFEST = '{"mediaType": "application/vnd.docker.distribution.manifest.v2+json", "text": "%s"}'


def s3_cp(state, words):
    # `--only-show-errors` first, then the two places, as the scripts write it.
    if words[0] != "--only-show-errors" or len(words) != 3:
        world.refuse("a copy that is not: --only-show-errors FROM TO")
    source, target = words[1:]
    if source.startswith("s3://"):
        check_bucket(source)
        if not os.path.isfile(world.object_of(source)):
            raise world.Failed("fatal error: An error occurred (404) when calling the HeadObject operation: Not Found", 1)
        shutil.copyfile(world.object_of(source), target)
    else:
        check_bucket(target)
        if not os.path.isfile(source):
            raise world.Failed(f"The user-provided path {source} does not exist.", 255)
        os.makedirs(os.path.dirname(world.object_of(target)), exist_ok=True)
        shutil.copyfile(source, world.object_of(target))


def check_bucket(address):
    if not address.startswith("s3://artifacts/web/"):
        world.refuse(f"{address} is not this service's place in the bucket")


def repository(given, state):
    found = (given["registry-id"], given["region"], given["repository-name"])
    if found != ("111122223333", "eu-west-1", "shop/web"):
        world.refuse(f"the repository {found}")
    if state.get("repository") == "absent":
        raise world.Failed("An error occurred (RepositoryNotFoundException): The repository does not exist")


def describe_images(state, words):
    given = world.options(words, "region= registry-id= repository-name= image-ids= query= output=")
    repository(given, state)
    tag = given["image-ids"].removeprefix("imageTag=")
    if tag not in state["tags"]:
        raise world.Failed("An error occurred (ImageNotFoundException) when calling the DescribeImages operation")
    return world.answer(state["tags"][tag], {r"imageDetails\[0\]\.imageDigest": lambda digest: digest}, given)


def batch_get_image(state, words):
    given = world.options(words, "region= registry-id= repository-name= image-ids= query= output=")
    repository(given, state)
    text = state["images"][given["image-ids"].removeprefix("imageDigest=")]
    return world.answer(MANIFEST % text, {r"images\[0\]\.imageManifest": lambda manifest: manifest}, given)


def put_image(state, words):
    given = world.options(words, "region= registry-id= repository-name= image-tag= image-digest= image-manifest= query=")
    repository(given, state)
    if given["image-manifest"] != MANIFEST % state["images"][given["image-digest"]]:
        world.refuse("a manifest that is not the image's")
    if given["image-tag"] != "deployed-test":
        world.refuse("a tag that cannot move")
    if state["tags"].get("deployed-test") == given["image-digest"]:
        raise world.Failed("An error occurred (ImageAlreadyExistsException) when calling the PutImage operation")
    state["tags"]["deployed-test"] = given["image-digest"]
    return world.answer({"imageTag": "deployed-test"}, {r"image\.imageId": lambda image: image}, {**given, "output": "json"})


def get_login_password(state, words):
    if world.options(words, "region=")["region"] != "eu-west-1":
        world.refuse("another region")
    return "PASSWORD\n"


def get_caller_identity(state, words):
    given = world.options(words, "query= output=")
    return world.answer("111122223333", {"Account": lambda account: account}, given)


CALLS = {
    "s3 cp": s3_cp,
    "ecr describe-images": describe_images,
    "ecr batch-get-image": batch_get_image,
    "ecr put-image": put_image,
    "ecr get-login-password": get_login_password,
    "sts get-caller-identity": get_caller_identity,
}
