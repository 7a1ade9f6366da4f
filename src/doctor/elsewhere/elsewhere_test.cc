#include "doctor/elsewhere/elsewhere.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/elsewhere/compare.h"
#include "doctor/elsewhere/unit_file.h"
#include "doctor/survey/fakes_for_tests.h"

namespace locksmith::doctor::elsewhere {
namespace {

using survey::fake_key;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ElsewhereTest : public testing::Test {
 protected:
  survey::FakeEnvironment here;
  survey::FakeFiles files;

  static std::string of(const Elsewhere& place, std::string_view name) {
    const auto value = place.environment->variable(name);
    return value ? std::string(value->reveal()) : "(not set)";
  }
  survey::Survey compared(const Elsewhere& place, const world::Files& seen) {
    const Instant now(std::chrono::seconds(1'800'000'000));
    const auto client = survey::ClientKind::sdk_typescript_1;
    auto there = survey::take(*place.environment, seen, now, client);
    compare(survey::take(here, files, now, client), place.what, there);
    return there;
  }
  static std::string all_remarks(const survey::Survey& s) {
    std::string text;
    for (const auto& remark : s.remarks) text += remark.place + ": " + remark.sentence + "\n";
    return text;
  }
};

TEST_F(ElsewhereTest, AProcessIsReadFromProc) {
  files.content["/proc/71/environ"] = "HOME=/home/ada" + std::string(1, '\0') +
                                      "ANTHROPIC_API_KEY=" + fake_key('b') + std::string(1, '\0') + "EMPTY=";
  files.content["/proc/71/cgroup"] = "0::/system.slice/web.service\n";
  files.links["/proc/71/cwd"] = "/srv/web";
  const auto place = read_process(files, here, 71);
  ASSERT_TRUE(place);
  EXPECT_EQ(of(*place, "ANTHROPIC_API_KEY"), fake_key('b'));
  EXPECT_EQ(of(*place, "EMPTY"), "");
  EXPECT_EQ(of(*place, "PATH"), "(not set)");
  EXPECT_EQ(place->environment->home(), "/home/ada");
  EXPECT_EQ(place->environment->working_directory(), "/srv/web");
  EXPECT_THAT(place->observations, ElementsAre("launched.service"));
  EXPECT_TRUE(place->sees_our_files);
}

TEST_F(ElsewhereTest, AProcessInAContainerHasItsOwnFiles) {
  files.content["/proc/71/environ"] = "A=1";
  files.content["/proc/71/cgroup"] = "0::/system.slice/docker-4f.scope\n";
  files.links = {{"/proc/71/root", "/var/lib/docker/rootfs"}};
  const auto place = read_process(files, here, 71);
  ASSERT_TRUE(place);
  EXPECT_TRUE(place->environment->in_container());
  EXPECT_FALSE(place->sees_our_files);
}

TEST_F(ElsewhereTest, AProcessThatIsNotThereOrNotOurs) {
  EXPECT_EQ(read_process(files, here, 9).error().code.name(), "proc_not_mounted");
  files.content["/proc/self"] = "";
  EXPECT_EQ(read_process(files, here, 9).error().code.name(), "process_not_found");
  files.broken["/proc/9/environ"] = "permission denied";
  const auto place = read_process(files, here, 9);
  EXPECT_EQ(place.error().code.name(), "process_unreadable");
  EXPECT_THAT(place.error().next_step, HasSubstr("sudo"));
}

TEST_F(ElsewhereTest, AUnitWithItsFilesAndDropIns) {
  files.content["/etc/systemd/system/web.service"] =
      "[Unit]\nDescription=x\n[Service]\nUser=web\nWorkingDirectory=~\n"
      "Environment=A=1 \"B=two words\" 'C=th\\x' \\\n  D=4\n# "
      "Environment=E=5\nEnvironmentFile=-/etc/web.env\nEnvironmentFile=/etc/absent\n"
      "LoadCredential=key:/etc/key\nPassEnvironment=F\n";
  files.content["/etc/systemd/system/web.service.d/20-more.conf"] =
      "[Service]\nEnvironment=B=dropped\nUnsetEnvironment=D\n";
  files.content["/etc/web.env"] = "A=\"from file\"\n; no\nG=7 \\\n8\n";
  files.content["/etc/passwd"] = "daemon:x:1:1::/usr/sbin:/bin/sh\nweb:x:33:33:Web:/srv/web:/bin/false\n";
  const auto place = read_unit(files, here, "web.service");
  ASSERT_TRUE(place);
  EXPECT_EQ(of(*place, "A"), "from file") << "an EnvironmentFile replaces";
  EXPECT_EQ(of(*place, "B"), "dropped") << "a drop-in replaces";
  EXPECT_EQ(of(*place, "D"), "(not set)");
  EXPECT_EQ(of(*place, "E"), "(not set)");
  EXPECT_EQ(of(*place, "G"), "7 8");
  EXPECT_EQ(place->environment->home(), "/srv/web");
  EXPECT_EQ(place->environment->working_directory(), "/srv/web");
  EXPECT_EQ(place->remarks.size(), 3u) << "the absent file, the credential, what is passed";
  EXPECT_THAT(place->observations, ElementsAre("launched.service"));
}

TEST_F(ElsewhereTest, UnitsAreFoundByNameTemplateAndPath) {
  files.content["/usr/lib/systemd/system/job@.service"] = "[Service]\nEnvironment=A=1\n";
  files.content["/home/ada/project/mine.service"] =
      "[Service]\nEnvironment=A=2\nEnvironment=\nEnvironment=B=3\n";
  EXPECT_EQ(of(*read_unit(files, here, "job@blue"), "A"), "1");
  EXPECT_EQ(of(*read_unit(files, here, "mine.service"), "A"), "(not set)") << "an empty assignment forgets";
  EXPECT_EQ(of(*read_unit(files, here, "/home/ada/project/mine.service"), "B"), "3");
  EXPECT_EQ(read_unit(files, here, "absent").error().code.name(), "unit_not_found");
}

TEST_F(ElsewhereTest, AContainerIsReadFromWhatItsEnginePrints) {
  const auto place = read_container(
      here,
      R"([{"RepoTags":["web:1"],"Config":{"Env":["A=image"]}},)"
      R"({"Name":"/web","State":{"Running":true},"Config":{"Env":["A=1","ANTHROPIC_API_KEY=x=y","NOTHING"],"WorkingDir":"/app"}}])");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->what, "container web");
  EXPECT_EQ(of(*place, "A"), "1");
  EXPECT_EQ(of(*place, "ANTHROPIC_API_KEY"), "x=y");
  EXPECT_EQ(place->environment->working_directory(), "/app");
  EXPECT_FALSE(place->is_reachable);
  EXPECT_EQ(read_container(here, R"([{"RepoTags":["web:1"],"Config":{"Env":["A=image"]}}])")->what,
            "image web:1");
  for (const std::string_view wrong : {"[]", "{}", "[{\"Config\":1}]", "7"}) {
    EXPECT_EQ(read_container(here, wrong).error().code.name(), "inspect_invalid") << wrong;
  }
  EXPECT_EQ(read_container(here, "no json").error().code.name(), "json_invalid");
}

TEST_F(ElsewhereTest, WhatThisShellHasAndTheServiceLacks) {
  here.variables = {{"ANTHROPIC_API_KEY", fake_key('q')}, {"ANTHROPIC_BASE_URL", "http://gateway.example"}};
  files.content["/etc/systemd/system/web.service"] = "[Service]\nEnvironment=A=1\n";
  const survey::Survey there = compared(*read_unit(files, here, "web.service"), files);
  EXPECT_THAT(there.observations, Contains("config.set-outside-process"));
  EXPECT_THAT(all_remarks(there),
              HasSubstr("Set in this shell (108 characters, …qqAA), not set in unit web.service."));
  EXPECT_THAT(all_remarks(there),
              HasSubstr("ANTHROPIC_BASE_URL: Here: http://gateway.example; in unit web.service: not set."));
}

TEST_F(ElsewhereTest, TwoValuesAreTwoFingerprintsAndNoMore) {
  here.variables = {{"ANTHROPIC_API_KEY", fake_key('q')}};
  const auto place = read_container(
      here, R"({"Name":"web","Config":{"Env":["ANTHROPIC_API_KEY=)" + fake_key('w') + R"("]}})");
  const survey::Survey there = compared(*place, NoFiles());
  EXPECT_THAT(there.observations, Contains("config.copies-differ"));
  EXPECT_THAT(all_remarks(there),
              HasSubstr("here 108 characters, …qqAA; in container web 108 characters, …wwAA"));
  EXPECT_THAT(all_remarks(there), Not(testing::AnyOf(HasSubstr("qqq"), HasSubstr("www"))));
}

TEST_F(ElsewhereTest, TheSameValueIsNoDifference) {
  here.variables = {{"ANTHROPIC_API_KEY", fake_key('q')}};
  const auto place =
      read_container(here, R"({"Config":{"Env":["ANTHROPIC_API_KEY=)" + fake_key('q') + R"(\n"]}})");
  EXPECT_THAT(compared(*place, NoFiles()).observations, Not(Contains("config.copies-differ")))
      << "a line break is another matter";
}

TEST(UnitFile, WordsAreSplitAsSystemdSplitsThem) {
  EXPECT_THAT(split_words(R"(A=1 "B=x y" C="p q" 'D=\'' E=a\ b "open)"),
              ElementsAre("A=1", "B=x y", "C=p q", "D='", "E=a b", "open"));
  EXPECT_THAT(split_words(" \t "), ElementsAre());
}

}  // namespace
}  // namespace locksmith::doctor::elsewhere
