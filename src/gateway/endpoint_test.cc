#include "gateway/endpoint.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/authorize.h"

namespace locksmith::gateway {
namespace {

const std::vector<std::string> kPaths{"/v1/messages",          "/v1/messages/count_tokens",      "/v1/messages/batches",
                                      "/v1/messages/batches/b", "/v1/messages/batches/b/results", "/v1/messages/batches/b/cancel",
                                      "/v1/complete",           "/v1/models",                     "/v1/models/claude-a",
                                      "/v1/files",              "/v1/files/file_1",               "/v1/files/file_1/content",
                                      "/",                      "/api/hello"};

// Would a request for this path go out, and as which endpoint?
Endpoint forwarded(std::string_view path, const Settings& settings = {}) {
  if (!is_canonical(path)) return Endpoint::unknown;
  Admitted request;
  request.endpoint = &endpoint_of(path);
  request.method_fits = true;
  return authorize_endpoint(request, path, settings) == Why::none ? request.endpoint->endpoint : Endpoint::unknown;
}

std::string encoded(char c, bool upper) {
  const std::string_view digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return {'%', digits[byte >> 4], digits[byte & 15]};
}

// What another server could read as `path`, though its bytes are others.
std::vector<std::string> spellings_of(const std::string& path) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string before = path.substr(0, i), after = path.substr(i + 1);
    for (const bool upper : {false, true}) {
      all.push_back(before + encoded(path[i], upper) + after);
      all.push_back(before + "%25" + encoded(path[i], upper).substr(1) + after);  // encoded twice
    }
    if (const int other = path[i] ^ 0x20; std::isalpha(path[i]) != 0) all.push_back(before + static_cast<char>(other) + after);
    if (path[i] != '/') continue;
    for (const char* const instead : {"//", "/./", "/../", "/x/../", "\\", "/;a/", "/;/", ";a/", "/%2e/", "/.%2E/", "\xe2\x88\x95", "/%00/"}) {
      all.push_back(before + instead + after);
    }
  }
  for (const char* const end : {";", ";a=b", ";/", "/.", "/..", "//", "%20", "%00", "%", "%2", "\\", " ", "\t", "+", ".json;", "*", "%23", "%3f"}) {
    all.push_back(path + end);
  }
  return all;
}

TEST(Endpoint, EveryPathOfTheTableIsCanonicalAndForwarded) {
  for (const std::string& path : kPaths) {
    EXPECT_TRUE(is_canonical(path)) << path;
    EXPECT_NE(forwarded(path), Endpoint::unknown) << path;
    if (path != "/") {
      EXPECT_EQ(forwarded(path + "/"), forwarded(path));
    }
  }
}

// Whatever is not spelt as the table spells it goes nowhere, or is an id within the same endpoint: then the letters are the id's.
TEST(Endpoint, NoOtherSpellingOfAPathIsForwarded) {
  std::size_t tried = 0;
  for (const std::string& path : kPaths) {
    for (const std::string& other : spellings_of(path)) {
      ++tried;
      const Endpoint endpoint = forwarded(other);
      if (endpoint == Endpoint::unknown) continue;
      const bool of_id = endpoint == forwarded(path) && other.size() == path.size();
      EXPECT_TRUE(of_id || (path == "/" && other == "//")) << other << " as " << path;
    }
  }
  EXPECT_GT(tried, 1500U);
}

TEST(Endpoint, NoSpellingOfTheAdminApiGoesOutWhateverTheSettingsList) {
  Settings generous;
  generous.endpoints = {"/v1", "/V1", "/v1/organizations", "/v1/Organizations", "/v1/organizations/me"};
  for (const std::string path : {"/v1/organizations", "/v1/organizations/me", "/v1/organizations/api_keys/apikey_01"}) {
    EXPECT_EQ(forwarded(path, generous), Endpoint::unknown) << path;
    EXPECT_EQ(forwarded(path + "/", generous), Endpoint::unknown) << path;
    for (const std::string& other : spellings_of(path)) {
      const std::string lower = [&] {
        std::string text = other;
        for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        return text;
      }();
      if (!lower.starts_with("/v1/organizations")) continue;  // another word, which no server takes for it
      EXPECT_EQ(forwarded(other, generous), Endpoint::unknown) << other;
    }
  }
}

TEST(Endpoint, WhatTheSettingsListIsForwardedWithAllBelowIt) {
  Settings settings;
  settings.endpoints = {"/v1/skills", "/v2"};
  EXPECT_EQ(forwarded("/v1/skills", settings), Endpoint::listed);
  EXPECT_EQ(forwarded("/v1/skills/s/versions", settings), Endpoint::listed);
  EXPECT_EQ(forwarded("/v2/x", settings), Endpoint::listed);
  EXPECT_EQ(forwarded("/v1/skillset", settings), Endpoint::unknown);
  EXPECT_EQ(forwarded("/v1/Skills", settings), Endpoint::unknown);
  EXPECT_EQ(forwarded("/v1/skills/..", settings), Endpoint::unknown);
  EXPECT_EQ(forwarded("/v1/messages", settings), Endpoint::messages) << "the table's own rows come first";
}

TEST(Endpoint, EachPathHasItsMethods) {
  EXPECT_TRUE(allows(endpoint_of("/v1/messages"), "POST"));
  EXPECT_FALSE(allows(endpoint_of("/v1/messages"), "GET"));
  EXPECT_TRUE(allows(endpoint_of("/v1/models"), "HEAD"));
  EXPECT_FALSE(allows(endpoint_of("/v1/models"), "DELETE"));
  EXPECT_TRUE(allows(endpoint_of("/v1/files/f"), "DELETE"));
  EXPECT_TRUE(allows(listed_endpoint(), "PATCH"));
}

}  // namespace
}  // namespace locksmith::gateway
