#!/usr/bin/env python3
"""Writes docs/limits.md from the pages in src/vocabulary/limits/, so that there is one list of all limits.

dev/limits.py           writes it
dev/limits.py --check   exits 1 where the list is not what the pages say; run by ctest
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEFINED = re.compile(r"inline constexpr ([\w:]+) (k\w+) = ([^;]+);(?:\s*//\s*(.*))?$")
CONTINUED = re.compile(r"\s{8,}//\s*(.*)$")
HEADING = re.compile(r"// --- .* -+$")


def rows_of(page):
    """[name, value, reason] each. A reason stands behind its limit or above it; one above also for those that follow without one."""
    rows, above, in_comment = [], "", False
    for line in page.read_text().splitlines():
        if HEADING.match(line):
            above, in_comment = "", False
        elif defined := DEFINED.match(line):
            if defined[4]:
                above = ""
            rows.append([defined[2], defined[3], defined[4] or above])
            in_comment = False
        elif (continued := CONTINUED.match(line)) and rows:
            rows[-1][2] += " " + continued[1]
        elif line.startswith("// "):
            above = above + " " + line[3:] if in_comment else line[3:]
            in_comment = True
        elif "constexpr" in line:
            sys.exit(f"{page}: a limit that is not one line: {line}")
    return rows


def shown(value):
    value = value.replace("'", "")
    if unit := re.fullmatch(r"(\d+)_([KMG]iB)", value):
        return f"{unit[1]} {unit[2]}"
    if unit := re.fullmatch(r"(\d+)(ms|s|min)", value):
        return f"{unit[1]} {unit[2]}"
    if factors := re.fullmatch(r"(\d+) \* 1024( \* 1024)?", value):
        return f"{factors[1]} {'MiB' if factors[2] else 'KiB'}"
    return value


def document():
    out = ["# Limits", "",
           "Nothing waits without a deadline and nothing grows without a bound. This is every bound of the program, written by",
           "`dev/limits.py` from `src/vocabulary/limits/`, which has a page for each area. What a user may change has a flag or a setting of",
           "its own; the number here is then its default.", ""]
    for page in sorted((ROOT / "src/vocabulary/limits").glob("*.h")):
        out += [f"## {page.stem}", "", page.read_text().splitlines()[0].removeprefix("// "), "", "| limit | value | what and why |", "| --- | --- | --- |"]
        for name, value, reason in rows_of(page):
            if not reason:
                sys.exit(f"{page}: {name} has no reason")
            out.append(f"| `{name}` | {shown(value)} | {reason.replace('|', chr(92) + '|')} |")
        out.append("")
    return "\n".join(out).rstrip("\n") + "\n"


def main():
    target = ROOT / "docs/limits.md"
    text = document()
    if sys.argv[1:] == ["--check"]:
        if not target.exists() or target.read_text() != text:
            sys.exit("docs/limits.md is not what src/vocabulary/limits/ says: run dev/limits.py")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        target.write_text(text)


main()
