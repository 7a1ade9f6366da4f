#include "gateway/shown_key.h"

#include <gtest/gtest.h>

#include "gateway/request_for_tests.h"

namespace locksmith::gateway {
namespace {

std::string percent(std::string_view text, std::size_t step) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    constexpr std::string_view kDigits = "0123456789aBcDeF";
    const auto byte = static_cast<unsigned char>(text[i]);
    if (i % step == 0) {
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

TEST(ShownKey, IsFoundHoweverItIsEncoded) {
  const std::string key = test_key(1);
  EXPECT_TRUE(holds_key(key));
  EXPECT_TRUE(holds_key("Basic " + key + "; x"));
  for (const std::size_t step : {1U, 2U, 3U, 7U, 50U}) {
    EXPECT_TRUE(holds_key("a=" + percent(key, step) + "&b")) << step;
    EXPECT_TRUE(holds_key(percent(percent(key, step), 1))) << step;
  }
  std::string damaged = key;
  damaged[20] = damaged[20] == 'a' ? 'b' : 'a';
  EXPECT_FALSE(holds_key(damaged));
  EXPECT_FALSE(holds_key(percent(damaged, 1)));
  EXPECT_FALSE(holds_key("%%%2%lks_" + std::string(60, '%')));
}

TEST(ShownKey, NothingOfItIsLeftForALog) {
  for (const std::string& secret : {test_key(1), "sk-ant-" + std::string("api03-") + std::string(90, 'x')}) {
    for (const std::size_t step : {1U, 2U, 3U, 7U, 1000U}) {
      const std::string path = "/v1/" + percent(secret, step) + "/models";
      const std::string shown(without_credential(path));
      EXPECT_LE(shown.size(), 12U) << shown;
    }
  }
  EXPECT_EQ(without_credential("/v1/models/a%20name/of-some-length"), "/v1/models/a%20name/of-some-length");
}

}  // namespace
}  // namespace locksmith::gateway
