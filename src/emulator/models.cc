#include "emulator/models.h"

#include <algorithm>
#include <charconv>

#include "vocabulary/text.h"
#include "wire/json/json.h"

namespace locksmith::emulator {
namespace {

using wire::json::Writer;

constexpr int kDefaultPage = 20;
constexpr int kLargestPage = 1000;

void nullable(Writer& json, std::string_view name, const std::optional<std::string>& value) {
  json.key(name);
  if (value) {
    json.string(*value);
  } else {
    json.null();
  }
}

void nullable(Writer& json, std::string_view name, const std::optional<std::int64_t>& value) {
  json.key(name);
  if (value) {
    json.integer(*value);
  } else {
    json.null();
  }
}

void write_model(Writer& json, const Model& model) {
  json.begin_object().member("type", "model").member("id", model.id).member("display_name", model.display_name);
  json.member("created_at", model.created_at).member("lifecycle", model.lifecycle).member("line", model.line);
  nullable(json, "deprecated_at", model.deprecated_at);
  nullable(json, "retires_at", model.retires_at);
  nullable(json, "max_input_tokens", model.max_input_tokens);
  nullable(json, "max_tokens", model.max_tokens);
  json.key("capabilities").null().end_object();
}

ErrorText invalid(std::string message) { return {400, "invalid_request_error", std::move(message), {}, {}}; }

std::expected<int, ErrorText> page_size(std::string_view query) {
  const auto text = parameter(query, "limit");
  if (!text) return kDefaultPage;
  int value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) {
    return std::unexpected(invalid("limit: Input should be a valid integer, unable to parse string as an integer"));
  }
  if (value < 1) return std::unexpected(invalid("limit: Input should be greater than or equal to 1"));
  if (value > kLargestPage) return std::unexpected(invalid("limit: Input should be less than or equal to 1000"));
  return value;
}

using ModelList = std::vector<const Model*>;

// The models that may be listed: retired ones only when asked for by lifecycle.
ModelList candidates(const Catalogue& catalogue, std::string_view query) {
  const auto lifecycle = parameter(query, "lifecycle");
  ModelList list;
  for (const Model& model : catalogue.models) {
    if (lifecycle ? model.lifecycle == *lifecycle : model.lifecycle != "retired") list.push_back(&model);
  }
  return list;
}

struct Window {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool more = false;
};

std::expected<Window, ErrorText> window(const ModelList& list, std::string_view query, std::size_t size) {
  const auto after = parameter(query, "after_id");
  const auto before = parameter(query, "before_id");
  const auto place = [&list](const std::string& id) {
    return static_cast<std::size_t>(std::ranges::find(list, id, &Model::id) - list.begin());
  };
  // The wording of the two refusals is ours.
  if (before) {
    const std::size_t end = place(*before);
    if (end == list.size()) return std::unexpected(invalid("before_id: no such model"));
    const std::size_t begin = end > size ? end - size : 0;
    return Window{begin, end, begin > 0};
  }
  std::size_t begin = 0;
  if (after) {
    begin = place(*after) + 1;
    if (begin > list.size()) return std::unexpected(invalid("after_id: no such model"));
  }
  const std::size_t end = std::min(list.size(), begin + size);
  return Window{begin, end, end < list.size()};
}

// As forms are encoded, which queries follow: "+" is a blank.
std::string decoded(std::string_view text) {
  std::string plain(text);
  std::ranges::replace(plain, '+', ' ');
  return percent_decoded(plain);
}

}  // namespace

std::optional<std::string> parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (decoded(pair.substr(0, equals)) == name) {
      return equals == std::string_view::npos ? std::string() : decoded(pair.substr(equals + 1));
    }
  }
  return std::nullopt;
}

std::expected<std::string, ErrorText> list_models(const Catalogue& catalogue, std::string_view query) {
  const auto size = page_size(query);
  if (!size) return std::unexpected(size.error());
  const ModelList list = candidates(catalogue, query);
  const auto page = window(list, query, static_cast<std::size_t>(*size));
  if (!page) return std::unexpected(page.error());
  std::string out;
  Writer json(out);
  json.begin_object().key("data").begin_array();
  for (std::size_t i = page->begin; i < page->end; ++i) write_model(json, *list[i]);
  json.end_array().member("has_more", page->more);
  const bool empty = page->begin == page->end;
  nullable(json, "first_id", empty ? std::nullopt : std::optional(list[page->begin]->id));
  nullable(json, "last_id", empty ? std::nullopt : std::optional(list[page->end - 1]->id));
  json.end_object();
  return out;
}

std::expected<std::string, ErrorText> show_model(const Catalogue& catalogue, std::string_view id) {
  const Model* model = catalogue.find(id);
  if (model == nullptr) {
    return std::unexpected(ErrorText{404, "not_found_error", "model: " + std::string(id), {}, {}});
  }
  std::string out;
  Writer json(out);
  write_model(json, *model);
  return out;
}

}  // namespace locksmith::emulator
