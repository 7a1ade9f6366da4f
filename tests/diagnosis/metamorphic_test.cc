// What must not change a diagnosis does not, on every report of the corpus; what must, does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "corpus.h"
#include "vocabulary/character.h"

namespace locksmith::tests {
namespace {

using model::evidence::Evidence;
using Change = std::function<void(Evidence&, std::mt19937&)>;

// Fixed, so that a failure is found again; every change is tried with several places of the text.
constexpr unsigned kSeed = 20261125;
constexpr int kTries = 3;

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string wrapped(const std::string& text, std::size_t width) {
  std::string out;
  std::size_t column = 0;
  for (const char c : text) {
    // Only inside words or between them, never inside a number: a terminal's 401 stays on one line as often as not, and
    // half a number is a different number.
    const bool digit = is_digit(c);
    const bool after_digit = !out.empty() && is_digit(out.back());
    if (column >= width && !(digit && after_digit)) {
      out += '\n';
      column = 0;
    }
    out += c;
    column = c == '\n' ? 0 : column + 1;
  }
  return out;
}

std::string with_case(const std::string& text, int (*change)(int)) {
  std::string out = text;
  std::ranges::transform(out, out.begin(), [&](char c) { return static_cast<char>(change(static_cast<unsigned char>(c))); });
  return out;
}

std::string between_words(const std::string& text, std::string_view inserted, std::mt19937& random, unsigned one_in) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' && random() % one_in == 0) out += inserted;
    out += c;
  }
  return out;
}

std::string each_line(const std::string& text, std::string_view prefix) {
  std::string out(prefix);
  for (const char c : text) {
    out += c;
    if (c == '\n') out += prefix;
  }
  return out;
}

void expect_unchanged(const char* what, const Change& change) {
  std::mt19937 random(kSeed);
  int changed = 0;
  for (const Labelled& report : corpus()) {
    const std::string before = first_cause(examiner(), report.evidence);
    for (int i = 0; i < kTries; ++i) {
      Evidence evidence = report.evidence;
      change(evidence, random);
      const std::string after = first_cause(examiner(), evidence);
      if (after == before) continue;
      ++changed;
      ADD_FAILURE() << what << " changed " << report.evidence.id << " from " << before << " to " << after << "\n" << evidence.error.text;
      break;
    }
  }
  EXPECT_EQ(changed, 0) << what;
}

TEST(Metamorphic, Escaping) {
  expect_unchanged("escaping", [](Evidence& e, auto&) { e.error.text = escaped(e.error.text); });
  expect_unchanged("escaping twice", [](Evidence& e, auto&) { e.error.text = escaped(escaped(e.error.text)); });
}

TEST(Metamorphic, InsideAnotherJson) {
  expect_unchanged("nesting", [](Evidence& e, auto&) {
    if (!e.error.text.empty()) e.error.text = "{\"level\":\"error\",\"details\":\"" + escaped(e.error.text) + "\",\"seq\":17}";
  });
}

TEST(Metamorphic, PythonsQuotes) {
  expect_unchanged("repr", [](Evidence& e, auto&) { std::ranges::replace(e.error.text, '"', '\''); });
}

TEST(Metamorphic, Colours) {
  expect_unchanged("colours", [](Evidence& e, std::mt19937& random) {
    if (e.error.text.empty()) return;
    e.error.text = "\x1b[1;31m" + between_words(e.error.text, "\x1b[0m\x1b[33m", random, 3) + "\x1b[0m";
  });
}

TEST(Metamorphic, WrappingAt80Columns) {
  expect_unchanged("wrapping", [](Evidence& e, auto&) { e.error.text = wrapped(e.error.text, 80); });
}

TEST(Metamorphic, Case) {
  expect_unchanged("upper case", [](Evidence& e, auto&) { e.error.text = with_case(e.error.text, std::toupper); });
  expect_unchanged("lower case", [](Evidence& e, auto&) { e.error.text = with_case(e.error.text, std::tolower); });
}

TEST(Metamorphic, ALoggersPrefix) {
  expect_unchanged("logger", [](Evidence& e, auto&) {
    if (!e.error.text.empty()) e.error.text = each_line(e.error.text, "2026-11-25 10:12:31,733 ERROR [worker-3] app.core.llm: ");
  });
}

TEST(Metamorphic, UnrelatedLinesAround) {
  expect_unchanged("log lines", [](Evidence& e, auto&) {
    if (!e.error.text.empty()) {
      e.error.text = "INFO starting worker 3 of 8\nDEBUG loaded 12 plugins in 340 ms\n" + e.error.text +
                     "\nINFO shutting down\nINFO goodbye, see you tomorrow";
    }
  });
}

TEST(Metamorphic, White) {
  expect_unchanged("white space", [](Evidence& e, std::mt19937& random) { e.error.text = between_words(e.error.text, "  \t", random, 2); });
}

TEST(Metamorphic, OrderOfFacts) {
  expect_unchanged("order", [](Evidence& e, std::mt19937& random) {
    std::ranges::shuffle(e.observations, random);
    std::ranges::shuffle(e.credentials, random);
    std::ranges::shuffle(e.error.headers, random);
  });
}

TEST(Metamorphic, WhatDecidesNothing) {
  expect_unchanged("ids, versions, unknown facts", [](Evidence& e, auto&) {
    e.id = "another";
    e.client.version = "99.9";
    e.os = "linux";
    e.observations.emplace_back("moon.is-full");
    e.observations.emplace_back("works.on-my-machine");
  });
}

// A fact that proves another cause comes first, whatever was believed before.
TEST(Metamorphic, AProvenContradictionWins) {
  struct Proof {
    const char* cause;
    Change add;
  };
  const Proof proofs[] = {
      {"key_malformed",
       [](Evidence& e, auto&) {
         e.error = {};
         e.error.text = "Invalid header value";
         e.observations.clear();
         e.credentials.clear();
         model::evidence::Credential c{.source = "env:ANTHROPIC_API_KEY", .state = "set", .shape = "api-key", .flaws = {"trailing-newline"},
                                       .length = 109, .expires_in_s = {}, .used = true, .tail = {}, .note = {}};
         e.credentials.push_back(c);
       }},
      {"overloaded",
       [](Evidence& e, auto&) {
         e.error = {};
         e.error.status = 529;
         e.error.type = "overloaded_error";
         e.observations = {"account.key-active"};
         e.credentials.clear();
         e.stream.reset();
         e.request = {};
         e.settings = {};
       }},
  };
  std::mt19937 random(kSeed);
  for (const Proof& proof : proofs) {
    for (const Labelled& report : corpus()) {
      Evidence evidence = report.evidence;
      proof.add(evidence, random);
      EXPECT_EQ(first_cause(examiner(), evidence), proof.cause) << report.evidence.id;
    }
  }
}

// Facts that contradict the first cause take its place away.
TEST(Metamorphic, AContradictionTakesTheFirstPlace) {
  const std::pair<const char*, std::vector<std::string>> contradictions[] = {
      {"key_revoked_or_invalid", {"account.key-active", "works.other-auth-header"}},
      {"env_not_loaded", {"works.other-auth-header", "status-page.incident", "fails.many-users"}},
  };
  for (const auto& [cause, facts] : contradictions) {
    int seen = 0;
    for (const Labelled& report : corpus()) {
      if (first_cause(examiner(), report.evidence) != cause || !report.evidence.error.status) continue;
      Evidence evidence = report.evidence;
      evidence.observations.insert(evidence.observations.end(), facts.begin(), facts.end());
      EXPECT_NE(first_cause(examiner(), evidence), cause) << report.evidence.id;
      ++seen;
    }
    EXPECT_GT(seen, 0) << cause;
  }
}

}  // namespace
}  // namespace locksmith::tests
