// Keys that no one ever had, from a seed, in the forms of each kind. Only tests include this.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/tenant/virtual_key.h"
#include "vocabulary/base64.h"

namespace locksmith::model::finding {

class KeysForTests {
 public:
  explicit KeysForTests(std::uint64_t seed) : state_(seed * 2 + 1) {}

  std::uint32_t draw() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::uint32_t>(state_ >> 33U);
  }
  std::string bytes(std::size_t count) {
    std::string out;
    while (out.size() < count) out += static_cast<char>(draw() & 0xffU);
    return out;
  }
  static std::string base64url(std::string_view bytes) {
    std::string text = to_base64(bytes);
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    text.resize((bytes.size() * 8 + 5) / 6);
    return text;
  }
  // "api03", "admin01", "oat01", …
  std::string claude(std::string_view type = "api03") {
    std::string tail = bytes(4);
    tail.append(2, '\0');
    return "sk-ant-" + std::string(type) + "-" + base64url(bytes(64)) + "-" + base64url(tail);
  }
  std::string virtual_key() {
    std::array<std::uint8_t, tenant::kKeyRandomBytes> random{};
    for (auto& byte : random) byte = static_cast<std::uint8_t>(draw());
    return std::string(tenant::make_key_text(random).reveal());
  }

 private:
  std::uint64_t state_;
};

}  // namespace locksmith::model::finding
