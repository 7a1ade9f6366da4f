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

// What of the counts was told, and whether all of it was understood.
struct Told {
  bool input = false, output = false, garbled = false;
};

// null is "not told here".
void take_count(std::int64_t& count, const Value& value, Told& told) {
  if (value.kind() == Kind::null || value.kind() == Kind::absent) return;
  const auto number = value.as_integer();
  if (!number || *number < 0) {
    told.garbled = true;
    return;
  }
  count = std::min(*number, kMostCounted);
}

bool is_no(Kind kind, const Value& value) {
  return value.kind() != kind && value.kind() != Kind::null && value.kind() != Kind::absent;
}

// One pass over the members, because a look-up by name is one, too.
Told take_counts(Usage& usage, const Value& value) {
  Told told;
  Value written;
  Value by_age;
  value.for_each_member([&](std::string_view name, const Value& member) {
    if (name == "input_tokens") {
      take_count(usage.input, member, told);
      told.input |= member.kind() == Kind::number;
    } else if (name == "output_tokens") {
      take_count(usage.output, member, told);
      told.output |= member.kind() == Kind::number;
    } else if (name == "cache_read_input_tokens") {
      take_count(usage.cache_read, member, told);
    } else if (name == "cache_creation_input_tokens") {
      written = member;
    } else if (name == "cache_creation") {
      by_age = member;
      told.garbled |= is_no(Kind::object, member);
    } else if (name == "server_tool_use") {
      told.garbled |= is_no(Kind::object, member);
      take_count(usage.web_searches, member["web_search_requests"], told);
    }
  });
  std::int64_t all = usage.cache_write_5m + usage.cache_write_1h;
  take_count(all, written, told);
  if (by_age.kind() == Kind::object) {
    take_count(usage.cache_write_5m, by_age["ephemeral_5m_input_tokens"], told);
    take_count(usage.cache_write_1h, by_age["ephemeral_1h_input_tokens"], told);
  }
  // What no division by age covers was written for 5 minutes.
  usage.cache_write_5m = std::max(usage.cache_write_5m, all - usage.cache_write_1h);
  return told;
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
    line_ += part.size();
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
    note_size(std::exchange(line_, 0));
    bytes.remove_prefix(end + 1);
  }
}

// Of a line that is whole. A token has at least a byte, and what stands around the text in an event is no text; so a tool's
// call counts with its name, and an event without text as one token.
void UsageMeter::note_size(std::size_t line) {
  if (event_ == Event::start || event_ == Event::delta || line <= limits::kDeltaFrame) return;
  seen_ += static_cast<std::int64_t>(line - limits::kDeltaFrame);
}

// Of the beginning of a line: may it still become one that matters?
bool UsageMeter::is_wanted(std::string_view beginning) const {
  constexpr std::string_view kEvent = "event:";
  constexpr std::string_view kData = "data:";
  const auto may_be = [&](std::string_view field) {
    return beginning.size() < field.size() ? field.starts_with(beginning) : beginning.starts_with(field);
  };
  if (may_be(kEvent) || beginning == "\r") return true;  // an empty line ends the event, also where its LF comes later
  return may_be(kData) && event_ != Event::other && event_ != Event::stop;
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
    if (event_ == Event::other) ++seen_;
    complete_ |= event_ == Event::stop && began_;
  } else if (event_ == Event::block) {
    thinks_ |= line.find("thinking\"") != std::string_view::npos;
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
    began_ = true;
    read_usage(message["usage"], false);
  } else if (type == "message_delta") {
    refused_ |= (*document)["delta"]["stop_reason"].string_or({}) == "refusal";
    read_usage((*document)["usage"], true);
  } else if (type == "error") {
    error_type_.assign((*document)["error"]["type"].string_or("unknown"));
  }
}

// --- One usage object ------------------------------------------------------------------------------------------------------

void UsageMeter::read_usage(const Value& usage, bool last) {
  garbled_ |= is_no(Kind::object, usage);
  if (usage.kind() != Kind::object) return;
  const Told told = take_counts(usage_, usage);
  input_told_ |= told.input;
  output_told_ |= told.output && last;
  garbled_ |= told.garbled;
  terms_.us_only |= usage["inference_geo"].string_or({}) == "us";
  terms_.batch |= usage["service_tier"].string_or({}) == "batch";
  terms_.fast |= usage["speed"].string_or({}) == "fast";
  const Value iterations = usage["iterations"];
  garbled_ |= is_no(Kind::array, iterations);
  if (iterations.kind() != Kind::array) return;
  iterations_.clear();
  iterations.for_each_element([&](const Value& iteration) {
    const std::string_view type = iteration["type"].string_or({});
    Billed& billed = iterations_.emplace_back();
    billed.model.assign(iteration["model"].string_or({}).substr(0, limits::kModelName));
    const Told each = take_counts(billed.usage, iteration);
    const bool known = type == "message" || type == "fallback_message" || type == "compaction";
    garbled_ |= each.garbled || !each.input || !each.output || !known;
  });
}

UsageMeter::Knowledge UsageMeter::knowledge() const {
  if (garbled_ || !input_told_) return Knowledge::nothing;
  if (complete_) return output_told_ ? Knowledge::exact : Knowledge::nothing;
  return began_ ? Knowledge::partly : Knowledge::nothing;
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
        complete_ = true;
        read_usage(*usage, true);
      }
    }
  }
}

std::int64_t UsageMeter::most_output(Duration since, bool all_seen) const {
  const std::int64_t seen = std::max(usage_.output, seen_);
  if (all_seen && saw_content_ && !thinks_) return seen + limits::kUnseenOutput;
  const std::int64_t milliseconds = std::max<std::int64_t>(0, since / std::chrono::milliseconds(1));
  return std::max(seen, milliseconds * limits::kFastestOutput / 1000) + limits::kUnseenOutput;
}

Money UsageMeter::bound(const model::ledger::PriceList& prices, std::string_view asked_model, std::int64_t most_output) const {
  Usage most = usage_;
  most.output = std::max(most.output, most_output);
  return prices.cost(model_.empty() ? asked_model : model_.view(), most, terms_);
}

Money UsageMeter::cost(const model::ledger::PriceList& prices, std::string_view asked_model) const {
  if (refused_ && !saw_content_) return {};
  const std::string_view own = model_.empty() ? asked_model : model_.view();
  if (iterations_.empty()) return prices.cost(own, usage_, terms_);
  Money total{};
  std::int64_t searches = usage_.web_searches;
  for (const Billed& billed : iterations_) {
    total += prices.cost(billed.model.empty() ? own : std::string_view(billed.model), billed.usage, terms_);
    searches -= billed.usage.web_searches;
  }
  // Searches that only the sum tells.
  return total + Money{prices.web_search().nano_usd * std::max<std::int64_t>(searches, 0)};
}

}  // namespace locksmith::gateway
