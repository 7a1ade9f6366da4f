// Who may include whom: the one table of the house, compared with src/README.md and with every #include.
//
// A folder may include itself and what its row names; an entry stands for the folders below it too ("model"
// is all of model/). A new folder gets a row here and in src/README.md, in the order in which data passes the
// folders.
#pragma once

#include <array>
#include <string_view>

namespace locksmith::tidy {

struct FolderRule {
  std::string_view folder;
  std::string_view ring;
  std::string_view may_include;  // separated by blanks
  std::string_view because;      // why nothing else: printed when a ban is broken
};

inline constexpr std::string_view kPureWire =
    "bytes become values here, torn anywhere and without a socket, so that each parser can be fuzzed alone";
inline constexpr std::string_view kPureModel =
    "the model is pure: no I/O, no clock, no chance; what it needs comes in as an argument";
inline constexpr std::string_view kEdge =
    "an edge implements one interface with one foreign library; nobody but cli may know that it exists";

inline constexpr std::array kFolderRules{
    FolderRule{"vocabulary", "0", "",
               "every folder includes it, so whatever it included, everybody would see"},
    FolderRule{"vocabulary/limits", "0", "vocabulary", "a limit is a number with its unit and its reason, and nothing that holds it"},
    FolderRule{"embedded", "0", "vocabulary", "it holds texts and knows nothing of what they say"},
    FolderRule{"wire/json", "1", "vocabulary", kPureWire},
    FolderRule{"wire/toml", "1", "vocabulary", kPureWire},
    FolderRule{"wire/digest", "1", "vocabulary", kPureWire},
    FolderRule{"wire/gzip", "1", "vocabulary", kPureWire},
    FolderRule{"wire/dns", "1", "vocabulary", kPureWire},
    FolderRule{"wire/http1", "1", "vocabulary", kPureWire},
    FolderRule{"wire/sse", "1", "vocabulary", kPureWire},
    FolderRule{"model/credential", "1", "vocabulary", kPureModel},
    FolderRule{"model/tenant", "1", "vocabulary model/credential", kPureModel},
    FolderRule{"model/limit", "1", "vocabulary model/tenant", kPureModel},
    FolderRule{"model/ledger", "1", "vocabulary model/tenant", kPureModel},
    FolderRule{"model/evidence", "1", "vocabulary model/credential", kPureModel},
    FolderRule{"model/diagnosis", "1", "vocabulary model/credential model/evidence",
               kPureModel},
    FolderRule{"model/finding", "1", "vocabulary model/credential model/tenant", kPureModel},
    FolderRule{"world", "1", "vocabulary",
               "the seam has no other side: an interface that knew its users could not be simulated"},
    FolderRule{"knowledge", "2", "vocabulary embedded wire/json model",
               "it turns dated files into the model's values; the model must not know that there are files"},
    FolderRule{"store", "2", "vocabulary model",
               "an interface in the domain's verbs; a row or a query is an edge's affair"},
    FolderRule{"store/sqlite", "edge", "vocabulary model store world", kEdge},
    FolderRule{"upstream", "2", "vocabulary model wire world",
               "it talks to the API for whoever asks, and so knows none of them"},
    FolderRule{"serving", "2", "vocabulary wire/http1 world",
               "whatever is not the data path is a handler on it, from ring 3 up, so it knows none of them"},
    FolderRule{"gateway", "3", "vocabulary knowledge model wire world store upstream",
               "the data path meets its implementations through world and store only"},
    FolderRule{"emulator", "3", "vocabulary embedded knowledge model wire world serving",
               "the API's stand-in must not share code with what it tests, beyond words, wire and how it is controlled"},
    FolderRule{"process", "4", "vocabulary model wire/json world store serving gateway",
               "a whole process is written over world, so that the simulation runs it; threads, signals and files stay outside"},
    FolderRule{"scanner", "3", "vocabulary wire/digest wire/gzip model/finding model/credential",
               "it reads whatever lies on a disk and sends nothing anywhere; it asks the kernel itself, because on small files the calls are all its time"},
    FolderRule{
        "doctor/intake", "3", "vocabulary knowledge model wire",
        "it turns what the user has into evidence, from text alone: nothing is asked, nothing is sent"},
    FolderRule{"doctor/survey", "3", "vocabulary knowledge model wire world doctor/intake",
               "it looks at what a machine holds, through world, and sends nothing anywhere"},
    FolderRule{"doctor/elsewhere", "3", "vocabulary model wire world doctor/survey",
               "it reads what another process was given, through world, and asks nobody for it"},
    FolderRule{"doctor/examination", "3",
               "vocabulary knowledge model wire world upstream doctor/survey doctor/intake",
               "probes return observations, never opinions: causes are for model/diagnosis, words for "
               "doctor/present"},
    FolderRule{"doctor/present", "3", "vocabulary model wire/json doctor/intake doctor/survey doctor/examination",
               "words come last: what is shown is decided by then, so nothing is asked or measured here"},
    FolderRule{"doctor", "3", "vocabulary knowledge model wire world upstream",
               "probes ask through world, so that a whole examination can be simulated"},
    FolderRule{
        "host", "edge", "vocabulary world",
        "the real world implements the seam; were it to know more, the simulation could not replace it"},
    FolderRule{"cli", "5",
               "vocabulary embedded wire model knowledge world store upstream serving gateway process emulator scanner "
               "doctor host",
               "the outermost ring: nothing includes it"},
};

// Where a header from outside may appear. The first row whose pattern fits decides; a pattern that ends in *
// is a prefix. "src" with cc_only means: in .cc files, never in a header, because a header hands it on to
// whoever includes it.
struct ForeignRule {
  std::string_view pattern;
  std::string_view
      folders;  // below src/, separated by blanks; "*" is everywhere, "-" is nowhere but in tests
  bool cc_only;
  std::string_view because;
};

inline constexpr std::string_view kSeam =
    "go through the seam in src/world, or the simulation and the tests lose control of it";

inline constexpr std::array kForeignRules{
    ForeignRule{"openssl/*", "host", false,
                "TLS and the system's crypto are an edge: a pure file compiles in a second, one that sees "
                "them does not"},
    ForeignRule{"liburing.h", "host", false, "the kernel's queues are an edge, behind world::Loop"},
    ForeignRule{"sys/stat.h", "host cli store/sqlite scanner", false, kSeam},
    ForeignRule{"sys/types.h", "host cli store/sqlite scanner", false, kSeam},
    ForeignRule{"sys/*", "host cli scanner", false, kSeam},
    ForeignRule{"netinet/*", "host", false, kSeam},
    ForeignRule{"arpa/*", "host", false, kSeam},
    ForeignRule{"net/*", "host", false, kSeam},
    ForeignRule{"linux/*", "host scanner", false, kSeam},
    ForeignRule{"netdb.h", "host", false, kSeam},
    ForeignRule{"malloc.h", "host", false, kSeam},
    ForeignRule{"resolv.h", "host", false, kSeam},
    ForeignRule{"poll.h", "host", false, kSeam},
    ForeignRule{"ifaddrs.h", "host", false, kSeam},
    ForeignRule{"unistd.h", "host cli store/sqlite scanner", false, kSeam},
    ForeignRule{"fcntl.h", "host cli store/sqlite scanner", false, kSeam},
    ForeignRule{"dirent.h", "host scanner", false, kSeam},
    ForeignRule{"pwd.h", "host", false, kSeam},
    ForeignRule{"spawn.h", "host", false, kSeam},
    ForeignRule{"signal.h", "host cli", false, kSeam},
    ForeignRule{"time.h", "host", false, kSeam},
    ForeignRule{"pthread.h", "host", false, kSeam},
    ForeignRule{"stdio.h", "host cli", true, "only fileno needs it; everything else is in <cstdio>"},
    ForeignRule{"stdlib.h", "host", true,
                "only setenv and its kind need it; everything else is in <cstdlib>"},
    ForeignRule{"string.h", "vocabulary host", true,
                "only explicit_bzero and strerror_r need it; everything else is in <cstring>"},
    ForeignRule{"simdjson.h", "wire", true,
                "JSON is read through wire/json, so that one place knows the parser's rules of lifetime"},
    ForeignRule{"toml++/*", "wire", true, "TOML is read through wire/toml, for the same reason as JSON"},
    ForeignRule{"immintrin.h", "wire/digest model/finding", true, "instructions of one processor are used where they were measured, beside a portable form"},
    ForeignRule{"cpuid.h", "wire/digest", true, "asked for what immintrin.h may use"},
    ForeignRule{"zlib.h", "wire/gzip model/tenant", true, "compressed bytes are undone in wire/gzip, bounded; model/tenant takes only crc32"},
    ForeignRule{"sqlite3.h", "store/sqlite", true,
                "each edge of the store is the only folder that sees its client library"},
    ForeignRule{"archive.h", "scanner", true, "archives are read where they are scanned, and nowhere else"},
    ForeignRule{"archive_entry.h", "scanner", true, "archives are read where they are scanned, and nowhere else"},
    ForeignRule{"libdeflate.h", "scanner", true, "whole objects of a known size are undone where they are scanned"},
    ForeignRule{"CLI/*", "cli", false, "the command line is parsed in cli and nowhere else"},
    ForeignRule{"fmt/*", "*", false, ""},
    ForeignRule{"gtest/*", "-", false, "tests live in *_test.cc and under tests/"},
    ForeignRule{"gmock/*", "-", false, "tests live in *_test.cc and under tests/"},
    ForeignRule{"benchmark/*", "-", false, "benchmarks live under bench/"},
    // The standard library's own doors to the outside.
    ForeignRule{"iostream", "-", false, "it adds static constructors; print with fmt, in cli"},
    ForeignRule{"fstream", "host cli", false, kSeam},
    ForeignRule{"filesystem", "host cli", false, kSeam},
    ForeignRule{"random", "host", false, kSeam},
    ForeignRule{"thread", "host cli scanner", false,
                "one loop belongs to one thread; whoever needs another posts to it"},
    ForeignRule{"mutex", "host cli scanner", false,
                "nothing is shared between loops but immutable snapshots and per-core counters"},
    ForeignRule{"shared_mutex", "host cli", false,
                "nothing is shared between loops but immutable snapshots and per-core counters"},
    ForeignRule{"condition_variable", "host cli scanner", false,
                "one loop belongs to one thread; whoever needs another posts to it"},
    ForeignRule{
        "coroutine", "-", false,
        "g++ 12 frees an aggregate temporary inside co_await twice (docs/decisions/0002-no-coroutines.md)"},
    ForeignRule{"regex", "-", false, "std::regex recurses on its input: a long line overflows the stack"},
};

// fmt in a header of the vocabulary would be compiled by every file of the program.
inline constexpr std::string_view kFmtFreeHeaders = "src/vocabulary/";

// Files that are longer than the limit, with the size that they may not exceed any more. Lines are only ever
// removed.
struct LongFile {
  std::string_view path;
  std::size_t lines;
};
// Columns of a line, but for one that holds a text: that stays whole, so that it can be searched for.
inline constexpr std::size_t kLongestLine = 160;
inline constexpr std::size_t kLongestFile = 600;
inline constexpr std::array<LongFile, 0> kLongFiles{};

}  // namespace locksmith::tidy
