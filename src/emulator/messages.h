// POST /v1/messages and /v1/messages/count_tokens: what is checked, and a reply that is the same for the same request.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/catalogue.h"
#include "emulator/envelope.h"
#include "wire/json/json.h"

namespace locksmith::emulator {

enum class Purpose { create, count };

// The first thing that the API would refuse in this body, in its words where they are known; nullopt: nothing.
std::optional<ErrorText> check_message(const wire::json::Value& body, const Catalogue& catalogue,
                                       std::string_view version, Purpose purpose);

// About four characters a token, as a rule of thumb for English; the API's own tokenizer is not public.
std::int64_t count_tokens(const wire::json::Value& body);

struct Reply {
  std::string id;
  std::string model;
  std::string text;         // empty where a tool is called or nothing may be said
  std::string tool_name;    // not empty: a tool_use block
  std::string tool_id;
  std::string tool_input;   // JSON
  std::string stop_reason;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
};

// `body` has passed check_message.
Reply make_reply(const wire::json::Value& body, const Model& model, std::uint64_t number);
// The JSON of a plain answer.
std::string message_body(const Reply& reply);
// The events of a stream, in the API's order: message_start, content_block_start, ping, deltas, content_block_stop,
// message_delta, message_stop. Each is ready to send.
std::vector<std::string> message_events(const Reply& reply);

}  // namespace locksmith::emulator
