// What the tests of the checks share: small trees, and one expectation for a planted fault.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checks.h"

namespace locksmith::tidy {

// The tree with one file put in, or replaced where there is one of that path.
inline Tree with(Tree tree, std::string path, std::string text) {
  for (SourceFile& file : tree) {
    if (file.path == path) {
      file.text = std::move(text);
      return tree;
    }
  }
  tree.push_back({std::move(path), std::move(text)});
  return tree;
}

// Exactly one violation, at this place, whose sentence contains the fragment.
inline void expect_one(const Violations& violations, std::string_view path, std::string_view fragment) {
  ASSERT_EQ(violations.size(), 1u) << to_string(violations) << "expected: " << fragment;
  EXPECT_EQ(violations[0].path, path);
  EXPECT_THAT(violations[0].what, testing::HasSubstr(std::string(fragment)));
}

inline void expect_none(const Violations& violations) {
  EXPECT_TRUE(violations.empty()) << to_string(violations);
}

}  // namespace locksmith::tidy
