"""Prints, as one JSON list, the trees that a YAML 1.1 reader sees in the files given; a tag becomes a map of one key."""

import json
import sys

import yaml


class Loader(yaml.SafeLoader):
    pass


def tagged(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {"!" + suffix: value}


def plain(value):
    """JSON's keys are strings; the key that YAML 1.1 reads as true can only be `on`."""
    if isinstance(value, dict):
        return {"on" if key is True else str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


Loader.add_multi_constructor("!", tagged)
trees = []
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        trees.append(plain(yaml.load(file, Loader)))
json.dump(trees, sys.stdout, default=lambda value: "%s is a %s in YAML 1.1" % (value, type(value).__name__))
