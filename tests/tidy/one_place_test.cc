// What belongs to one place, planted in another.
#include "planted.h"

namespace locksmith::tidy {
namespace {

Tree one(std::string path, std::string text) {
  return {{std::move(path), std::move(text)}};
}

TEST(OnePlace, IsWhereCharactersAreTested) {
  const std::string by_hand = "bool is_small(char c) { return c >= 'a' && c <= 'z'; }\n";
  expect_one(check_one_place(one("src/wire/x/x.cc", by_hand)), "src/wire/x/x.cc", "vocabulary/character.h");
  expect_one(check_one_place(one("src/wire/x/x.cc", "int n = std::isdigit(c);\n")), "src/wire/x/x.cc", "vocabulary/character.h");
  expect_none(check_one_place(one("src/vocabulary/character.h", by_hand)));
  expect_none(check_one_place(one("src/wire/x/x_test.cc", by_hand)));
  expect_none(check_one_place(one("src/wire/x/x.cc", "  // c >= 'a' is not asked here\n")));
}

TEST(OnePlace, IsWhereTheHostsOfClaudeAreNamed) {
  const std::string host = "constexpr std::string_view kHost = \"api.anthropic.com\";\n";
  expect_one(check_one_place(one("src/cli/x.cc", host)), "src/cli/x.cc", "claude_hosts.h");
  expect_none(check_one_place(one("src/model/evidence/claude_hosts.h", host)));
  expect_none(check_one_place(one("src/cli/x.cc", "tell(\"allow api.anthropic.com, please\");\n")));
}

TEST(OnePlace, IsNoEdgeForFlags) {
  const std::string flag = "fail(FailureCode(\"a\"), \"It is taken.\", \"Name another with --listen.\");\n";
  expect_one(check_one_place(one("src/host/x.cc", flag)), "src/host/x.cc", "knows no flags");
  expect_one(check_one_place(one("src/store/sqlite/x.cc", flag)), "src/store/sqlite/x.cc", "knows no flags");
  expect_none(check_one_place(one("src/cli/x.cc", flag)));
  expect_none(check_one_place(one("src/host/x.cc", "--pending; say(\"-- done\");\n")));
}

}  // namespace
}  // namespace locksmith::tidy
