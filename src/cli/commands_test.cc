// The commands as a user calls them, in this process: exit codes, the sentence, the code, and the document for machines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <sstream>

#include "cli/called.h"
#include "cli/line_reader.h"
#include "vocabulary/text.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Commands : public testing::Test {
 protected:
  OwnFolder own_folder;
  const std::filesystem::path& folder = own_folder.path();
  std::string file(const std::string& name, const std::string& text) const { return own_folder.file(name, text); }
};

TEST_F(Commands, TwoRunsAreComparedForPeopleAndForMachines) {
  const std::string own = file("own.json", call({"doctor", "--offline", "--json"}).out);
  EXPECT_THAT(call({"doctor", "--offline", "--compare", own}).out, HasSubstr("The two are equal"));
  const std::string other = file("other.json", R"({"schema":"locksmith.doctor/1","client":"Ada's","verdict":"healthy","evidence":{}})");
  EXPECT_THAT(call({"doctor", "--offline", "--compare", other}).out, HasSubstr("Ada's"));
  wire::json::Reader reader;
  for (const auto& [path, equal] : {std::pair(own, true), std::pair(other, false)}) {
    const auto root = reader.parse(call({"doctor", "--offline", "--json", "--compare", path}).out);
    ASSERT_TRUE(root);
    EXPECT_EQ((*root)["compared"]["with"].as_string(), path);
    EXPECT_EQ((*root)["compared"]["equal"].as_boolean(), equal);
    EXPECT_EQ((*root)["compared"]["differences"].size() == 0, equal);
  }
  const Called wrong = call({"doctor", "--offline", "--compare", file("evidence.json", R"({"error":{"status":401}})")});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("[comparison_not_a_run]"));
  EXPECT_THAT(wrong.out, IsEmpty());
}

TEST_F(Commands, WrongUseIsExitCode2WithASentenceAndACode) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"explain", "key_mising"}, "[cause_unknown]"},
      {{"doctor", "--as", "netscape"}, "[client_unknown]"},
      {{"doctor", "--offline", "--try", "99", "--", "true"}, "[remedy_unknown]"},
      {{"doctor", "--offline", "--try", "1", "--", "true"}, "[remedy_not_tried]"},
      {{"doctor", "--offline", "--try", "1"}, "[arguments_wrong]"},
      {{"doctor", "--offline", "--for", "1m"}, "[arguments_wrong]"},
      {{"diagnose", folder / "nothing"}, "[file_not_found]"},
      {{"diagnose", folder}, "[file_unreadable]"},
      {{"diagnose", file("a.json", "{")}, "[json_invalid]"},
      {{"diagnose", file("package.json", R"({"name":"x","os":"linux","scripts":{}})")}, "[evidence_not_recognized]"},
      {{"diagnose", file("b.json", R"({"error":[]})")}, "[evidence_invalid]"},
      {{"diagnose", file("c.json", std::string(5 << 20, ' '))}, "[file_too_large]"},
  };
  for (const auto& [words, code] : cases) {
    const Called ran = call(words);
    EXPECT_EQ(ran.code, 2) << code;
    EXPECT_THAT(ran.err, AllOf(HasSubstr("locksmith: "), HasSubstr(code)));
    EXPECT_THAT(ran.out, IsEmpty());
  }
  const Called pasted = call({"sk-ant-api03-" + std::string(93, 'q') + "AA"});
  EXPECT_EQ(pasted.code, 2);
  EXPECT_THAT(pasted.err, AllOf(HasSubstr("[arguments_wrong]"), Not(HasSubstr("qqqqqq"))));
  EXPECT_EQ(call({"frobnicate"}).code, 2);
  EXPECT_THAT(call({"doctro"}).err, HasSubstr("Did you mean doctor?"));
  EXPECT_THAT(call({"doctor", "--ofline"}).err, HasSubstr("Did you mean --offline?"));
  EXPECT_THAT(call({"explain", "foo"}).err, Not(HasSubstr("Did you mean")));
  EXPECT_EQ(call({"diagnose"}).code, 2);
  EXPECT_EQ(call({"diagnose", "--frob"}).code, 2);
}

TEST_F(Commands, WithJsonAFailureIsADocumentToo) {
  const Called ran = call({"--json", "explain", "key_mising"});
  wire::json::Reader reader;
  const auto root = reader.parse(ran.out);
  ASSERT_TRUE(root) << ran.out;
  EXPECT_EQ((*root)["schema"].as_string(), "locksmith.error/1");
  EXPECT_EQ((*root)["code"].as_string(), "cause_unknown");
}

// Whoever gives the key itself where its file's name belongs sees it in no message.
TEST_F(Commands, AKeyInTheWrongPlaceIsNotShown) {
  const std::string key = "sk-ant-" "api03-" + std::string(93, 'T') + "AA";
  for (const std::string option : {"--store", "--credential-file", "--listen", "--config", "--upstream", "--log", "--nothing"}) {
    for (const bool json : {false, true}) {
      std::vector<std::string> words{"serve", "--check", option, key};
      if (json) words.insert(words.begin(), "--json");
      const Called called = call(words);
      EXPECT_NE(called.code, 0) << option;
      EXPECT_THAT(called.out + called.err, Not(HasSubstr(key.substr(0, 40)))) << option;
    }
  }
}

TEST_F(Commands, ADoctorsRunBecomesAReport) {
  const std::string json = folder / "run.json";
  EXPECT_EQ(call({"doctor", "--offline", "--report", json}).code / 4, 0);
  const Called markdown = call({"report", json});
  EXPECT_EQ(markdown.code, 0);
  EXPECT_THAT(markdown.out, HasSubstr("# Claude API access"));
  EXPECT_THAT(call({"report", "--html", json}).out, HasSubstr("<!doctype html>"));
  EXPECT_THAT(call({"report", "--json", json}).out, HasSubstr("locksmith.report/1"));
  EXPECT_THAT(call({"doctor", "--offline", "--compare", json}).out, HasSubstr("This machine and"));
  EXPECT_THAT(call({"doctor", "--offline", "--report", folder / "run.pdf"}).err, HasSubstr("[report_form_unknown]"));
  EXPECT_THAT(call({"doctor", "--offline", "--report", folder / "none" / "run.md"}).err, HasSubstr("[report_not_written]"));
  unsetenv("ANTHROPIC_ADMIN_KEY");
  EXPECT_THAT(call({"doctor", "--offline", "--account"}).err, HasSubstr("[admin_key_missing]"));
}

TEST_F(Commands, DiagnoseNamesTheCauseOfAnErrorText) {
  const Called ran = call({"diagnose", "--error", "401 {\"error\":{\"type\":\"authentication_error\",\"message\":\"invalid x-api-key\"}}"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("key_revoked_or_invalid"));
  EXPECT_EQ(call({"diagnose", "--error", "something odd"}).code, 3);
}

TEST_F(Commands, LinesAreDiagnosedOneByOne) {
  const std::string path = file("e.jsonl", "{\"id\":\"a\",\"error\":{\"status\":529}}\n\n{broken\n{\"id\":\"b\",\"error\":{\"status\":\"x\"}}\r\n{\"id\":\"c\",\"error\":{\"status\":429}}");
  const Called ran = call({"diagnose", "--jsonl", "--json", path});
  EXPECT_EQ(ran.code, 2) << "two lines could not be read";
  EXPECT_THAT(ran.out, AllOf(HasSubstr(R"({"id":"a","verdict":"problem","causes":["overloaded")"), HasSubstr(R"("id":"c")"), Not(HasSubstr(R"("id":"b")"))));
  EXPECT_THAT(ran.err, AllOf(HasSubstr("e.jsonl:3: "), HasSubstr("e.jsonl:4: ")));
  EXPECT_THAT(ran.out, AllOf(HasSubstr(R"({"id":null,"line":3,"error":{"code":"json_invalid")"), HasSubstr(R"({"id":null,"line":4,"error":{"code":"evidence_invalid")")));
  EXPECT_EQ(std::ranges::count(ran.out, '\n'), 4) << "one for each line that holds anything";
  const Called huge = call({"diagnose", "--jsonl", "--json", file("huge.jsonl", std::string(5 << 20, ' ') + "\n{\"id\":\"d\",\"error\":{\"status\":429}}\n")});
  EXPECT_EQ(huge.code, 2);
  EXPECT_THAT(huge.out, AllOf(HasSubstr(R"({"id":null,"line":1,"error":{"code":"line_too_long")"), HasSubstr(R"({"id":"d")")));
}

TEST_F(Commands, ALineThatIsTooLongIsSkippedInBoundedMemory) {
  const std::string path = file("long.txt", "first\n" + std::string(3'000'000, 'x') + "\nlast");
  auto reader = LineReader::open(path, 1_KiB);
  ASSERT_TRUE(reader);
  std::string_view line;
  EXPECT_EQ(reader->next(line), LineReader::Outcome::line);
  EXPECT_EQ(line, "first");
  EXPECT_EQ(reader->next(line), LineReader::Outcome::too_long);
  EXPECT_EQ(reader->next(line), LineReader::Outcome::line);
  EXPECT_EQ(line, "last");
  EXPECT_EQ(reader->line_number(), 3u);
  EXPECT_EQ(reader->next(line), LineReader::Outcome::end);
}

TEST_F(Commands, ExplainHasAPageForEachCause) {
  const Called list = call({"explain", "--json"});
  wire::json::Reader reader;
  const auto root = reader.parse(list.out);
  ASSERT_TRUE(root);
  std::vector<std::string> codes;
  (*root)["causes"].for_each_element([&](wire::json::Value v) { codes.emplace_back(v["code"].string_or("")); });
  EXPECT_GT(codes.size(), 100u);
  for (const std::string& code : codes) {
    const Called page = call({"explain", code});
    EXPECT_EQ(page.code, 0) << code;
    EXPECT_GT(page.out.size(), 100u) << code;
  }
}

TEST_F(Commands, HelpHasAnExampleForEveryCommandAndFitsATerminal) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {}, {"doctor"}, {"diagnose"}, {"explain"}, {"emulate"}, {"report"}, {"serve"}, {"status"}, {"version"}, {"keys"}, {"keys", "create"},
           {"keys", "list"}, {"keys", "show"}, {"keys", "suspend"}, {"keys", "resume"}, {"keys", "revoke"}}) {
    std::vector<std::string> words = command;
    words.emplace_back("--help");
    const Called called = call(words);
    const std::string name = testing::PrintToString(command);
    EXPECT_EQ(called.code, 0) << name;
    if (command.size() == 1) {
      EXPECT_THAT(called.out, HasSubstr("Example")) << name;
    }
    std::istringstream lines(called.out);
    for (std::string line; std::getline(lines, line);) {
      const auto columns = count_characters(line);
      EXPECT_LE(columns, 80) << name << ": " << line;
    }
  }
}

TEST_F(Commands, ColoursAreRefusedInThreeWays) {
  const std::vector<std::string> words{"explain", "key_malformed.quoted"};
  const auto has_colour = [](const Called& called) {
    EXPECT_THAT(called.out, HasSubstr("quotes"));
    return called.out.find('\x1b') != std::string::npos;
  };
  unsetenv("NO_COLOR");
  setenv("TERM", "xterm", 1);
  EXPECT_TRUE(has_colour(call_on_terminal(words)));
  EXPECT_FALSE(has_colour(call(words))) << "a file is no terminal";
  EXPECT_FALSE(has_colour(call_on_terminal({"--no-color", words[0], words[1]})));
  setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(has_colour(call_on_terminal(words)));
  setenv("NO_COLOR", "", 1);
  EXPECT_TRUE(has_colour(call_on_terminal(words))) << "no-color.org: an empty one counts for nothing";
  setenv("TERM", "dumb", 1);
  EXPECT_FALSE(has_colour(call_on_terminal(words)));
}

TEST_F(Commands, AnOutputThatCannotBeWrittenIsAFailureOfItsOwn) {
  const int full = open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"explain"}, {"--json", "explain"}, {"version"}, {"doctor", "--help"}, {"diagnose", "--error", "401"}}) {
    const Called called = call(words, full);
    EXPECT_EQ(called.code, 2) << words[0];
    EXPECT_THAT(called.err, HasSubstr("[output_not_written]")) << words[0];
  }
  close(full);
}

TEST_F(Commands, NothingIsSaidToAReaderWhoHasLeft) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  close(ends[0]);
  EXPECT_EXIT(
      {
        std::signal(SIGPIPE, SIG_IGN);  // as the doctor's loop has it
        const Diverted away(stdout, ends[1]);
        run_words({"version"});
      },
      testing::KilledBySignal(SIGPIPE), "^$");
  close(ends[1]);
}

}  // namespace
}  // namespace locksmith::cli
