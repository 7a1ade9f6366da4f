// The checks of the whole tree. Each takes a Tree and returns what is wrong with it; none of them reads the
// disk.
#pragma once

#include <span>

#include "rings.h"
#include "tree.h"

namespace locksmith::tidy {

// --- includes.cc: who may include whom
// ---------------------------------------------------------------------------------
Violations check_includes(const Tree& tree);  // every #include of src/ against rings.h
Violations check_map(const Tree& tree);       // src/README.md has the same table as rings.h
Violations check_rows(const Tree& tree);      // each row of the table has its folder
Violations check_folders(const Tree& tree);   // a folder is a CMake target and a namespace
Violations check_seam(const Tree& tree);      // nobody asks the machine for time or variables behind the seam

// --- codes.cc: failures and causes
// ------------------------------------------------------------------------------------- `untested` are codes
// that need no test yet (tests/tidy/untested_failures.txt).
Violations check_failure_codes(const Tree& tree, std::span<const std::string_view> untested);
Violations check_cause_pages(const Tree& tree);
// `without_rule` are codes that no rule concludes yet (tests/tidy/causes_without_rule.txt).
Violations check_cause_rules(const Tree& tree, std::span<const std::string_view> without_rule);
Violations check_faults(
    const Tree& tree);  // data/faults.json names known causes; documents name known faults
Violations check_explained(const Tree& tree);  // "locksmith explain NAME" names a cause, wherever it is said
Violations check_page_form(const SourceFile& page);

// --- text.cc: what no file may hold
// ------------------------------------------------------------------------------------
Violations check_names(const Tree& tree);
Violations check_headers(const Tree& tree);
Violations check_sizes(const Tree& tree, std::span<const LongFile> exceptions);
Violations check_line_lengths(const Tree& tree);
Violations check_white_space(const Tree& tree);
Violations check_left_overs(const Tree& tree);  // notes to oneself, machine paths, case ids
Violations check_secrets(const Tree& tree);     // nothing that looks like a whole key

// --- one_place.cc: what is written once and taken from there
// -------------------------------------------------------------------------------
Violations check_one_place(const Tree& tree);

// --- docs.cc: what the documents promise
// -------------------------------------------------------------------------------
Violations check_links(const Tree& tree);
Violations check_mentions(const Tree& tree);  // a page of docs/ that the source or a page names exists
Violations check_commands(const Tree& tree);  // every sh block is run: tests/docs/commands.txt

}  // namespace locksmith::tidy
