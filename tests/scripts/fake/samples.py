"""What CloudFormation makes of the three templates: their parameters, and the outputs of what they create."""
import os
import re

import world


def section(template, name):
    """The lines below a top-level key."""
    found = re.search(rf"^{name}:\n((?:(?: .*|#.*)?\n)*)", template, re.M)
    return found.group(1) if found else ""


def parameters(template, given, before):
    """A value for every parameter: what is given, else what the stack has, else the default."""
    values = {}
    for name, body in re.findall(r"^  (\w+):\n((?:    .*\n)+)", section(template, "Parameters"), re.M):
        default = re.search(r'^    Default: ?"?(.*?)"?$', body, re.M)
        if name in given:
            values[name] = given[name]
        elif name in before:
            values[name] = before[name]
        elif default:
            values[name] = default.group(1)
        else:
            raise world.Failed(f"An error occurred (ValidationError): Parameters: [{name}] must have values", 254)
        allowed = re.search(r"^    AllowedPattern: (.*)$", body, re.M)
        if allowed and not re.fullmatch(allowed.group(1), values[name]):
            raise world.Failed(f"An error occurred (ValidationError): Parameter {name} failed to satisfy constraint")
    return values


def outputs(state, stack, template):
    """Outputs whose names the template has, with the addresses at which the fake curl answers."""
    kinds = {"AppId": "d1app", "BranchName": stack, "Url": "https://site.example", "Endpoint": "https://api.example/"}
    names = re.findall(r"^  (\w+):$", section(template, "Outputs"), re.M)
    if "AWS::Serverless" in template:
        state["live"] = code(template)
        kinds = {"Address": "https://functions.example/"}
    if "AWS::Amplify::Branch" in template:
        state.setdefault("amplify", {"jobs": []})
    return {name: kinds[name] for name in names if name in kinds}


def code(template):
    """The content of what the packaged template refers to: code that is not in the bucket does not run."""
    found = []
    for address in re.findall(r"(?:Code|Definition)Uri: (.*)$", template, re.M):
        path = world.object_of(address)
        if not address.startswith("s3://") or not os.path.isfile(path):
            world.refuse(f"the code {address} is not in a bucket")
        found.append(world.read(path).decode())
    return "\n".join(found)
