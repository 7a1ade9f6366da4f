#include "emulator/bill.h"

#include <algorithm>
#include <array>

#include "knowledge/prices.h"

namespace locksmith::emulator {
namespace {

using wire::json::Kind;
using wire::json::Value;

constexpr std::int64_t kCharactersPerToken = 4;
constexpr std::int64_t kRequestOverhead = 7;        // the tokens around one short message, as the API counts them
constexpr std::int64_t kToolPrompt = 700;           // what the API adds where there are tools
constexpr std::int64_t kDefinedTool = 735;          // and for the largest of those that it defines itself
constexpr std::int64_t kImage = 1'500, kLargestImage = 4'784;
constexpr std::int64_t kDocument = 3'000;
constexpr std::int64_t kLeastCached = 1'024;        // a shorter prompt is not cached
constexpr std::int64_t kContext = 1'000'000;        // of a model whose own is not known

// What stands in a request, beside its text.
struct Content {
  std::size_t characters = 0;
  std::int64_t images = 0, documents = 0;
  bool cached = false, hour = false;
};

// Data of the client's own is text, whatever its members are called.
bool is_own(std::string_view name) { return name == "input" || name == "input_schema"; }

void weigh(Value value, bool own, Content& content) {
  if (const auto text = value.as_string()) {
    content.characters += text->size();
    return;
  }
  if (!own && value.kind() == Kind::object) {
    const std::string_view type = value["type"].string_or("");
    if (type == "image") {
      ++content.images;
      return;
    }
    if (type == "document" || type == "container_upload") {
      ++content.documents;
      return;
    }
  }
  value.for_each_element([&](Value element) { weigh(element, own, content); });
  value.for_each_member([&](std::string_view name, Value member) {
    if (!own && name == "cache_control") {
      content.cached |= member.kind() == Kind::object;
      content.hour |= member["ttl"].string_or("") == "1h";
      return;
    }
    content.characters += name.size();
    weigh(member, own || is_own(name), content);
  });
}

Content content_of(const Value& body) {
  Content content;
  for (const char* const name : {"messages", "system", "tools"}) weigh(body[name], false, content);
  const Value top = body["cache_control"];
  content.cached |= top.kind() == Kind::object;
  content.hour |= top["ttl"].string_or("") == "1h";
  return content;
}

struct Tools {
  std::int64_t uses = 0, searches = 0, defined = 0;
  bool any = false;
};

Tools tools_of(const Value& body) {
  Tools tools;
  body["tools"].for_each_element([&tools](Value tool) {
    const std::string_view type = tool["type"].string_or("");
    tools.any = true;
    if (!type.empty() && type != "custom") ++tools.defined;
    const bool search = type.starts_with("web_search_");
    if (!search && !type.starts_with("web_fetch_")) return;
    const std::int64_t most = std::max<std::int64_t>(tool["max_uses"].as_integer().value_or(1), 0);
    tools.uses += most;
    if (search) tools.searches += most;
  });
  return tools;
}

std::int64_t context_of(const Model* model) { return model == nullptr ? kContext : model->max_input_tokens.value_or(kContext); }

// The prompt as it is billed: plain, or written to a cache.
Run run_of(std::string model, std::int64_t prompt, std::int64_t output, const Content& content, bool always) {
  Run run{.model = std::move(model), .output = output};
  const bool cached = content.cached && (always || prompt >= kLeastCached);
  (!cached ? run.input : content.hour ? run.write_1h : run.write_5m) = prompt;
  return run;
}

}  // namespace

std::int64_t count_tokens(const Value& body) {
  const Content content = content_of(body);
  return kRequestOverhead + (static_cast<std::int64_t>(content.characters) + kCharactersPerToken - 1) / kCharactersPerToken +
         content.images * kImage + content.documents * kDocument;
}

Charge charge_of(const Value& body, const Model& model, const Catalogue& catalogue, const Manner& manner, std::int64_t answer_tokens) {
  Charge charge;
  charge.fast = body["speed"].string_or("") == "fast";
  charge.us_only = manner.dearest || body["inference_geo"].string_or("") == "us";
  const Content content = content_of(body);
  const Tools tools = tools_of(body);
  const std::int64_t output = manner.dearest ? body["max_tokens"].as_integer().value_or(0) : answer_tokens;
  if (!manner.dearest) {
    charge.runs.push_back(run_of(model.id, count_tokens(body), output, content, false));
    charge.runs.back().searches = std::min<std::int64_t>(tools.searches, 1);
    return charge;
  }
  const auto dearest_runs = [&](const std::string& name, const Model* known, bool fallback) {
    const std::int64_t prompt = content.documents > 0 ? context_of(known)
                                                      : static_cast<std::int64_t>(content.characters) + kRequestOverhead +
                                                            (tools.any ? kToolPrompt : 0) + tools.defined * kDefinedTool +
                                                            content.images * kLargestImage;
    Content hour = content;
    hour.cached = hour.hour = true;  // what a tool brings may be cached by the API itself
    for (std::int64_t i = 0; i < tools.uses; ++i) charge.runs.push_back(run_of(name, context_of(known), output, hour, true));
    charge.runs.push_back(run_of(name, std::min(prompt, context_of(known)), output, content, true));
    charge.runs.back().fallback = fallback;
  };
  std::vector<std::string> named{model.id};
  body["fallbacks"].for_each_element([&](Value fallback) {
    const Model* const known = catalogue.find(fallback["model"].string_or(""));
    const std::string name = known != nullptr ? known->id : std::string(fallback["model"].string_or(""));
    if (std::ranges::find(named, name) != named.end()) return;
    named.push_back(name);
    dearest_runs(name, known, true);
  });
  dearest_runs(model.id, &model, false);
  charge.runs.back().searches = tools.searches;
  return charge;
}

Bill::Bill() : prices_(knowledge::read_prices().value()) {}

void Bill::clear() { twentieths_ = answers_ = runs_ = searches_ = 0; }

void Bill::add(const Charge& charge) {
  for (const Run& run : charge.runs) {
    const model::ledger::Price& price = prices_.of(run.model);
    const bool is_long = price.long_prompt > 0 && run.prompt() > price.long_prompt;
    const model::ledger::Rates& rates = is_long ? price.long_rates : price.rates;
    std::int64_t tokens = run.input * rates.input.nano_usd + run.output * rates.output.nano_usd +
                          run.write_5m * rates.cache_write_5m.nano_usd + run.write_1h * rates.cache_write_1h.nano_usd;
    if (charge.fast) tokens *= price.fast;
    std::int64_t share = charge.batch ? 10 : 20;
    if (charge.us_only) share += share / 10;
    twentieths_ += tokens * share + run.searches * prices_.web_search().nano_usd * 20;
    searches_ += run.searches;
    ++runs_;
  }
  ++answers_;
}

void Bill::add_part(Charge charge, std::size_t events) {
  if (events < charge.written.size()) charge.runs.back().output = events == 0 ? 0 : charge.written[events - 1];
  add(charge);
}

}  // namespace locksmith::emulator
