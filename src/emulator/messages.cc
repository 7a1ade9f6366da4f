#include "emulator/messages.h"

#include <algorithm>

#include "vocabulary/character.h"
#include "wire/sse/event_writer.h"

namespace locksmith::emulator {
namespace {

using wire::json::Kind;
using wire::json::Value;
using wire::json::Writer;

constexpr std::int64_t kCharactersPerToken = 4;
constexpr std::size_t kWordsPerDelta = 3;

std::int64_t tokens_of(std::size_t characters) {
  return (static_cast<std::int64_t>(characters) + kCharactersPerToken - 1) / kCharactersPerToken;
}

Value last_of(Value list) {
  Value last;
  list.for_each_element([&last](Value element) { last = element; });
  return last;
}

bool answers_a_tool(Value body) {
  bool found = false;
  last_of(body["messages"])["content"].for_each_element(
      [&found](Value block) { found = found || block["type"].string_or("") == "tool_result"; });
  return found;
}

// A value that a JSON schema's type allows; the first of an enumeration.
void write_sample(Writer& json, Value schema) {
  if (schema["enum"].size() > 0) {
    Value first;
    schema["enum"].for_each_element([&first](Value element) { if (!first) first = element; });
    json.string(first.string_or(""));
    return;
  }
  const std::string_view type = schema["type"].string_or("string");
  if (type == "integer" || type == "number") {
    json.integer(1);
  } else if (type == "boolean") {
    json.boolean(true);
  } else if (type == "array") {
    json.begin_array().end_array();
  } else if (type == "object") {
    json.begin_object().end_object();
  } else {
    json.string("example");
  }
}

std::string sample_input(Value schema) {
  std::string out;
  Writer json(out);
  json.begin_object();
  schema["required"].for_each_element([&](Value name) {
    const std::string_view text = name.string_or("");
    json.key(text);
    write_sample(json, schema["properties"][text]);
  });
  json.end_object();
  return out;
}

// The tool that the reply calls: the one that is asked for, or the first, unless there is nothing to call.
Value chosen_tool(Value body, bool is_agent) {
  const std::string_view choice = body["tool_choice"]["type"].string_or("auto");
  Value chosen;
  const bool forced = choice == "any" || choice == "tool";
  if (choice == "none" || answers_a_tool(body) || (is_agent && !forced)) return chosen;
  body["tools"].for_each_element([&](Value tool) {
    const bool wanted = choice != "tool" || tool["name"].string_or("") == body["tool_choice"]["name"].string_or("");
    if (!chosen && wanted && tool["input_schema"]) chosen = tool;
  });
  return chosen;
}

void write_counts(Writer& json, const Run& run, std::int64_t output) {
  json.member("input_tokens", run.input);
  json.member("cache_creation_input_tokens", run.write_5m + run.write_1h).member("cache_read_input_tokens", 0);
  json.key("cache_creation").begin_object();
  json.member("ephemeral_5m_input_tokens", run.write_5m).member("ephemeral_1h_input_tokens", run.write_1h).end_object();
  json.member("output_tokens", output);
}

void write_head(Writer& json, const Reply& reply) {
  json.member("id", reply.id).member("type", "message").member("role", "assistant").member("model", reply.model);
}

void write_stop(Writer& json, std::string_view reason) {
  json.key("stop_reason");
  if (reason.empty()) {
    json.null();
  } else {
    json.string(reason);
  }
  json.key("stop_sequence").null();
}

void write_block(Writer& json, const Reply& reply, std::string_view text, std::string_view input) {
  json.begin_object();
  if (reply.tool_name.empty()) {
    json.member("type", "text").member("text", text);  // no "citations" where none were asked for: clients refuse null
  } else {
    json.member("type", "tool_use").member("id", reply.tool_id).member("name", reply.tool_name);
    json.key("input").raw(input);
  }
  json.end_object();
}

// Splits into pieces of a few words, which together are the text.
std::vector<std::string_view> pieces_of(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < kWordsPerDelta && end != std::string_view::npos; ++i) end = text.find(' ', end + 1);
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(pieces.back().size());
  }
  return pieces;
}

template <class Write>
std::string event(std::string_view type, Write write) {
  std::string data;
  Writer json(data);
  json.begin_object().member("type", type);
  write(json);
  json.end_object();
  std::string out;
  wire::sse::append_event(out, type, data);
  return out;
}

std::string delta_event(const Reply& reply, std::string_view piece) {
  return event("content_block_delta", [&](Writer& json) {
    json.member("index", 0).key("delta").begin_object();
    if (reply.tool_name.empty()) {
      json.member("type", "text_delta").member("text", piece);
    } else {
      json.member("type", "input_json_delta").member("partial_json", piece);
    }
    json.end_object();
  });
}

void cut_to(Reply& reply, std::int64_t most) {
  if (reply.output_tokens <= most) return;
  reply.stop_reason = "max_tokens";
  reply.output_tokens = most;
  // A tool call that does not fit is not begun; the API gives out broken input instead, which no test needs.
  reply.tool_name.clear();
  reply.text.resize(std::min(reply.text.size(), static_cast<std::size_t>(most * kCharactersPerToken)));
}

}  // namespace

// With several runs the counts at the top are the last one's, and the list says all that is billed.
void write_usage(Writer& json, const Charge& charge, bool begins) {
  const Run& run = charge.runs.back();
  std::int64_t searches = 0;
  for (const Run& each : charge.runs) searches += each.searches;
  json.key("usage").begin_object();
  write_counts(json, run, begins ? std::min<std::int64_t>(run.output, 1) : run.output);
  json.key("output_tokens_details").null().key("server_tool_use");
  if (searches > 0 && !begins) {
    json.begin_object().member("web_search_requests", searches).member("web_fetch_requests", 0).end_object();
  } else {
    json.null();
  }
  if (charge.runs.size() > 1 && !begins) {
    json.key("iterations").begin_array();
    for (const Run& each : charge.runs) {
      json.begin_object().member("type", each.fallback ? "fallback_message" : "message").member("model", each.model);
      write_counts(json, each, each.output);
      json.end_object();
    }
    json.end_array();
  }
  json.member("service_tier", charge.batch ? "batch" : "standard").member("inference_geo", charge.us_only ? "us" : "global");
  json.member("speed", charge.fast ? "fast" : "standard");
  json.end_object();
}

bool Declared::is_agent() const {
  return std::ranges::any_of(betas, [](const std::string& beta) { return beta.starts_with("claude-code-"); });
}

bool looks_like_beta(std::string_view text) {
  constexpr std::string_view kForms[] = {"-0000-00-00", "00000000"};
  const bool plain = std::ranges::all_of(text, [](char c) { return is_digit(c) || is_lower(c) || c == '-'; });
  return plain && std::ranges::any_of(kForms, [&](std::string_view form) {
    return text.size() > form.size() && std::ranges::equal(text.substr(text.size() - form.size()), form, [](char c, char f) {
      return f == '0' ? is_digit(c) : c == f;
    });
  });
}

Reply make_reply(const Value& body, const Model& model, const Catalogue& catalogue, const Manner& manner, std::uint64_t number,
                 const Declared& declared) {
  Reply reply;
  reply.id = make_id("msg_011C", number);
  reply.model = model.id;
  reply.stop_reason = "end_turn";
  if (const Value tool = chosen_tool(body, declared.is_agent())) {
    reply.tool_name = tool["name"].string_or("");
    reply.tool_id = make_id("toolu_01", number);
    reply.tool_input = sample_input(tool["input_schema"]);
    reply.stop_reason = "tool_use";
    reply.output_tokens = tokens_of(reply.tool_name.size() + reply.tool_input.size());
  } else {
    reply.text = "Hello from the Locksmith emulator. This is a fixed answer that stands in for " + model.display_name +
                 ", so that a test gives the same result every time.";
    const auto wanted = static_cast<std::size_t>(manner.answer_tokens * kCharactersPerToken);
    const std::string once = " " + reply.text;
    while (reply.text.size() < wanted) reply.text += once;
    if (wanted > 0) reply.text.resize(wanted);
    reply.output_tokens = tokens_of(reply.text.size());
  }
  cut_to(reply, body["max_tokens"].as_integer().value_or(0));
  reply.charge = charge_of(body, model, catalogue, manner, reply.output_tokens);
  return reply;
}

std::string message_body(const Reply& reply) {
  std::string out;
  Writer json(out);
  json.begin_object();
  write_head(json, reply);
  json.key("content").begin_array();
  if (!reply.text.empty() || !reply.tool_name.empty()) write_block(json, reply, reply.text, reply.tool_input);
  json.end_array();
  write_stop(json, reply.stop_reason);
  json.key("stop_details").null().key("container").null();
  write_usage(json, reply.charge, false);
  json.end_object();
  return out;
}

std::vector<std::string> message_events(Reply& reply) {
  std::vector<std::string> events;
  events.push_back(event("message_start", [&](Writer& json) {
    json.key("message").begin_object();
    write_head(json, reply);
    json.key("content").begin_array().end_array();
    write_stop(json, "");
    write_usage(json, reply.charge, true);
    json.end_object();
  }));
  events.push_back(event("content_block_start", [&](Writer& json) {
    json.member("index", 0).key("content_block");
    write_block(json, reply, "", "{}");
  }));
  events.push_back(event("ping", [](Writer&) {}));
  const std::string& text = reply.tool_name.empty() ? reply.text : reply.tool_input;
  std::vector<std::int64_t>& written = reply.charge.written;
  written.assign(events.size(), 0);
  std::size_t so_far = 0;
  for (const std::string_view piece : pieces_of(text)) {
    events.push_back(delta_event(reply, piece));
    so_far += piece.size();
    written.push_back(reply.charge.runs.back().output * static_cast<std::int64_t>(so_far) / static_cast<std::int64_t>(text.size()));
  }
  events.push_back(event("content_block_stop", [](Writer& json) { json.member("index", 0); }));
  events.push_back(event("message_delta", [&](Writer& json) {
    json.key("delta").begin_object();
    write_stop(json, reply.stop_reason);
    json.end_object();
    write_usage(json, reply.charge, false);
  }));
  events.push_back(event("message_stop", [](Writer&) {}));
  written.resize(events.size(), reply.charge.runs.back().output);
  return events;
}

}  // namespace locksmith::emulator
