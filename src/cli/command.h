// What every command shares. One file a command; each registers itself with its add_…() and sets the exit code when run.
#pragma once

#include "cli/arguments.h"
#include "cli/run.h"
#include "vocabulary/failure.h"

namespace locksmith::cli {

struct Shell {
  int exit_code = ExitCode::healthy;
  bool json = false;      // --json: one document for machines
  bool no_color = false;  // --no-color
  bool plain = false;     // --plain: words instead of signs, ASCII alone
};

// Prints "locksmith: <message> [code]" and the next step to stderr, with --json also one document (locksmith.error/1) to
// stdout; returns the exit code that the contract gives to its blame.
int report(const Failure& failure, const Shell& shell);

// True where stdout is a terminal that can show colour, and nobody refused it by --no-color or NO_COLOR (no-color.org).
bool use_color(const Shell& shell);

// Also writes manual pages: both are made from the tree that `line` describes.
void add_completions(const Command& root, const CommandLine& line, Shell& shell);
void add_diagnose(const Command& root, Shell& shell);
void add_doctor(const Command& root, Shell& shell);
void add_emulate(const Command& root, Shell& shell);
void add_explain(const Command& root, Shell& shell);
void add_keys(const Command& root, Shell& shell);
void add_report(const Command& root, Shell& shell);
void add_scan(const Command& root, Shell& shell);
void add_serve(const Command& root, Shell& shell);
void add_status(const Command& root, Shell& shell);
void add_version(const Command& root, Shell& shell);

// What `locksmith` without a command does: the examination with its defaults.
int examine_by_default(const Shell& shell);

}  // namespace locksmith::cli
