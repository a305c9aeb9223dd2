"""Each role's permissions are needed: what it may do was asked for in a run, or unneeded.tsv says why it may; less is red."""

from __future__ import annotations

import pytest
import roles
from cells import CELLS, SMALL, Cell
from lab import Lab

# How the first creation of each target fails, so that the next run has a stack to delete.
FIRST = {
    "amplify": ("amplify", "CreateBranch", "BadRequestException"),
    "ecs-express": ("ecs", "CreateExpressGatewayService", "InvalidParameterException"),
    "lambda": ("lambda", "CreateFunction", "InvalidParameterValueException"),
}
# In the order in which a deployment asks for them: each is taken away in turn.
CENTRAL = {
    "amplify": [
        ("DeployRole", "s3:ListBucket"), ("DeployRole", "cloudformation:DeleteStack"), ("DeployRole", "iam:PassRole"),
        ("CloudFormationRole", "amplify:CreateApp"), ("DeployRole", "amplify:CreateDeployment"),
    ],
    "ecs-express": [
        ("DeployRole", "cloudformation:CreateChangeSet"), ("CloudFormationRole", "iam:PassRole"),
        ("CloudFormationRole", "ecs:CreateExpressGatewayService"), ("DeployRole", "ecs:DescribeServiceRevisions"),
    ],
    "lambda": [
        ("DeployRole", "cloudformation:ExecuteChangeSet"), ("CloudFormationRole", "iam:CreateRole"),
        ("CloudFormationRole", "s3:GetObject"), ("CloudFormationRole", "lambda:CreateFunction"), ("DeployRole", "s3:PutObject"),
    ],
}  # fmt: skip


def by(ci: str) -> list[Cell]:
    return [cell for cell in CELLS if cell.ci == ci]


def named(cell: Cell) -> str:
    return cell.name


@pytest.fixture(scope="class")
def lab(request, tmp_path_factory):
    """One lab per cell, with an ear at IAM from before the first follow-up."""
    lab = Lab(request.param, SMALL[request.param.kind], tmp_path_factory.mktemp("lab"))
    lab.asked = roles.Asked(lab.cloud)
    yield lab
    lab.close()


@pytest.fixture
def understood(lab):
    yield
    assert lab.unexpected() == []


def check(lab: Lab, concerned: list[str]) -> None:
    """Of each role: granted is asked for or explained, and what is explained was not asked for."""
    explained = roles.unneeded(lab.cell)
    found, said = set(), set()
    arns = roles.emitted(lab)
    for name in concerned:
        granted, asked = roles.granted(lab, arns[name]), lab.asked.of(arns[name])
        found |= {(name, action) for action in granted - asked}
        said |= {row for row in explained if row[0] == name}
    assert found == said, "\n".join(
        [f"granted and never asked for: {' '.join(each)}" for each in sorted(found - said)]
        + [f"in unneeded.tsv, but asked for or not granted: {' '.join(each)}" for each in sorted(said - found)]
    )


@pytest.mark.parametrize("lab", by("github"), indirect=True, ids=named)
@pytest.mark.usefixtures("understood")
class TestDeploying:
    """The roles of an environment. The tests build on each other: from a first creation that fails to a release that is taken back."""

    def test_without_one_permission_the_run_is_red(self, lab, proves):
        proves(lab.cell, "central permissions of the deploy and CloudFormation roles: without each one the deployment is red, with all it recovers")
        service, operation, code = FIRST[lab.cell.target]
        failed = lab.cloud.faults.add(service, operation, error=(code, "not today"))
        run = lab.first_push()
        assert run.red and failed.hits == 1, run.describe()
        for role, action in CENTRAL[lab.cell.target]:
            with roles.without(lab, role, action):
                run = lab.engine.rerun(run, failed_only=True)
            # S3 answers a HEAD without a body, so the CLI can say no more than the number.
            reasons = (action, "(403)" if action.startswith("s3:") else action)
            assert run.red and any(reason in run.log("deploy-staging") for reason in reasons), f"without {action} of {role}:\n{run.describe()}"
        run = lab.engine.rerun(run, failed_only=True)
        assert not run.red, run.describe()
        assert "version 1" in lab.visit("staging")

    def test_a_release_is_taken_back(self, lab):
        lab.cloud.sites.broken = "version 2"
        run = lab.push(version=2)
        assert run.red, run.describe()
        assert "version 1" in lab.visit("staging"), run.describe()

    def test_each_permission_was_asked_for_or_is_explained(self, lab, proves):
        proves(lab.cell, "each permission of each role was asked for in a run, or is listed with its reason (unneeded.tsv)")
        check(lab, list(roles.emitted(lab)))


@pytest.mark.parametrize("lab", by("codebuild"), indirect=True, ids=named)
@pytest.mark.usefixtures("understood")
class TestPipeline:
    """The roles that only CodePipeline and its builds have."""

    def test_each_permission_was_asked_for_or_is_explained(self, lab, proves):
        proves(lab.cell, "each permission of each role was asked for in a run, or is listed with its reason (unneeded.tsv)")
        for run in (lab.first_push(), lab.pull_request(version=2)):
            assert not run.red, run.describe()
        # The roles of environments are those of the other CIs (below), and production's build is staging's with another name.
        others = ("DeployRole", "CloudFormationRole", "ProductionDeployRole")
        check(lab, [name for name in roles.emitted(lab) if name not in others])


@pytest.mark.parametrize("cell", by("gitlab") + by("codebuild"), ids=named)
def test_the_roles_of_an_environment_are_the_same_for_each_ci(cell, proves, tmp_path):
    proves(cell, "the roles of an environment have the same policies, and the same scripts use them, whichever the CI")
    told = []
    for each in (cell, Cell(cell.kind, cell.target, "github")):
        (tmp_path / each.ci).mkdir()
        lab = Lab(each, SMALL[each.kind], tmp_path / each.ci)
        told.append(roles.written(lab.project.folder))
        lab.close()
    assert told[0] == told[1]
