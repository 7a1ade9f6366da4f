#!/usr/bin/env python3
"""Which tests an edit asks for: prints a regular expression for ctest -R.

dev/fast_tests.py BUILD_FOLDER STAMP    every test whose own program was linked after STAMP (a file; all where there is none), and
                                        those that read the whole tree, but none with the label "long", "sdk" or "compiles"
dev/fast_tests.py --self-test
"""
import json
import os
import re
import subprocess
import sys
import tempfile

LEFT_OUT = {"long", "sdk", "compiles"}


def labels_of(test):
    return {label for p in test.get("properties", []) if p["name"] == "LABELS" for label in p["value"]}


def wanted(test, since):
    labels = labels_of(test)
    if labels & LEFT_OUT or not test.get("command"):
        return False
    if "whole-tree" in labels:
        return True
    programs = [word for word in test["command"] if os.path.isabs(word) and os.path.isfile(word) and os.access(word, os.X_OK)]
    return any(os.path.getmtime(program) > since for program in programs)


def expression(tests, stamp):
    since = os.path.getmtime(stamp) if os.path.exists(stamp) else 0.0
    names = [re.escape(test["name"]) for test in tests if wanted(test, since)]
    return "^(" + "|".join(names) + ")$" if names else "^$"


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        def program(name, age):
            path = os.path.join(folder, name)
            with open(path, "w") as file:
                file.write("")
            os.chmod(path, 0o700)
            os.utime(path, (age, age))
            return path

        def test(name, path, *labels):
            return {"name": name, "command": [path], "properties": [{"name": "LABELS", "value": list(labels)}]}

        stamp = program("stamp", 1000)
        tests = [test("old", program("old", 900)), test("new/a+b", program("new", 1100)), test("slow", program("slow", 1100), "long"),
                 test("tree", program("tree", 900), "whole-tree"), test("types", program("types", 1100), "whole-tree", "compiles")]
        assert expression(tests, stamp) == r"^(new/a\+b|tree)$", expression(tests, stamp)
        assert expression(tests, stamp + ".none") == r"^(old|new/a\+b|tree)$"
        assert expression(tests[:1], stamp) == "^$"


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    shown = subprocess.run(["ctest", "--test-dir", sys.argv[1], "--show-only=json-v1"], check=True, capture_output=True, text=True).stdout
    print(expression(json.loads(shown)["tests"], sys.argv[2]))


main()
