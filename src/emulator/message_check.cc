#include <fmt/core.h>

#include <algorithm>

#include "emulator/messages.h"

namespace locksmith::emulator {
namespace {

using wire::json::Kind;
using wire::json::Value;

std::optional<ErrorText> invalid(std::string message) {
  return ErrorText{400, "invalid_request_error", std::move(message), {}, {}};
}

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

std::optional<ErrorText> check_fields(const Value& body, const Catalogue& catalogue) {
  std::string unknown;
  body.for_each_member([&](std::string_view name, Value) {
    if (unknown.empty() && !contains(catalogue.message_fields, name)) unknown = name;
  });
  if (unknown.empty()) return std::nullopt;
  return invalid(unknown + ": Extra inputs are not permitted");
}

std::optional<ErrorText> check_model(const Value& body, const Catalogue& catalogue) {
  const Value model = body["model"];
  if (!model) return invalid("model: Field required");
  const auto id = model.as_string();
  if (!id) return invalid("model: Input should be a valid string");
  if (id->empty()) return invalid("model: String should have at least 1 character");
  const Model* known = catalogue.find(*id);
  if (known != nullptr && known->lifecycle != "retired") return std::nullopt;
  return ErrorText{404, "not_found_error", "model: " + std::string(*id), {}, {}};
}

std::optional<ErrorText> check_content(Value content, std::size_t index, std::string_view role,
                                       std::string_view version, const Catalogue& catalogue) {
  if (!content) return invalid(fmt::format("messages.{}.content: Field required", index));
  if (content.kind() == Kind::string) {
    if (!content.as_string()->empty()) return std::nullopt;
    return invalid(fmt::format("messages.{}: {} messages must have non-empty content", index, role));
  }
  if (content.kind() != Kind::array) return invalid(fmt::format("messages.{}.content: Input should be a valid list", index));
  if (content.size() == 0 && role == "user") {
    return invalid(fmt::format("messages.{}: user messages must have non-empty content", index));
  }
  std::optional<ErrorText> error;
  std::size_t block = 0;
  const bool strict = version >= catalogue.no_sampling_since;
  content.for_each_element([&](Value value) {
    const std::size_t at = block++;
    if (error) return;
    const std::string_view type = value["type"].string_or("");
    if (type.empty()) {
      error = invalid(fmt::format("messages.{}.content.{}.type: Field required", index, at));
    } else if (type == "text" && value["text"].kind() != Kind::string) {
      error = invalid(fmt::format("messages.{}.content.{}.text.text: Field required", index, at));
    } else if (strict && role == "assistant" && type == "document") {
      // The wording of the two checks that came with 2026-10-21 is ours.
      error = invalid(fmt::format("messages.{}.content.{}: document blocks are not permitted in assistant messages", index, at));
    } else if (strict && role == "user" && type == "text" && value["citations"].size() > 0) {
      error = invalid(fmt::format("messages.{}.content.{}.text.citations: not permitted in user messages", index, at));
    }
  });
  return error;
}

std::optional<ErrorText> check_messages(const Value& body, const Catalogue& catalogue, const Declared& declared) {
  const Value messages = body["messages"];
  if (!messages) return invalid("messages: Field required");
  if (messages.kind() != Kind::array) return invalid("messages: Input should be a valid list");
  if (messages.size() == 0) return invalid("messages: at least one message is required");
  std::optional<ErrorText> error;
  std::size_t index = 0;
  messages.for_each_element([&](Value message) {
    const std::size_t at = index++;
    if (error) return;
    const auto role = message["role"].as_string();
    if (message.kind() != Kind::object) {
      error = invalid(fmt::format("messages.{}: Input should be an object", at));
    } else if (!message["role"]) {
      error = invalid(fmt::format("messages.{}.role: Field required", at));
    } else if (role == "system" && at == 0) {  // later ones are notes to the model within a conversation
      error = invalid("messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, "
                      "not \"system\" as an input message role.");
    } else if (role != "user" && role != "assistant" && role != "system" && !declared.is_open()) {
      error = invalid(fmt::format("messages.{}.role: Input should be 'user' or 'assistant'", at));
    } else {
      error = check_content(message["content"], at, role.value_or(""), declared.version, catalogue);
    }
  });
  return error;
}

std::optional<ErrorText> check_max_tokens(const Value& body, const Catalogue& catalogue) {
  const Value field = body["max_tokens"];
  if (!field) return invalid("max_tokens: Field required");
  const auto most = field.as_integer();
  if (!most) return invalid("max_tokens: Input should be a valid integer");
  if (*most < 0) return invalid("max_tokens: Input should be greater than or equal to 0");
  const Model* model = catalogue.find(body["model"].string_or(""));
  if (model != nullptr && model->max_tokens && *most > *model->max_tokens) {
    return invalid(fmt::format("max_tokens: {} > {}, which is the maximum allowed number of output tokens for {}", *most,
                               *model->max_tokens, model->id));
  }
  if (*most > 0) return std::nullopt;
  // max_tokens 0 runs the whole path and says nothing; documented as refused with these. The wording is ours.
  const std::string_view choice = body["tool_choice"]["type"].string_or("");
  if (body["stream"].as_boolean().value_or(false)) return invalid("max_tokens: 0 cannot be used with stream");
  if (body["thinking"]["type"].string_or("") == "enabled") return invalid("max_tokens: 0 cannot be used with thinking");
  if (body["output_config"]["format"]) return invalid("max_tokens: 0 cannot be used with output_config.format");
  if (choice == "any" || choice == "tool") return invalid("max_tokens: 0 cannot be used with a forced tool_choice");
  return std::nullopt;
}

std::optional<ErrorText> check_sampling(const Value& body, const Catalogue& catalogue, std::string_view version) {
  if (version >= catalogue.no_sampling_since) {
    for (const std::string& name : catalogue.sampling_fields) {
      // The wording is ours.
      if (body[name]) return invalid(fmt::format("{}: not supported with anthropic-version {}", name, version));
    }
    return std::nullopt;
  }
  const Value temperature = body["temperature"];
  if (!temperature) return std::nullopt;
  const auto value = temperature.as_number();
  if (!value) return invalid("temperature: Input should be a valid number");
  if (*value < 0 || *value > 1) return invalid("temperature: range: 0..1");
  return std::nullopt;
}

std::optional<ErrorText> check_tools(const Value& body) {
  const Value tools = body["tools"];
  if (!tools) return std::nullopt;
  if (tools.kind() != Kind::array) return invalid("tools: Input should be a valid list");
  std::optional<ErrorText> error;
  std::size_t index = 0;
  tools.for_each_element([&](Value tool) {
    const std::size_t at = index++;
    if (error || tool["type"]) return;  // a server tool has a type and no schema
    if (!tool["name"]) error = invalid(fmt::format("tools.{}.custom.name: Field required", at));
    else if (!tool["input_schema"]) error = invalid(fmt::format("tools.{}.custom.input_schema: Field required", at));
  });
  return error;
}

}  // namespace

std::optional<ErrorText> check_message(const Value& body, const Catalogue& catalogue, const Declared& declared,
                                       Purpose purpose) {
  if (body.kind() != Kind::object) return invalid("Input should be a valid dictionary or object to extract fields from");
  if (!declared.is_open()) {
    if (auto error = check_fields(body, catalogue)) return error;
  }
  const bool model_is_text = body["model"].kind() == Kind::string;
  if (!model_is_text) {
    if (auto error = check_model(body, catalogue)) return error;
  }
  if (purpose == Purpose::create) {
    if (auto error = check_max_tokens(body, catalogue)) return error;
  }
  if (auto error = check_messages(body, catalogue, declared)) return error;
  if (auto error = check_sampling(body, catalogue, declared.version)) return error;
  if (auto error = check_tools(body)) return error;
  return check_model(body, catalogue);
}

}  // namespace locksmith::emulator
