// Each check of docs.cc, and the reading of a tree from the disk.
#include <fstream>

#include "planted.h"

namespace locksmith::tidy {
namespace {

TEST(Links, LeadSomewhere) {
  const Tree tree{{"README.md", "[a](docs/a.md) [f](docs) [w](https://example.com/x) [s](#part)\n"},
                  {"docs/a.md", "[up](../README.md#top) `[](int x)`\n```text\n[no](link)\n```\n"}};
  expect_none(check_links(tree));
  expect_one(check_links(with(tree, "docs/b.md", "see [b](gone.md)\n")), "docs/b.md", "leads nowhere");
  expect_one(check_links(with(tree, "docs/b.md", "[out](../../x.md)\n")), "docs/b.md", "leads nowhere");
}

Tree documents() {
  return {{"README.md", "```sh\nlocksmith doctor \\\n  --offline\n```\n```text\nnot run\n```\n"},
          {"docs/guide.md", "```sh\n# a comment\n./check\n```\n"},
          {".ci/run", "#!/bin/sh\n./check\n"},
          {"tests/docs/commands.txt", "# comment\n0 | locksmith doctor --offline\nci | ./check\n"}};
}

TEST(Commands, AreListed) {
  expect_none(check_commands(documents()));
  expect_one(check_commands(with(documents(), "HACKING.md", "```sh\nlocksmith explode\n```\n")), "HACKING.md",
             "is not in tests/docs/commands.txt");
  expect_none(
      check_commands(with(documents(), "docs/causes/key_missing.md", "```sh\nlocksmith explode\n```\n")));
}

TEST(Commands, AFenceSaysWhetherItIsRun) {
  expect_one(check_commands(with(documents(), "HACKING.md", "```bash\nls\n```\n")), "HACKING.md",
             "fence what is run with ```sh");
  expect_one(check_commands(with(documents(), "HACKING.md", "```\nls\n```\n")), "HACKING.md",
             "fence what is run with ```sh");
}

TEST(Commands, TheListHoldsNothingElse) {
  const std::string list = documents().back().text;
  expect_one(check_commands(with(documents(), "tests/docs/commands.txt", list + "0 | locksmith old\n")),
             "tests/docs/commands.txt", "no document shows");
  expect_one(check_commands(with(documents(), "tests/docs/commands.txt", list + "sometimes | x\n")),
             "tests/docs/commands.txt", "expected");
  expect_one(check_commands(with(documents(), ".ci/run", "true\n")), "tests/docs/commands.txt",
             ".ci/run does not run");
  expect_one(check_commands({}), "tests/docs/commands.txt", "is missing");
}

TEST(Mentions, OfPagesAreTrue) {
  const Tree tree{{"docs/form.md", "x\n"},
                  {"src/a/a.cc",
                   "// see docs/form.md, docs/ and docs/form.md. and https://example.com/docs/en/api.md\n"}};
  expect_none(check_mentions(tree));
  expect_one(check_mentions(with(tree, "src/a/a.cc", "\"See docs/gone.md for its form.\"\n")), "src/a/a.cc",
             "docs/gone.md is named here");
}

TEST(Tree, IsReadFromTheDisk) {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(testing::TempDir()) / "tidy_tree_test";
  fs::remove_all(root);
  fs::create_directories(root / "src/a");
  fs::create_directories(root / "build/dev");
  fs::create_directories(root / ".ci");
  std::ofstream(root / "src/a/a.h") << "// x\n";
  std::ofstream(root / "build/dev/generated.cc") << "x";
  std::ofstream(root / ".ci/run") << "x\n";
  std::ofstream(root / "logo.png", std::ios::binary) << std::string("\x89PNG\0", 5);
  const Tree tree = read_tree(root);
  fs::remove_all(root);
  ASSERT_EQ(tree.size(), 3u);
  EXPECT_EQ(tree[0].path, ".ci/run");
  EXPECT_EQ(tree[1].text, "");
  EXPECT_EQ(tree[2].path, "src/a/a.h");
  EXPECT_EQ(tree[2].name(), "a.h");
  EXPECT_EQ(tree[2].folder(), "src/a");
  EXPECT_EQ(tree[2].extension(), ".h");
  EXPECT_FALSE(tree[2].is_test());
  EXPECT_EQ(lines_of("a\n\nb").size(), 3u);
}

}  // namespace
}  // namespace locksmith::tidy
