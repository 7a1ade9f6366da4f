#include "gateway/usage_meter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "vocabulary/limits/gateway.h"



namespace locksmith::gateway {
namespace {

using model::ledger::Usage;
using wire::json::Kind;
using wire::json::Member;
using wire::json::Value;

constexpr std::int64_t kMostCounted = 1'000'000'000;  // no answer has as many tokens: sums stay far from 64 bits

void take_count(std::int64_t& count, const Value& value) {
  if (const auto number = value.as_integer()) count = std::clamp<std::int64_t>(*number, 0, kMostCounted);
}

// One pass over the members, because a look-up by name is one, too.
void take_counts(Usage& usage, const Value& value) {
  Value written;
  Value by_age;
  value.for_each_member([&](std::string_view name, const Value& member) {
    if (name == "input_tokens") {
      take_count(usage.input, member);
    } else if (name == "output_tokens") {
      take_count(usage.output, member);
    } else if (name == "cache_read_input_tokens") {
      take_count(usage.cache_read, member);
    } else if (name == "cache_creation_input_tokens") {
      written = member;
    } else if (name == "cache_creation") {
      by_age = member;
    } else if (name == "server_tool_use") {
      take_count(usage.web_searches, member["web_search_requests"]);
    }
  });
  if (by_age.kind() == Kind::object) {
    take_count(usage.cache_write_5m, by_age["ephemeral_5m_input_tokens"]);
    take_count(usage.cache_write_1h, by_age["ephemeral_1h_input_tokens"]);
  } else if (const auto tokens = written.as_integer()) {
    // Without a division by age: what the 1-hour count does not cover was written for 5 minutes.
    usage.cache_write_5m = std::clamp<std::int64_t>(*tokens - usage.cache_write_1h, 0, kMostCounted);
  }
}

// The one blank that may stand behind a field's colon (the HTML standard, "Server-sent events").
std::string_view without_blank(std::string_view text) {
  if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

}  // namespace

void UsageMeter::take(std::string_view piece) {
  switch (mode_) {
    case Mode::off:
      return;
    case Mode::stream:
      return take_stream(piece);
    case Mode::whole:
      // Beyond the bound the answer's cost is not read from it; settle() then counts what was held.
      if (kept_->size() + piece.size() > limits::kMeteredBody) {
        mode_ = Mode::off;
        kept_->clear();
        return;
      }
      kept_->append(piece);
      return;
  }
}

// --- A stream ----------------------------------------------------------------------------------------------------------

void UsageMeter::take_stream(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (!skipping_) {
      if (end != std::string_view::npos && kept_->empty()) {
        if (part.size() <= limits::kUsageBytes) take_line(part);
      } else if (kept_->size() + part.size() > limits::kUsageBytes || !is_wanted(kept_->empty() ? part : std::string_view(*kept_))) {
        kept_->clear();
        skipping_ = true;
      } else {
        kept_->append(part);
        if (end != std::string_view::npos) {
          take_line(*kept_);
          kept_->clear();
        }
      }
    }
    if (end == std::string_view::npos) return;
    skipping_ = false;
    bytes.remove_prefix(end + 1);
  }
}

// Of the beginning of a line: may it still become one that matters?
bool UsageMeter::is_wanted(std::string_view beginning) const {
  constexpr std::string_view kEvent = "event:";
  constexpr std::string_view kData = "data:";
  const auto may_be = [&](std::string_view field) {
    return beginning.size() < field.size() ? field.starts_with(beginning) : beginning.starts_with(field);
  };
  if (may_be(kEvent) || beginning == "\r") return true;  // an empty line ends the event, also where its LF comes later
  return may_be(kData) && event_ != Event::other && event_ != Event::block && event_ != Event::stop;
}

void UsageMeter::take_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) {
    event_ = Event::unnamed;
  } else if (line.starts_with("event:")) {
    const std::string_view type = without_blank(line.substr(6));
    event_ = type == "message_start"         ? Event::start
             : type == "message_delta"       ? Event::delta
             : type == "content_block_start" ? Event::block
             : type == "message_stop"        ? Event::stop
             : type == "error"               ? Event::error
                                             : Event::other;
    saw_content_ |= event_ == Event::block;
    if (event_ == Event::stop) {
      saw_stop_ = true;
      if (knowledge_ == Knowledge::partly) knowledge_ = Knowledge::exact;
    }
  } else if (line.starts_with("data:") && is_wanted(line)) {
    take_data(without_blank(line.substr(5)));
  }
}

void UsageMeter::take_data(std::string_view data) {
  const auto document = readers_->json.parse(data);
  if (!document) return;
  const std::string_view type = (*document)["type"].string_or({});
  if (type == "message_start") {
    const Value message = (*document)["message"];
    model_.assign(message["model"].string_or({}));
    read_usage(message["usage"]);
    knowledge_ = Knowledge::partly;
  } else if (type == "message_delta") {
    refused_ |= (*document)["delta"]["stop_reason"].string_or({}) == "refusal";
    read_usage((*document)["usage"]);
  } else if (type == "error") {
    error_type_.assign((*document)["error"]["type"].string_or("unknown"));
  }
}

// --- One usage object ------------------------------------------------------------------------------------------------------

void UsageMeter::read_usage(const Value& usage) {
  if (usage.kind() != Kind::object) return;
  take_counts(usage_, usage);
  us_only_ |= usage["inference_geo"].string_or({}) == "us";
  const Value iterations = usage["iterations"];
  if (iterations.kind() != Kind::array) return;
  iterations_.clear();
  iterations.for_each_element([&](const Value& iteration) {
    Billed& billed = iterations_.emplace_back();
    billed.model.assign(iteration["model"].string_or({}).substr(0, limits::kModelName));
    take_counts(billed.usage, iteration);
  });
}

// --- A whole body ------------------------------------------------------------------------------------------------------

void UsageMeter::finish() {
  if (mode_ != Mode::whole) return;
  mode_ = Mode::off;
  const std::size_t size = kept_->size();
  kept_->reserve(size + wire::json::kPeekPadding);
  std::array<Member, 4> members{Member{.name = "usage", .text = {}, .raw = {}}, Member{.name = "model", .text = {}, .raw = {}},
                                Member{.name = "stop_reason", .text = {}, .raw = {}},
                                Member{.name = "content", .text = {}, .raw = {}}};
  if (readers_->peek.read(*kept_, members)) {
    model_.assign(members[1].text);
    refused_ = members[2].text == "refusal";
    saw_content_ = members[3].raw.size() > 2;
    if (members[0].kind == Kind::object) {
      if (const auto usage = readers_->json.parse(members[0].raw)) {
        read_usage(*usage);
        knowledge_ = Knowledge::exact;
      }
    }
  }
}

Money UsageMeter::bound(const model::ledger::PriceList& prices, std::string_view asked_model,
                        std::int64_t max_tokens) const {
  Usage most = usage_;
  most.output = std::max(most.output, max_tokens);
  return prices.cost(model_.empty() ? asked_model : model_.view(), most, {.batch = false, .us_only = us_only_});
}

Money UsageMeter::cost(const model::ledger::PriceList& prices, std::string_view asked_model, bool batch) const {
  if (refused_ && !saw_content_) return {};
  const model::ledger::Terms terms{.batch = batch, .us_only = us_only_};
  const std::string_view own = model_.empty() ? asked_model : model_.view();
  if (iterations_.empty()) return prices.cost(own, usage_, terms);
  Money total{};
  for (const Billed& billed : iterations_) {
    total += prices.cost(billed.model.empty() ? own : std::string_view(billed.model), billed.usage, terms);
  }
  return total;
}

}  // namespace locksmith::gateway
