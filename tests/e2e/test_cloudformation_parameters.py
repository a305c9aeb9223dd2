"""Parameters: their values, and what is refused."""

import pytest
from aws.base import AwsError
from aws.cloudformation import parameters


def given(**values):
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


@pytest.mark.parametrize(
    ("declared", "text", "message"),
    [
        ({"Type": "String"}, None, r"Parameters: \[P\] must have values"),
        ({"Type": "String", "AllowedPattern": "[a-z]+"}, "a1", r"Parameter 'P' must match pattern \[a-z\]\+"),
        ({"Type": "String", "AllowedPattern": "a", "ConstraintDescription": "must be a"}, "b",
         "Parameter P failed to satisfy constraint: must be a"),
        ({"Type": "Number", "AllowedValues": [1, 2]}, "3", "must be one of AllowedValues"),
        ({"Type": "Number"}, "x", "Parameter 'P' must be a number"),
        ({"Type": "Number", "MinValue": 1}, "0", "not less than 1"),
        ({"Type": "String", "MaxLength": 2}, "abc", "at most 2"),
        ({"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]"}, "a,1", "must match pattern"),
        ({"Type": "String", "Defualt": "x"}, "a", "Invalid template parameter property"),
    ],
)  # fmt: skip
def test_parameters_that_are_refused(declared, text, message):
    values = [] if text is None else given(P=text)
    with pytest.raises(AwsError, match=message):
        parameters.resolve({"P": declared}, values, {}, lambda name: name)


def test_parameters_get_their_values():
    declared = {
        "S": {"Type": "String", "Default": 8080}, "L": {"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]"},
        "E": {"Type": "CommaDelimitedList", "Default": ""}, "H": {"Type": "String", "NoEcho": True},
        "Q": {"Type": "AWS::SSM::Parameter::Value<String>"},
    }  # fmt: skip
    values = parameters.resolve(declared, given(L="a, b", H="secret", Q="/name"), {}, lambda name: f"content of {name}")
    assert [values[key].value for key in "SLEHQ"] == ["8080", ["a", "b"], [""], "secret", "content of /name"]
    assert values["H"].shown()["ParameterValue"] == "****"
    assert values["Q"].shown() == {"ParameterKey": "Q", "ParameterValue": "/name", "ResolvedValue": "content of /name"}


def test_a_parameter_keeps_its_previous_value():
    previous = parameters.resolve({"P": {"Type": "String"}}, given(P="old"), {}, str)
    keep = [{"ParameterKey": "P", "UsePreviousValue": True}]
    declared = {"P": {"Type": "String", "Default": "new"}}
    assert parameters.resolve(declared, keep, previous, str)["P"].value == "old"
    with pytest.raises(AwsError, match="Cannot specify usePreviousValue"):
        parameters.resolve(declared, keep, {}, str)
    with pytest.raises(AwsError, match=r"\[X\] do not exist in the template"):
        parameters.resolve(declared, given(X="1"), {}, str)
