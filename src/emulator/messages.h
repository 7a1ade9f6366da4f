// POST /v1/messages and /v1/messages/count_tokens: what is checked, and a reply that is the same for the same request.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/bill.h"
#include "emulator/catalogue.h"
#include "emulator/envelope.h"
#include "wire/json/json.h"

namespace locksmith::emulator {

enum class Purpose { create, count };

// What the headers say of a request.
struct Declared {
  std::string version;
  std::vector<std::string> betas;

  // A beta may bring fields and roles that are not known here.
  bool is_open() const { return !betas.empty(); }
  // Claude Code runs the tools that an answer calls, on the machine of whoever tries the emulator.
  bool is_agent() const;
};

// name-2026-01-31 or name20260131: the form that all betas have. Which there are changes every week.
bool looks_like_beta(std::string_view text);

// The first thing that the API would refuse in this body, in its words where they are known; nullopt: nothing.
std::optional<ErrorText> check_message(const wire::json::Value& body, const Catalogue& catalogue,
                                       const Declared& declared, Purpose purpose);

struct Reply {
  std::string id;
  std::string model;
  std::string text;         // empty where a tool is called or nothing may be said
  std::string tool_name;    // not empty: a tool_use block
  std::string tool_id;
  std::string tool_input;   // JSON
  std::string stop_reason;
  std::int64_t output_tokens = 0;
  Charge charge;            // its usage, and what it costs
};

// `body` has passed check_message. An agent's tools are never called.
Reply make_reply(const wire::json::Value& body, const Model& model, const Catalogue& catalogue, const Manner& manner,
                 std::uint64_t number, const Declared& declared);
// The JSON of a plain answer.
std::string message_body(const Reply& reply);
// Fills the charge's `written` in, for a stream. The events, in the API's order: message_start, content_block_start, ping, deltas, content_block_stop,
// message_delta, message_stop. Each is ready to send.
std::vector<std::string> message_events(Reply& reply);

}  // namespace locksmith::emulator
