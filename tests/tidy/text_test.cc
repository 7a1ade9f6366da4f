// Each check of text.cc, on small trees with one planted fault. What is banned is put together from parts, so
// that this file passes too.
#include "planted.h"

namespace locksmith::tidy {
namespace {

Tree one(std::string path, std::string text) {
  return {{std::move(path), std::move(text)}};
}

TEST(Names, EmptyWordsAreRefused) {
  expect_none(check_names(one("src/doctor/probe.cc", "")));
  expect_none(check_names(one("src/doctor/utilization.cc", "")));
  for (const char* path : {"src/utils/a.cc", "src/doctor/helper.cc", "src/doctor/string_util.h",
                           "docs/common/x.md", "src/key-manager.cc"}) {
    expect_one(check_names(one(path, "")), path, "says nothing");
  }
}

TEST(Headers, StartWithTheirEssay) {
  const auto fault = [](std::string text) { return check_headers(one("src/a/a.h", std::move(text))); };
  expect_none(fault("// What it is for.\n//\n// More.\n#pragma once\n\n#include <string>\n"));
  expect_one(fault("#pragma once\n"), "src/a/a.h", "essay");
  expect_one(fault("// Essay.\n\n#include <string>\n"), "src/a/a.h", "#pragma once follows");
  expect_one(fault("// Essay.\n#pragma once\nusing namespace std;\n"), "src/a/a.h", "using namespace");
  expect_none(fault("// Essay.\n#pragma once\n// no using namespace here\n"));
}

TEST(Headers, OnlyTheVocabularyOpensTheLiterals) {
  const std::string text = "// Essay.\n#pragma once\nusing namespace std::chrono_literals;\n";
  expect_none(check_headers(one("src/vocabulary/instant.h", text)));
  expect_one(check_headers(one("src/a/a.h", text)), "src/a/a.h", "using namespace");
}

TEST(Lines, AreAsLongAsAScreenUnlessTheyHoldAText) {
  const std::string word(kLongestLine, 'x');
  expect_none(check_line_lengths(one("src/a/a.cc", word + "\n")));
  expect_one(check_line_lengths(one("src/a/a.cc", word + "x\n")), "src/a/a.cc", "columns");
  expect_none(check_line_lengths(one("src/a/a.cc", "say(\"" + word + "\");\n")));
  expect_none(check_line_lengths(one("docs/a.md", word + "x\n")));
  expect_none(check_line_lengths(one("src/a/a.cc", word.substr(1) + "é\n")));
}

std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "x\n";
  return text;
}

TEST(Sizes, OnlyShrink) {
  constexpr LongFile kKnown[] = {{"src/a/a.cc", 700}};
  expect_none(check_sizes(one("src/a/a.cc", lines(kLongestFile)), {}));
  expect_one(check_sizes(one("src/a/a.cc", lines(kLongestFile + 1)), {}), "src/a/a.cc", "split it");
  expect_none(check_sizes(one("src/a/a.cc", lines(700)), kKnown));
  expect_one(check_sizes(one("src/a/a.cc", lines(701)), kKnown), "src/a/a.cc", "may only shrink");
  expect_one(check_sizes(one("src/a/a.cc", lines(10)), kKnown), "src/a/a.cc", "short enough now");
  expect_one(check_sizes({}, kKnown), "src/a/a.cc", "is gone");
  expect_none(check_sizes(one("docs/a.md", lines(2000)), {}));
}

TEST(WhiteSpace, IsClean) {
  expect_none(check_white_space(one("src/a/a.cc", "int x;\n")));
  expect_one(check_white_space(one("docs/a.md", "x \n")), "docs/a.md", "end of the line");
  expect_one(check_white_space(one("docs/a.md", "x\r\n")), "docs/a.md", "end of the line");
  expect_one(check_white_space(one("src/a/a.cc", "\tint x;\n")), "src/a/a.cc", "a tab");
  expect_one(check_white_space(one("src/a/a.cc", "int x;")), "src/a/a.cc", "no line end");
  expect_none(check_white_space(one("src/wire/http1/testdata/x.txt", "x \r\n")));
}

TEST(LeftOvers, NotesAreRefused) {
  for (const std::string& note :
       {std::string("TO") + "DO", std::string("FIX") + "ME", std::string("X") + "XX"}) {
    expect_one(check_left_overs(one("src/a/a.cc", "// " + note + ": later\n")), "src/a/a.cc", note);
    expect_none(check_left_overs(one("src/a/a.cc", "int my" + note + "s;\n")));
  }
}

TEST(LeftOvers, PathsOfOneMachineAreRefused) {
  const std::string work = std::string("/wo") + "rk";
  const std::string root = std::string("/ro") + "ot";
  const std::string home = std::string("/ho") + "me/";
  for (const std::string& text :
       {work, work + "/main", "(\"" + root + "/.claude\")", home + "eve/x", "cd " + home + "eve"}) {
    expect_one(check_left_overs(one("docs/a.md", text + "\n")), "docs/a.md", "a path of one machine");
  }
  for (const std::string& text : {home + "ada/.claude", ".github" + work + "flows", "src" + work,
                                  "$HOME" + root, work + "space", home + "<name>"}) {
    expect_none(check_left_overs(one("docs/a.md", text + "\n")));
  }
}

TEST(LeftOvers, IdsOfMeasuredReportsAreRefused) {
  const std::string id = std::string("c1") + "-042";
  expect_one(check_left_overs(one("src/a/a_test.cc", "\"" + id + "\"\n")), "src/a/a_test.cc",
             "measured report");
  expect_one(check_left_overs(one("data/x.json", "{\"id\": \"" + std::string("c2") + "-100\"}\n")),
             "data/x.json", "measured report");
  expect_none(check_left_overs(one("src/a/a.cc", "abc1" + std::string("-042\n"))));
  expect_none(check_left_overs(one("src/a/a.cc", id + "7\n")));
}

TEST(Secrets, AWholeKeyIsRefused) {
  const std::string prefix = std::string("sk-") + "ant-";
  for (const std::string& kind : {std::string("api03-"), std::string("admin01-"), std::string("oat01-")}) {
    const std::string key = prefix + kind + std::string(93, 'q') + "AA";
    expect_one(check_secrets(one("docs/a.md", "see\n" + key + "\n")), "docs/a.md", "shape of a whole key");
    EXPECT_EQ(check_secrets(one("docs/a.md", "see\n" + key + "\n"))[0].line, 2u);
  }
  expect_none(check_secrets(
      one("docs/a.md", prefix + "api03-…\n" + prefix + "api03-" + std::string(92, 'q') + "AA\n")));
}

}  // namespace
}  // namespace locksmith::tidy
