"""The parts of the CloudFormation stub that need no cloud: templates, functions, order, states."""

import pytest
from aws.base import AwsError, HarnessError
from aws.cloudformation import capabilities, names, order, schema, states, template
from aws.cloudformation.intrinsics import LATER, NO_VALUE, Resolver, Scope
from aws.cloudformation.references import references


def resolve(text: str, **scope):
    """The value of `V` in a template text."""
    return Resolver(Scope(**scope)).value(template.load(text)["V"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("V: !Ref A", "one"),
        ("V: !Sub '${A}-${AWS::Region}-${!A}-${B.Arn}'", "one-eu-west-1-${A}-B.Arn"),
        ("V: !Sub ['${X}/${A}', {X: !Ref L}]", None),
        ("V: !Sub ['${X}/${A}', {X: 7}]", "7/one"),
        ("V: !Join ['-', [a, !Ref A, 1, true]]", "a-one-1-true"),
        ("V: !Join ['', !Ref L]", "xy"),
        ("V: !Select [1, !Split [':', 'a:b:c']]", "b"),
        ("V: !GetAtt B.Some.Attribute", "B.Some.Attribute"),
        ("V: !GetAtt [B, Arn]", "B.Arn"),
        ("V: !If [Holds, [a, !Ref AWS::NoValue], b]", ["a"]),
        ("V: {k: !If [Fails, 1, !Ref AWS::NoValue], l: 2}", {"l": 2}),
        ("V: !FindInMap [M, first, second]", "found"),
        ("V: !Base64 hello", "aGVsbG8="),
        ("V: 2012-10-17", "2012-10-17"),
        ("V: {'Fn::Join': ['', [a, b]]}", "ab"),
    ],
)
def test_functions(text, value):
    scope = {
        "parameters": {"A": "one", "L": ["x", "y"]},
        "pseudo": {"AWS::Region": "eu-west-1"},
        "mappings": {"M": {"first": {"second": "found"}}},
        "conditions": template.load("Holds: !Equals [a, a]\nFails: !Not [!Condition Holds]"),
        "attribute": lambda name, attribute: f"{name}.{attribute}",
    }
    if value is None:
        with pytest.raises(AwsError, match="a string is needed"):
            resolve(text, **scope)
    else:
        assert resolve(text, **scope) == value


def test_conditions_combine():
    conditions = template.load(
        "A: !Equals [true, 'true']\nB: !And [!Condition A, !Not [!Condition C]]\nC: !Or [!Equals [a, b], !Equals [b, c]]"
    )
    resolver = Resolver(Scope(conditions=conditions))
    assert [resolver.condition(name) for name in "ABC"] == [True, True, False]
    with pytest.raises(AwsError):
        resolver.condition("D")


def test_what_is_not_known_yet_stays_later():
    for text in ("V: !Ref B", "V: !Sub '${B}-x'", "V: !Join ['', [a, !Ref B]]", "V: !Select [0, !Split [a, !Ref B]]"):
        assert resolve(text) is LATER
    assert resolve("V: !Ref AWS::NoValue") is NO_VALUE


@pytest.mark.parametrize("text", ["V: !Select [3, [a]]", "V: !FindInMap [M, a, b]", "V: !ImportValue x"])
def test_functions_that_fail(text):
    with pytest.raises(AwsError) as refusal:
        resolve(text)
    assert refusal.value.code == "ValidationError"


@pytest.mark.parametrize("text", ["V: !Cidr [a, 1, 2]", "V: '{{resolve:ssm:/a}}'", "V: !Transform {Name: X}"])
def test_functions_that_are_not_emulated_are_errors_of_the_harness(text):
    with pytest.raises(HarnessError):
        resolve(text)


def test_references_are_found_everywhere():
    node = template.load("V: [!Ref A, !GetAtt B.C, !Sub ['${D} ${E} ${F.G}', {D: !Ref H}], {K: !If [C, !Ref I, 1]}]")
    assert set(references(node)) == {"A", "B", "E", "F", "H", "I"}


GOOD = "Resources: {A: {Type: 'AWS::S3::Bucket'}}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Resources: {}", "At least one Resources member"),
        ("Resources: {A: {Properties: {}}}", "must contain a Type member"),
        ("Resources: {A_b: {Type: T}}", "non alphanumeric"),
        (GOOD + "\nThing: 1", "Invalid template property"),
        ("Resources: {A: {Type: T, Propertys: {}}}", "Invalid template resource property"),
        ("Resources: {A: {Type: T, DeletionPolicy: Keep}}", "Unrecognized DeletionPolicy"),
        ("Resources: {A: {Type: T, UpdateReplacePolicy: RetainExceptOnCreate}}", "Unrecognized UpdateReplacePolicy"),
        ("Resources: {A: {Type: T, Properties: {P: !Ref B}}}", r"Unresolved resource dependencies \[B\] in the Resources"),
        ("Resources: {A: {Type: T, DependsOn: B}}", r"Unresolved resource dependencies \[B\]"),
        ("Resources: {A: {Type: T, Condition: C}}", "Unresolved condition dependency C"),
        (GOOD + "\nOutputs: {O: {Value: !GetAtt B.Arn}}", "in the Outputs block"),
    ],
)
def test_templates_that_are_refused_unread(text, message):
    with pytest.raises(AwsError, match=message):
        template.check(template.load(text))


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x", "a: [", "a: 1\na: 2", "just a text", '{"a": '])
def test_texts_that_are_no_template(text):
    with pytest.raises(AwsError, match="Template format error"):
        template.load(text)


def test_order_follows_references_and_depends_on():
    resources = template.load("A: {DependsOn: B}\nB: {Properties: {P: !Sub '${C.Arn}'}}\nC: {}")
    assert order.creation_order(resources) == ["C", "B", "A"]
    with pytest.raises(AwsError, match=r"Circular dependency between resources: \[A, B\]"):
        order.creation_order(template.load("A: {DependsOn: B}\nB: {DependsOn: A}"))


def test_capabilities():
    plain = {"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}
    role = {"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {}}}}
    named = {"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "x"}}}}
    assert capabilities.lacking(plain, []) is None
    assert capabilities.lacking(role, []) == "CAPABILITY_IAM"
    assert capabilities.lacking(role, ["CAPABILITY_NAMED_IAM"]) is None
    assert capabilities.lacking(named, ["CAPABILITY_IAM"]) == "CAPABILITY_NAMED_IAM"


def test_schema_says_what_fits_and_what_replaces():
    role = schema.of("AWS::IAM::Role")
    assert role.check({"AssumeRolePolicyDocument": {}, "MaxSessionDuration": "7200"})["MaxSessionDuration"] == 7200
    for wrong in ({}, {"AssumeRolePolicyDocument": {}, "Rolename": "x"}, {"AssumeRolePolicyDocument": {}, "Arn": "x"}):
        with pytest.raises(schema.Invalid):
            role.check(wrong)
    assert role.replaces({"RoleName": "a"}, {"RoleName": "b"}) == ["RoleName"]
    assert role.replaces({"Description": "a"}, {"Description": "b"}) == []
    with pytest.raises(HarnessError):
        schema.of("AWS::No::Such")


def test_names_fit_their_limit_and_differ():
    name = names.generated("stack" * 10, "Logical" * 10, "seed", 64)
    assert len(name) == 64 and name.startswith("stackstack")
    assert name != names.generated("stack" * 10, "Logical" * 10, "other", 64)
    assert names.generated("S", "Bucket", "x", 63, lower=True).islower()


def test_only_the_table_moves_a_state():
    assert states.after("CREATE_IN_PROGRESS", "done") == "CREATE_COMPLETE"
    assert not states.allows("ROLLBACK_COMPLETE", "UpdateStack")
    assert states.allows("ROLLBACK_COMPLETE", "DeleteStack")
    with pytest.raises(HarnessError):
        states.after("ROLLBACK_COMPLETE", "UpdateStack")


def test_every_row_of_the_table_has_a_source():
    lines = states.TABLE.read_text().splitlines()
    assert lines[0].split("\t") == ["from", "event", "to", "source"]
    for line in lines[1:]:
        source = line.split("\t")[3]
        assert source == "unproven" or source.startswith("https://docs.aws.amazon.com/"), line
    targets = {line.split("\t")[2] for line in lines[1:]}
    assert not {line.split("\t")[0] for line in lines[1:]} - targets - {"none", "ChangeSet CREATE_IN_PROGRESS"}
