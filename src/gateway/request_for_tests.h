// For tests: a request's head and virtual keys as values, made from text.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/admit.h"
#include "gateway/key_ring.h"
#include "model/tenant/virtual_key.h"
#include "vocabulary/assert.h"
#include "wire/digest/sha256.h"
#include "wire/http1/head.h"

namespace locksmith::gateway {

// A head in which Host stands already; `lines` are further fields, each with CR LF.
struct TestHead {
  explicit TestHead(const std::string& start, const std::string& lines = {})
      : text(start + " HTTP/1.1\r\nhost: gateway.test\r\n" + lines + "\r\n") {
    LOCKSMITH_ASSERT(parse_request_head(text, head) == wire::http1::Refusal::none);
  }
  TestHead(const TestHead&) = delete;
  Admission admit(Admitted& out) const { return gateway::admit(head, framing_of(head), out); }

  std::string text;
  wire::http1::RequestHead head;
};

// The text with the `which`-th character written as an escape of JSON, which stands for the same; as it is where it has no such.
inline std::string escaped(std::string_view text, std::size_t which) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i != which) {
      out.push_back(text[i]);
    } else {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(text[i]);
      out.append("\\u00").append({kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  return out;
}

// The text of a virtual key; another one for each number.
inline std::string test_key(std::uint8_t number) {
  return std::string(model::tenant::make_key_text(std::array<std::uint8_t, model::tenant::kKeyRandomBytes>{number}).reveal());
}

inline KnownKey known_key(std::uint8_t number, model::tenant::KeyState state = model::tenant::KeyState::active) {
  KnownKey known;
  known.key.id = model::tenant::make_key_id(std::array<std::uint8_t, 12>{number});
  known.key.workspace = model::tenant::WorkspaceName("default");
  known.key.digest = wire::digest::sha256(test_key(number));
  known.key.state = state;
  known.account = std::make_shared<store::Account>();
  return known;
}

}  // namespace locksmith::gateway
