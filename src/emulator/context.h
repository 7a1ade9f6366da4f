// What is known of the request that an Api is answering. Of api.cc and control.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/api.h"
#include "emulator/envelope.h"
#include "emulator/messages.h"
#include "wire/json/json.h"

namespace locksmith::emulator {

struct Api::Context {
  const Request& request;
  Carried carried;
  std::uint64_t number;
  Instant now;
  Tick tick;
  std::string request_id{};
  Declared declared{};
  std::optional<Identity> identity{};  // set once authentication passed
  std::string decoded{};               // the body, where it came compressed
  bool is_decoded = false;

  // Undoes the content coding of the body. An error where it cannot be undone.
  std::optional<ErrorText> decode_body();
  std::string_view body() const { return is_decoded ? std::string_view(decoded) : request.body; }
  // The model that the body names, for the text of a fault.
  std::string model(wire::json::Reader& reader);
};

}  // namespace locksmith::emulator
