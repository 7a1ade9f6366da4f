// What people paste is a transcript: what they typed, and below it what came back. Told apart here, so that a command is read
// as a command and its answer as an answer.
//
// A command stands behind a prompt ("$ ", "PS C:\> ", "user@host:~$ ", the "> " and "❯ " of a program that is talked to), or
// begins with a word that only a command begins with ("curl ", "export NAME="). It goes on while a quote is open or its line
// ends in the shell's sign for that. What follows, up to the next command, is its output. Quoted mail and the frame of a box
// are taken off first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace locksmith::doctor::intake {

struct Step {
  std::string command;    // without its prompt; empty: the text before the first command
  std::string output;     // may be empty
  bool to_shell = false;  // false: typed into a program ("> /login")
};

// Linear. The texts are as they were, secrets included: nothing of them may be kept unredacted.
std::vector<Step> read_steps(std::string_view text);

// The commands alone, an empty line where each output was: for a reader of shell text.
std::string commands_of(const std::vector<Step>& steps);

}  // namespace locksmith::doctor::intake
