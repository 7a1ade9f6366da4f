// Requests drawn from a seed, in every spelling: whatever the API's documents allow in a body that it bills. Who bills them is the
// emulator.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/request_for_tests.h"

namespace locksmith::gateway {

struct Drawn {
  std::string path = "/v1/messages";
  std::string body;
};

class Draw {
 public:
  explicit Draw(std::uint32_t seed) : random_(seed) {}

  Drawn request() {
    if (number(6) != 0) return {.body = message()};
    Drawn drawn{"/v1/messages/batches", '{' + name("requests") + "["};
    for (std::uint32_t i = 0, count = number(4); i <= count; ++i) {
      drawn.body += (i == 0 ? "{" : ",{") + name("custom_id") + "\"" + std::to_string(i) + "\"," + name("params") + message() + '}';
    }
    drawn.body += "]}";
    return drawn;
  }
  std::uint32_t number(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }

  std::string message() {
    std::vector<std::string> models{any_model()};
    std::string content;
    for (std::uint32_t i = 0, count = 1 + number(4); i < count; ++i) content += (i == 0 ? "" : ",") + block();
    std::vector<std::string> members{name("model") + '"' + escaped(models[0], number(60)) + '"', name("max_tokens") + std::to_string(number(20'000)),
                                     name("messages") + R"([{"role":"user","content":[)" + content + "]}]"};
    if (number(3) == 0) members.push_back(name("tools") + tools());
    if (number(4) == 0) members.push_back(name("cache_control") + cache());
    if (number(4) == 0) {
      std::string list;
      for (std::uint32_t i = 0, count = 1 + number(6); i < count; ++i) {
        list += std::string(i == 0 ? "" : ",") + '{' + name("model") + '"' + any_model() + "\"}";
      }
      members.push_back(name("fallbacks") + '[' + list + ']');
    }
    if (number(4) == 0) members.push_back(name("speed") + R"("f\u0061st")");
    if (number(4) == 0) members.push_back(name("inference_geo") + R"("us")");
    std::ranges::shuffle(members, random_);
    std::string body = "{";
    for (const std::string& member : members) body += (body.size() == 1 ? "" : ",") + member;
    return body + "}";
  }

 private:
  std::string name(std::string_view plain) { return '"' + escaped(plain, number(40)) + "\":" + std::string(number(3), ' '); }
  std::string any_model() {
    constexpr std::array<std::string_view, 6> kModels{"claude-haiku-4-5", "claude-opus-4-6", "claude-haiku-5-5", "claude-fable-5-2", "claude-sonnet-5-5", "claude-sonnet-4-6"};
    return std::string(kModels[number(kModels.size())]);
  }
  std::string cache() {
    constexpr std::array<std::string_view, 4> kTtl{"", R"(,"ttl":"5m")", R"(,"ttl":"1h")", R"(,"t\u0074l":"1\u0068")"};
    return R"({"type":"ephemeral")" + std::string(kTtl[number(kTtl.size())]) + '}';
  }
  std::string text() { return std::string(number(8) == 0 ? number(150'000) : number(200), 'x'); }

  std::string block() {
    switch (number(9)) {
      case 0:
        return '{' + name("type") + R"("image",)" + name("source") + '{' + name("type") + R"("base64",)" + name("data") + '"' + std::string(number(4000), 'A') + "\"}}";
      case 1:
        return '{' + name("source") + '{' + name("type") + R"("url","url":"https://a.example/b.png"},)" + name("type") + R"("image"})";
      case 2:
        return '{' + name("type") + R"("document",)" + name("source") + '{' + name("type") + R"("base64",)" + name("data") + '"' + std::string(number(400), 'A') + "\"}}";
      case 3:
        return '{' + name("type") + R"("document",)" + name("source") + '{' + name("file_id") + R"("file_1",)" + name("type") + R"("file"}})";
      case 4:
        return '{' + name("type") + R"("container_upload",)" + name("file_id") + R"("file_1"})";
      case 5:
        return R"({"type":"tool_result","tool_use_id":"t","content":[)" + block() + "]}";
      default:
        return R"({"type":"text","text":")" + text() + '"' + (number(5) == 0 ? "," + name("cache_control") + cache() : "") + '}';
    }
  }

  std::string tools() {
    std::string out = "[";
    for (std::uint32_t i = 0, count = number(4); i < count; ++i) {
      const std::string_view type = std::array<std::string_view, 3>{"web_search_20250305", "web_fetch_20250910", "bash_20250124"}[number(3)];
      out += std::string(i == 0 ? "" : ",") + R"({"name":"t",)" + (type.starts_with("web") ? name("max_uses") + std::to_string(number(5)) + ',' : "") + name("type") + '"' +
             std::string(type) + "\"}";
    }
    return out + "]";
  }

  std::mt19937 random_;
};

}  // namespace locksmith::gateway
