#include "gateway/body_judge.h"

#include <algorithm>

#include "gateway/bounds.h"
#include "vocabulary/limits/gateway.h"

namespace locksmith::gateway {
namespace {

using wire::json::Kind;
using wire::json::Scalar;

enum class Type : std::uint8_t { any, text, whole, list, object };

// Members that decide on model or cost, in the API's request. One of them twice, or of another type, and two readers may
// understand two things. null stands for "not there" where the API allows it.
struct Deciding {
  std::string_view name;
  Type type;
  bool nullable;
  bool of_message;  // its type is checked where a message's own members stand; elsewhere the name may mean something else
};
constexpr std::array kDeciding{
    // By the length of the name, so that few are compared.
    Deciding{"type", Type::text, true, false},          Deciding{"data", Type::any, true, false},
    Deciding{"model", Type::text, false, false},        Deciding{"tools", Type::list, true, true},
    Deciding{"speed", Type::text, true, true},          Deciding{"edits", Type::list, true, false},
    Deciding{"system", Type::any, true, true},          Deciding{"stream", Type::any, true, true},
    Deciding{"params", Type::object, false, false},     Deciding{"source", Type::any, true, false},
    Deciding{"file_id", Type::text, true, false},       Deciding{"content", Type::any, true, false},
    Deciding{"messages", Type::list, false, true},      Deciding{"requests", Type::list, false, true},
    Deciding{"max_uses", Type::whole, true, false},     Deciding{"fallbacks", Type::list, true, true},
    Deciding{"container", Type::any, true, true},       Deciding{"max_tokens", Type::whole, false, true},
    Deciding{"mcp_servers", Type::list, true, true},    Deciding{"service_tier", Type::text, true, true},
    Deciding{"inference_geo", Type::text, true, true},  Deciding{"context_management", Type::object, true, true},
    Deciding{"max_tokens_to_sample", Type::whole, false, true},
};
static_assert(kDeciding.size() <= 32);
static_assert(std::ranges::is_sorted(kDeciding, {}, [](const Deciding& one) { return one.name.size(); }));

// Where the names of each length begin in the table.
constexpr std::size_t kLongestName = kDeciding.back().name.size();
constexpr auto kBegins = [] {
  std::array<std::uint8_t, kLongestName + 2> begins{};
  for (std::size_t length = 0; length < begins.size(); ++length) {
    while (begins[length] < kDeciding.size() && kDeciding[begins[length]].name.size() < length) ++begins[length];
  }
  return begins;
}();

constexpr std::array<std::string_view, 5> kClientsOwn{"input", "input_schema", "schema", "metadata", "input_examples"};

const Deciding* deciding(std::string_view name) {
  if (name.size() > kLongestName) return nullptr;
  for (std::size_t i = kBegins[name.size()]; i < kBegins[name.size() + 1]; ++i) {
    if (kDeciding[i].name == name) return &kDeciding[i];
  }
  return nullptr;
}

bool fits(Type type, const Scalar& value) {
  switch (type) {
    case Type::any:
      return true;
    case Type::text:
      return value.kind == Kind::string;
    case Type::whole:
      return value.kind == Kind::number && value.is_integer && value.integer >= 0;
    default:
      return false;
  }
}

constexpr std::string_view kCacheControl = "cache_control";

// "model", and what the API may come to name one by: "fallback_model", "models".
bool names_model(std::string_view name) {
  if (name.ends_with('s')) name.remove_suffix(1);
  if (!name.ends_with('l')) return false;
  return name == "model" || name.ends_with("_model");
}

Money plus(Money sum, Money more) {
  constexpr std::int64_t kMost = INT64_MAX / 4;  // no limit is as high, and two of them can still be added
  return {std::min(kMost, sum.nano_usd + std::min(kMost, more.nano_usd))};
}

}  // namespace

void BodyJudge::open(const Measure& measure, std::size_t size, Asked& asked) {
  measure_ = &measure;
  asked_ = &asked;
  size_ = size;
  why_ = Why::none;
  message_ = {};
  frames_.clear();
  frames_.push_back({.role = measure.batch ? Role::batch : Role::message, .seen = 0, .begins = 0, .type = {}});
}

void BodyJudge::wrong(Why why, std::string_view name) {
  if (why_ != Why::none) return;
  why_ = why;
  detail_ = name;
}

void BodyJudge::unbounded(std::string_view what) {
  if (asked_->unbounded.empty()) asked_->unbounded = what;
}

// --- Where a value stands ------------------------------------------------------------------------------------------------

BodyJudge::Role BodyJudge::role_of(std::string_view name, Kind kind) const {
  const Role parent = frames_.back().role;
  if (parent == Role::batch && name == "requests") return Role::requests;
  if (parent == Role::requests) return Role::request;
  if (parent == Role::request && name == "params") return Role::message;
  if (parent == Role::tools) return Role::tool;
  if (parent != Role::message) return names_model(name) && kind == Kind::array ? Role::list : Role::other;
  if (name == "tools") return Role::tools;
  if (name == "mcp_servers") return Role::servers;
  return names_model(name) && kind == Kind::array ? Role::list : Role::other;
}

// A deciding member may stand once in an object, and has its type.
template <class Fits>
void BodyJudge::check(std::string_view name, Fits&& fits) {
  const Deciding* const known = deciding(name);
  if (known == nullptr) return;
  const Role role = frames_.back().role;
  if ((!known->of_message || role == Role::message || role == Role::batch) && !fits(*known)) wrong(Why::member_wrong, known->name);
  const std::uint32_t bit = 1U << static_cast<unsigned>(known - kDeciding.data());
  if ((frames_.back().seen & bit) != 0) wrong(Why::member_repeated, known->name);
  frames_.back().seen |= bit;
}

wire::json::WalkHandler::Go BodyJudge::begin(std::string_view name, Kind kind, std::size_t offset) {
  if (!name.empty() && std::ranges::find(kClientsOwn, name) != kClientsOwn.end()) return Go::past;
  check(name, [kind](const Deciding& known) {
    return known.type == Type::any || (known.type == Type::list && kind == Kind::array) || (known.type == Type::object && kind == Kind::object);
  });
  const Role parent = frames_.back().role;
  if (parent == Role::message && name == "container") unbounded("container");
  if (parent == Role::servers) unbounded("mcp_servers");
  if (name == kCacheControl) message_.kept = std::max(message_.kept, model::ledger::Kept::minutes);
  const Role role = role_of(name, kind);
  if (role == Role::message) message_ = {};
  frames_.push_back({.role = role, .seen = 0, .begins = offset, .type = {}});
  return Go::into;
}

void BodyJudge::end(std::size_t offset) {
  const Frame frame = frames_.back();
  frames_.pop_back();
  if (frame.role == Role::tool) close_tool(frame);
  if (frame.role == Role::message) close_message(frame, offset);
  if (frame.role == Role::other) close_source(frame);
}

// --- Members -----------------------------------------------------------------------------------------------------------------

bool BodyJudge::wants_text(std::string_view name) {
  return names_model(name) || frames_.back().role == Role::list || name == "type" || name == "speed" || name == "ttl";
}

void BodyJudge::scalar(std::string_view name, const Scalar& value) {
  if (frames_.back().role == Role::list) return note_model(value.text);
  if (frames_.back().role == Role::requests || frames_.back().role == Role::tools) return wrong(Why::member_wrong, "params");
  if (name.empty()) return;
  check(name, [&value](const Deciding& known) { return value.kind == Kind::null ? known.nullable : fits(known.type, value); });
  note_member(name, value);
}

void BodyJudge::note_member(std::string_view name, const Scalar& value) {
  Frame& frame = frames_.back();
  if (names_model(name)) {
    if (value.kind == Kind::string) note_model(value.text);
  } else if (name == "type") {
    frame.type.assign(value.text);
  } else if (name == "max_uses") {
    frame.max_uses = value.is_integer ? value.integer : -1;
  } else if (name == "file_id") {
    frame.elsewhere |= value.kind == Kind::string;
  } else if (name == "data") {
    frame.data = value.size;
  } else if (name == "ttl") {
    // The API takes "5m" and "1h"; whatever else it may come to take is as dear as the dearest.
    if (value.kind != Kind::string || value.text != "5m") message_.kept = model::ledger::Kept::hour;
  } else if (frame.role == Role::message) {
    if (name == "max_tokens" || name == "max_tokens_to_sample") message_.max_tokens = std::max(message_.max_tokens, value.integer);
    if (name == "stream") message_.streams |= value.boolean;
    if (name == "speed") message_.fast |= value.kind == Kind::string && value.text != "standard";
    if (name == "container" && value.kind != Kind::null) unbounded("container");
  }
}

void BodyJudge::note_model(std::string_view model) {
  model = model.substr(0, limits::kModelName);
  const auto allowed = [&](const std::string& beginning) { return model.starts_with(beginning); };
  if (!measure_->models.empty() && std::ranges::none_of(measure_->models, allowed)) asked_->model_barred = true;
  if (asked_->model.empty()) asked_->model.assign(model);
  if (measure_->batch && asked_->model.view() != model) asked_->model.assign("several models");
  for (std::size_t i = 0; i < std::min(message_.named, message_.models.size()); ++i) {
    if (message_.models[i].view() == model) return;
  }
  if (message_.named < message_.models.size()) message_.models[message_.named].assign(model);
  ++message_.named;
}

// --- Bounds ------------------------------------------------------------------------------------------------------------------

void BodyJudge::close_tool(const Frame& frame) {
  constexpr std::int64_t kLoop = 10;
  const BoundRow& row = bound_of_tool(frame.type.view());
  const bool counted = row.bound == Bound::uses && frame.max_uses >= 0 && frame.max_uses <= limits::kToolUses;
  if (frame.elsewhere) message_.context = true;
  if (!row.type.empty() && row.type != "custom") ++message_.defined;
  if (row.bound == Bound::none || (row.bound == Bound::uses && !counted)) return unbounded(row.type);
  if (row.bound == Bound::uses) message_.passes += frame.max_uses;
  if (row.bound == Bound::uses && row.fee) message_.fees += frame.max_uses;
  if (row.bound == Bound::loop) message_.passes += kLoop;
}

// A source says where content is; the block around it says what it is.
void BodyJudge::close_source(const Frame& frame) {
  const std::string_view type = frame.type.view();
  Frame& parent = frames_.back();
  if (type.starts_with("compact_")) return unbounded("compact_");
  if (type == "base64") {
    parent.elsewhere = true;
    parent.encoded += frame.data;
    return;
  }
  if (type == "url" || type == "file" || (type.empty() && frame.elsewhere)) {
    parent.elsewhere = true;
    return;
  }
  if (!frame.elsewhere) return;
  if (bound_of_source(type).bound == Bound::image) {
    ++message_.images;
    message_.encoded += frame.encoded;
  } else {
    message_.context = true;
  }
}

void BodyJudge::close_message(const Frame& frame, std::size_t end) {
  using model::ledger::Kept;
  const auto text = static_cast<std::int64_t>(end - frame.begins - message_.encoded) + limits::kPromptMargin +
                    message_.defined * limits::kToolMargin + message_.images * limits::kImageTokens;
  const bool whole = message_.context || frame.elsewhere;
  const model::ledger::Terms terms{.batch = measure_->batch, .us_only = false, .fast = message_.fast};
  std::int64_t most_output = 0;
  Pass pass{.prompt = 0, .terms = terms, .kept = message_.kept};
  const auto bound = [&](std::string_view model) {
    const model::ledger::Price& price = measure_->prices.of(model);
    // More than its longest answer the API refuses to be asked for; a beta lifts that bound in batches.
    const std::int64_t longest = measure_->batch ? model::ledger::kMostOutput : price.most_output;
    const std::int64_t output = message_.max_tokens < 0 ? longest : std::min(message_.max_tokens, longest);
    pass.prompt = whole ? price.context : std::min(text, price.context);
    most_output = std::max(most_output, output);
    const Money again = message_.passes > 1 ? model::ledger::PriceList::bound(price, price.context, output, terms, Kept::hour) : Money{};
    return plus(model::ledger::PriceList::bound(price, pass.prompt, output, terms, message_.kept), {again.nano_usd * (message_.passes - 1)});
  };
  Money most{measure_->prices.web_search().nano_usd * message_.fees};
  const std::size_t kept = std::min(message_.named, message_.models.size());
  for (std::size_t i = 0; i < kept; ++i) most = plus(most, bound(message_.models[i].view()));
  for (std::size_t i = kept; i < std::max<std::size_t>(message_.named, 1); ++i) most = plus(most, bound({}));
  asked_->most = plus(asked_->most, most);
  asked_->max_tokens = std::min(asked_->max_tokens + most_output, INT64_MAX / 4);
  asked_->one_pass = message_.passes == 1 && message_.named <= 1;
  asked_->streams = message_.streams;
  asked_->pass = pass;
}

Why BodyJudge::finish() {
  if (!measure_->batch) close_message(frames_.back(), size_);
  return why_;
}

}  // namespace locksmith::gateway
