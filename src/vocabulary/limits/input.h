// Of what is read on a user's machine or was pasted: files, variables, processes and texts.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vocabulary/bytes.h"

namespace locksmith::inline vocabulary::limits {

// --- Files and processes -------------------------------------------------------------------------------------------
// Settings, credential and .env files are a few KiB; Claude Code's own state file reaches some MiB. A larger one is not
// what it claims to be, and is reported instead of read.
inline constexpr ByteCount kConfigFile = 16_MiB;
// A start-up file or .env: written by hand.
inline constexpr ByteCount kTextFile = 1_MiB;
// Dots in a configuration: each may nest a table deeper, and whoever reads it follows by recursion.
inline constexpr std::ptrdiff_t kTomlDots = 2000;
// An evidence document: the largest real one is under 8 KiB.
inline constexpr ByteCount kEvidenceDocument = 4_MiB;
// One line of a --jsonl or --log input; a longer one is reported with its line number and skipped.
inline constexpr ByteCount kInputLine = 4_MiB;
// A HAR file is held in memory while it is read; browsers write up to some 100 MiB.
inline constexpr ByteCount kHarFile = 512_MiB;
// A pasted curl command: the longest carry a conversation in --data. The system's own limit for one argument is 128 KiB.
inline constexpr ByteCount kCommandText = 4_MiB;
// Words of a pasted command: curl commands copied from a browser have about 60.
inline constexpr std::size_t kCommandWords = 4096;
// A header's name in pasted or recorded requests: the longest registered one has under 40 letters.
inline constexpr std::size_t kHeaderName = 200;
// Failing entries of one HAR file that become evidence; a page that fails makes some tens.
inline constexpr std::size_t kHarFindings = 256;
// Of one answer's body in a HAR file: errors are small, and a stream is only searched for its end.
inline constexpr std::size_t kHarBody = 64 * 1024;
// Distinct failures of one log; more means that ids were taken for words, and the rest is counted together.
inline constexpr std::size_t kLogGroups = 256;
// One multi-line entry of a log: a traceback with its chained causes has about 200 lines of 100 bytes.
inline constexpr std::size_t kLogEntryLines = 400;
inline constexpr std::size_t kLogEntry = 64 * 1024;
// Entries whose form is remembered, so that a repeated failure is examined once; some MiB, then it starts anew.
inline constexpr std::size_t kLogSkeletons = 65536;
// Of a line that begins with a time: kept for the entries after it that have none.
inline constexpr std::size_t kLogStamp = 64;
// A longer word with a digit in it is an id, and does not make two entries different failures.
inline constexpr std::size_t kLogWord = 16;
// Bytes of one line that are kept for the example of a group.
inline constexpr std::size_t kLogExample = 4096;
// Lines between two entries of a log that may tell of one failure.
inline constexpr std::uint64_t kLogBeside = 3;
// The variables of a process: Linux allows a quarter of the stack's limit, 2 MiB where nobody changed it.
inline constexpr ByteCount kEnvironment = 8_MiB;
// Entries taken from one .env or settings file: more means it is not one.
inline constexpr std::size_t kEntriesPerFile = 4096;
// Variables of an environment whose values are looked at: shells have some hundred, and a value may hold a credential under any name.
inline constexpr std::size_t kEnvironmentNames = 4096;
// Folders above the working one in which a .env file is looked for: projects nest, and the root of a disk is no project.
inline constexpr std::size_t kFoldersAbove = 8;
// Sources of a program in which a look shows whether it loads its .env file, and of each so much: it is said at the top.
inline constexpr std::size_t kSourcesRead = 40;
inline constexpr ByteCount kSourceFile = 256_KiB;
// Processes above this one that are asked for their names: deeper nesting than cron, make, a shell and a script is not worth a wait.
inline constexpr std::size_t kParentsAsked = 12;

// --- Error text ----------------------------------------------------------------------------------------------------
// What is looked at of one error text: an API error is under 2 KiB, a stack trace around it under 64 KiB.
inline constexpr std::size_t kErrorText = 64 * 1024;
// Of a quoted message that a report says it is not: people quote a sentence, two at most.
inline constexpr std::size_t kDeniedText = 400;
// Words from "not" to that message: "not because of the usual".
inline constexpr std::size_t kDenialWords = 8;

}  // namespace locksmith::inline vocabulary::limits
