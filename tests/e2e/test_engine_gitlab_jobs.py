"""What one job on GitLab finds: its variables, its image's commands, its tokens, and nothing of anybody else's."""

import os

import pytest
from engines import HarnessError
from engines.gitlab.trial import AWS, DOCKER, NODE, PYTHON, Trial, job


@pytest.fixture
def trial(tmp_path):
    made = Trial(tmp_path)
    yield made
    unexpected = made.close()
    assert unexpected == []


def test_a_job_is_told_what_gitlab_predefines(trial):
    names = "CI_COMMIT_BRANCH CI_PIPELINE_SOURCE CI_PIPELINE_IID CI_PROJECT_PATH CI_DEFAULT_BRANCH CI_COMMIT_REF_PROTECTED GITLAB_CI"
    script = [f'echo "{name}=${name};"' for name in names.split()]
    run = trial.push("The title\n\nMore of it", ci=job("show", *script, 'echo "$CI_COMMIT_TITLE|$CI_COMMIT_DESCRIPTION|"'))
    assert run.green, run.describe()
    for said in ("BRANCH=main;", "SOURCE=push;", "IID=1;", "PATH=acme/shop;", "DEFAULT_BRANCH=main;", "PROTECTED=true;", "GITLAB_CI=true;"):
        assert said in run.log("show")
    assert "The title|More of it|" in run.log("show")


def test_nothing_of_the_developer_leaks_into_a_job(trial, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIADEVELOPER")
    monkeypatch.setenv("MY_SECRET", "leaked")
    run = trial.push(ci=job("show", "env", "echo in > /tmp/mine; echo home=$HOME; ls -A $HOME | wc -l"))
    assert run.green, run.describe()
    for name in ("AKIADEVELOPER", "leaked", "AWS_SECRET", "AWS_SESSION", "ID_TOKEN"):
        assert name not in run.log("show")
    assert f"home={os.environ.get('HOME')}\n" not in run.log("show")
    assert not os.path.exists("/tmp/mine")


@pytest.mark.parametrize(
    ("image", "there", "absent"),
    [
        (AWS, "bash aws curl awk sed grep date jq", "git tar find python3 node docker"),
        (DOCKER, "sh git docker sed cut", "bash aws curl python3"),
        (NODE, "npm node python3 git unzip bash", "aws sam docker"),
        (PYTHON, "python3 pip git curl", "node uv aws"),
    ],
)
def test_a_job_has_the_commands_of_its_image_only(trial, image, there, absent):
    look = f"for each in {there} {absent}; do command -v $each >/dev/null && echo $each is there || echo $each is not there; done"
    run = trial.push(ci=job("look", look, image=image))
    for name in there.split():
        assert f"{name} is there" in run.log("look")
    for name in absent.split():
        assert f"{name} is not there" in run.log("look")


def test_an_unknown_image_is_an_error_of_the_harness(trial):
    with pytest.raises(HarnessError, match="example.com/unknown"):
        trial.push(ci=job("look", "true", image="example.com/unknown:1"))


def test_what_apk_adds_is_there_from_then_on(trial):
    run = trial.push(ci=job("add", "apk add --no-cache aws-cli bash", "bash -c 'aws --version'", image=DOCKER))
    assert run.green, run.describe()
    with pytest.raises(HarnessError, match="the package cowsay"):
        trial.push(ci=job("add", "apk add --no-cache cowsay", image=DOCKER))


def test_the_shell_of_an_image_without_bash_is_ash(trial):
    run = trial.push(ci=job("look", "[[ $(cat /proc/$$/comm) == busybox || -z ${BASH_VERSION:-} ]]", "cut -d. -f4 <<< a.b.c.d", image=DOCKER))
    assert "syntax error" in run.log("look"), run.describe()


def test_what_pip_installs_is_the_jobs_own(trial):
    made = job("make", "python3 -c 'import sys; print(sys.prefix)'", "pip --version", "ls $HOME/.venv/bin/pip", image=PYTHON)
    run = trial.push(ci=made)
    assert run.green and "/home/.venv" in run.log("make"), run.describe()


def test_a_failing_line_ends_the_job(trial):
    run = trial.push(ci=job("fail", "echo before; exit 3", "echo after"))
    assert run.status("fail") == "failure"
    assert "before" in run.log("fail") and "\nafter" not in run.log("fail")
    assert run.log("fail").endswith("ERROR: Job failed: exit code 3")


def test_the_docker_client_finds_only_a_daemon_that_is_beside_it(trial):
    service = "  services:\n    - name: public.ecr.aws/docker/library/docker:28.5.2-dind\n      alias: docker\n"
    told = {"DOCKER_TLS_CERTDIR": "/certs", "DOCKER_HOST": "tcp://docker:2376", "DOCKER_TLS_VERIFY": "'1'", "DOCKER_CERT_PATH": "/certs/client"}
    tls = "  variables:\n" + "".join(f"    {name}: {value}\n" for name, value in told.items())
    for more, wrong in (("", "unix:///var/run/docker.sock"), (tls, "tcp://docker:2376"), (service, "unix:///var/run/docker.sock")):
        run = trial.push(ci=job("build", "docker version", image=DOCKER, more=more))
        assert run.status("build") == "failure" and f"Cannot connect to the Docker daemon at {wrong}" in run.log("build"), run.describe()
    run = trial.push(ci=job("build", "docker version", image=DOCKER, more=service + tls))
    assert "Cannot connect" not in run.log("build"), run.describe()
