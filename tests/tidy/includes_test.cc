// Each check of includes.cc, on small trees with one planted fault: a check that cannot fail is a defect.
#include "planted.h"

namespace locksmith::tidy {
namespace {

Tree small() {
  return {
      {"src/vocabulary/CMakeLists.txt", "locksmith_folder(vocabulary)\n"},
      {"src/vocabulary/secret.h", "#include <string>\nnamespace locksmith::inline vocabulary {}\n"},
      {"src/vocabulary/secret.cc",
       "#include \"vocabulary/secret.h\"\n#include <string.h>\nnamespace locksmith::inline vocabulary {}\n"},
      {"src/wire/json/CMakeLists.txt",
       "locksmith_folder(wire/json USES vocabulary LINKS simdjson::simdjson)\n"},
      {"src/wire/json/json.h", "#include \"vocabulary/secret.h\"\nnamespace locksmith::wire::json {}\n"},
      {"src/wire/json/json.cc",
       "#include <simdjson.h>\n#include \"wire/json/json.h\"\nnamespace locksmith::wire::json {}\n"},
      {"src/host/CMakeLists.txt", "locksmith_folder(host USES vocabulary world)\n"},
      {"src/host/loop.cc",
       "#include <openssl/ssl.h>\n#include <sys/epoll.h>\nnamespace locksmith::host {\n}\n"}};
}

void expect_include(std::string path, std::string include, std::string_view fragment) {
  expect_one(check_includes(with(small(), path, include + "\n")), path, fragment);
}

TEST(Includes, ACleanTreePasses) {
  expect_none(check_includes(small()));
}

TEST(Includes, AHigherRingIsRefusedWithItsReason) {
  expect_include("src/vocabulary/secret.cc", "#include \"wire/json/json.h\"",
                 "vocabulary may not include wire/json: every folder includes it");
  expect_include("src/wire/json/json.cc", "#include \"vocabulary/secret.h\"\n#  include \"host/loop.cc\"",
                 "may not include host");
}

TEST(Includes, ASiblingIsRefused) {
  const Tree tree = with(small(), "src/wire/sse/event.h", "#include \"vocabulary/secret.h\"\n");
  expect_one(check_includes(with(tree, "src/wire/json/json.cc", "#include \"wire/sse/event.h\"\n")),
             "src/wire/json/json.cc", "may not include wire/sse");
}

TEST(Includes, AnEntryStandsForTheFoldersBelowIt) {
  expect_none(check_includes(with(small(), "src/doctor/probe.cc", "#include \"wire/json/json.h\"\n")));
}

TEST(Includes, AQuotedHeaderMustBeOurs) {
  expect_include("src/host/loop.cc", "#include \"loop.h\"", "is not in src/");
}

TEST(Includes, AnUnknownFolderSaysWhatToAdd) {
  expect_include("src/toolbox/box.cc", "#include <string>",
                 "Add a row for it to kFolderRules in tests/tidy/rings.h");
}

TEST(Includes, ForeignHeadersStayAtHome) {
  expect_include("src/wire/json/json.cc", "#include <openssl/evp.h>", "may appear in host only");
  expect_include("src/wire/json/json.cc", "#include <sys/socket.h>", "go through the seam");
  expect_include("src/wire/json/json.h", "#include <simdjson.h>", ".cc files only");
  expect_include("src/host/loop.cc", "#include <simdjson.h>", "may appear in wire only");
  expect_include("src/host/loop.cc", "#include <CLI/CLI.hpp>", "may appear in cli only");
  expect_include("src/host/loop.cc", "#include <gtest/gtest.h>", "in no folder of src/");
  expect_include("src/wire/json/json.cc", "#include <thread>", "one loop belongs to one thread");
  expect_include("src/vocabulary/secret.h", "#include <fmt/core.h>",
                 "must not be in a header of the vocabulary");
  expect_none(check_includes(with(small(), "src/vocabulary/secret.cc", "#include <fmt/core.h>\n")));
  expect_none(check_includes(
      with(small(), "src/host/loop_test.cc", "#include <gtest/gtest.h>\n#include <thread>\n")));
}

TEST(Includes, AnUnknownForeignHeaderNeedsARow) {
  expect_include("src/host/loop.cc", "#include <boost/asio.hpp>", "Add a row to kForeignRules");
  expect_include("src/host/loop_test.cc", "#include <boost/asio.hpp>", "Add a row to kForeignRules");
}

std::string map_text() {
  std::string text =
      "# Map\n\n| folder | ring | may include | why nothing else |\n| --- | --- | --- | --- |\n";
  for (const FolderRule& rule : kFolderRules) {
    std::string may;
    for (std::string_view word : words_of(rule.may_include))
      may += (may.empty() ? "" : ", ") + std::string(word);
    text += "| " + std::string(rule.folder) + " | " + std::string(rule.ring) + " | " +
            (may.empty() ? "nothing" : may) + " | " + std::string(rule.because) + " |\n";
  }
  return text;
}

TEST(Map, TheSameTablePasses) {
  expect_none(check_map({{"src/README.md", map_text()}}));
}

TEST(Map, IsMissing) {
  expect_one(check_map({}), "src/README.md", "is missing");
}

TEST(Map, ARowTooManyOrTooFewIsSeen) {
  expect_one(check_map({{"src/README.md", map_text() + "| attic | 9 | everything | because |\n"}}),
             "src/README.md", "change both, or neither");
  std::string text = map_text();
  const std::size_t at = text.find("| host |");
  text.erase(at, text.find('\n', at) + 1 - at);
  expect_one(check_map({{"src/README.md", text}}), "src/README.md", "lacks this row");
}

TEST(Folders, ACleanTreePasses) {
  expect_none(check_folders(small()));
}

TEST(Folders, ATargetIsWanted) {
  expect_one(check_folders(with(small(), "src/host/CMakeLists.txt", "")), "src/host/CMakeLists.txt",
             "must say locksmith_folder(host");
}

TEST(Folders, EachIsBuilt) {
  const std::string all = "add_subdirectory(vocabulary)\nadd_subdirectory(wire/json)\n";
  expect_one(check_folders(with(small(), "src/CMakeLists.txt", all)), "src/CMakeLists.txt", "does not add host");
  expect_none(check_folders(with(small(), "src/CMakeLists.txt", all + "add_subdirectory(host)\n")));
}

TEST(Folders, ATargetUsesOnlyWhatItMayInclude) {
  expect_one(check_folders(with(small(), "src/host/CMakeLists.txt",
                                "locksmith_folder(host USES vocabulary doctor LINKS x::y)\n")),
             "src/host/CMakeLists.txt", "host may not use doctor");
}

TEST(Folders, ANamespaceIsThePath) {
  expect_one(check_folders(with(small(), "src/host/loop.cc", "namespace locksmith::hosts {\n}\n")),
             "src/host/loop.cc", "must be in namespace locksmith::host");
  expect_one(check_folders(with(small(), "src/host/loop.cc", "int main() {}\n")), "src/host/loop.cc",
             "must be in namespace locksmith::host");
  expect_one(
      check_folders(with(small(), "src/vocabulary/secret.h", "namespace locksmith::vocabulary {\n}\n")),
      "src/vocabulary/secret.h", "locksmith::inline vocabulary");
  expect_none(check_folders(with(small(), "src/host/loop_test.cc", "namespace locksmith {\n}\n")));
  expect_none(check_folders(with(small(), "src/host/main.cc", "int main() {}\n")));
}

TEST(Seam, TimeAndVariablesComeFromTheWorld) {
  const auto fault = [](std::string code) {
    return check_seam(with(small(), "src/wire/json/json.cc", code));
  };
  expect_none(check_seam(small()));
  expect_one(fault("auto t = std::chrono::steady_clock::now();\n"), "src/wire/json/json.cc", "world::Clock");
  expect_one(fault("auto v = std::getenv(\"X\");\n"), "src/wire/json/json.cc", "world::Environment");
  expect_one(fault("std::system(\"ls\");\n"), "src/wire/json/json.cc", "start no shell");
  expect_none(fault("// steady_clock::now() is what we do not call\n"));
  expect_none(check_seam(with(small(), "src/host/loop.cc", "auto t = std::chrono::steady_clock::now();\n")));
}

}  // namespace
}  // namespace locksmith::tidy
