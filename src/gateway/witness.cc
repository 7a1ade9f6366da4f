#include "gateway/witness.h"

#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "gateway/shown_key.h"
#include "model/diagnosis/cause.h"
#include "vocabulary/assert.h"
#include "vocabulary/limits/gateway.h"
#include "wire/json/json.h"

namespace locksmith::gateway {
namespace {

constexpr std::string_view kIdLetters = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford's base 32: none is like another

void append_number(std::string& out, std::int64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

// A name that needs no escape, and a value that may: of a path or a model, which the client wrote.
void append_text(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out.append(",\"", 2).append(name).append("\":", 2);
  wire::json::append_string(out, value);
}

// Of a text that is ours and needs no escape.
void append_word(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out.append(",\"", 2).append(name).append("\":\"", 3).append(value).push_back('"');
}

void append_count(std::string& out, std::string_view name, std::int64_t number) {
  if (number == 0) return;
  out.append(",\"", 2).append(name).append("\":", 2);
  append_number(out, number);
}

// Models differ in their ends: "claude-opus-4-5", "claude-haiku-4-5".
std::size_t cheap_hash(std::string_view text) {
  std::uint64_t ends[2] = {0, 0};
  const std::size_t size = std::min<std::size_t>(text.size(), 8);
  std::memcpy(&ends[0], text.data() + text.size() / 2 - std::min(text.size() / 2, size / 2), size);
  std::memcpy(&ends[1], text.data() + text.size() - size, size);
  return (ends[0] * 0x9e3779b97f4a7c15ULL ^ ends[1] * 0xbf58476d1ce4e5b9ULL ^ text.size()) >> 40;
}

// to_rfc3339 with milliseconds, the date part kept from the last call: a second has many requests.
void append_time(std::string& out, Instant at) {
  thread_local std::int64_t second = -1;
  thread_local std::string text;
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  if (since / 1000 != second) {
    second = since / 1000;
    text = to_rfc3339(at);
    text.pop_back();
  }
  out.append(text).push_back('.');
  const std::int64_t milliseconds = since % 1000;
  out.push_back(static_cast<char>('0' + milliseconds / 100));
  out.push_back(static_cast<char>('0' + milliseconds / 10 % 10));
  out.push_back(static_cast<char>('0' + milliseconds % 10));
  out.push_back('Z');
}

}  // namespace

Witness::Witness(Counters& counters, LogSink& sink, const model::diagnosis::Examiner& examiner, std::uint64_t salt)
    : counters_(counters), sink_(sink), examiner_(examiner), salt_(salt) {
  LOCKSMITH_ASSERT(model::diagnosis::cause_codes().size() <= kCauses);
}

void Witness::next_id() {
  // A bijection of the serial number: no two are equal, and none tells how many came before it.
  std::uint64_t value = salt_ + ++serial_ * 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  value ^= value >> 31;
  id_ = "lkf_";
  for (int i = 0; i < 13; ++i, value >>= 5) id_.push_back(kIdLetters[value & 31]);
}

std::string_view Witness::fail(Exchange& exchange, Tick now, const Failing& failing) {
  next_id();
  keep(exchange, failing);
  tell(exchange, now, failing.cause, id_);
  return id_;
}

void Witness::tell(Exchange& exchange, Tick now, std::string_view cause, std::string_view id) {
  if (std::exchange(exchange.answering.witnessed, true)) return;
  const Duration took = now - exchange.asking.began;
  counters_.requests.add();
  counters_.answers[static_cast<std::size_t>(exchange.answering.status / 100) % counters_.answers.size()].add();
  counters_.bytes_in.add(exchange.asking.bytes_in);
  counters_.bytes_out.add(exchange.answering.bytes_out);
  count(counters_.whole, took);
  if (exchange.answering.began != Tick{}) count(counters_.first_byte, exchange.answering.began - exchange.asking.began);
  if (exchange.answering.first_token != Tick{}) count(counters_.first_token, exchange.answering.first_token - exchange.asking.began);
  if (!cause.empty()) count_cause(cause);
  if (cause.empty() && !exchange.blamed.empty()) counters_.failovers.add();
  tally(exchange, !cause.empty());
  log(exchange, took, cause, id);
}

// By the names as the answer gives them, else as the request does: what is counted is what was charged.
void Witness::tally(const Exchange& exchange, bool failed) {
  const Asking& asking = exchange.asking;
  const model::ledger::Usage& usage = exchange.answering.meter.usage();
  const auto add = [&](TallyCounts& counts) {
    counts.requests.add();
    if (failed) counts.failed.add();
    counts.tokens_in.add(static_cast<std::uint64_t>(usage.prompt()));
    counts.tokens_out.add(static_cast<std::uint64_t>(usage.output));
    counts.spent_nano_usd.add(static_cast<std::uint64_t>(exchange.settled.spent.nano_usd));
  };
  if (asking.key == nullptr) return;
  add(counters_.keys.of(reinterpret_cast<std::uintptr_t>(asking.key->account.get()) / 64, asking.key->key.id.value()));
  // A model that was refused is anybody's word.
  const std::string_view model = exchange.answering.meter.model().empty() ? asking.asked.model.view() : exchange.answering.meter.model();
  if (!model.empty() && exchange.attempt.sent) add(counters_.models.of(cheap_hash(model), model));
}

model::diagnosis::CauseName Witness::cause_of_stream_error(std::string_view type) {
  if (type == "overloaded_error") return "overloaded";
  if (type == "rate_limit_error") return "rate_limit";
  if (type == "api_error") return "platform_incident.server_error";
  if (type == "authentication_error" || type == "permission_error") return "key_revoked_or_invalid";
  return "other";
}

void Witness::count_cause(std::string_view cause) {
  if (model::diagnosis::find_cause(cause) == nullptr) cause = "other";
  counters_.causes[model::diagnosis::cause_index(cause)].add();
}

void Witness::keep(const Exchange& exchange, const Failing& failing) {
  const Asking& asking = exchange.asking;
  if (failed_.size() == limits::kFailuresKept) failed_.pop_front();
  Failed& failed = failed_.emplace_back();
  failed.id = id_;
  failed.at = asking.at;
  failed.layer = failing.layer;
  failed.rule = failing.rule;
  failed.cause = failing.cause;
  failed.status = exchange.answering.status;
  failed.method = asking.method.view();
  failed.path = without_credential(asking.path.view());
  if (asking.key != nullptr) {
    failed.key_id = asking.key->key.id.value();
    failed.workspace = asking.key->key.workspace.value();
  }
  failed.model = without_credential(asking.asked.model.view());
  failed.credential = exchange.credential();
  failed.message = failing.message;
  failed.request_id = exchange.answering.request_id.view();
  failed.next_step = failing.next_step;
}

const Failed* Witness::find(std::string_view id) const {
  for (auto it = failed_.rbegin(); it != failed_.rend(); ++it) {
    if (it->id == id) return &*it;
  }
  return nullptr;
}

void Witness::log(const Exchange& exchange, Duration took, std::string_view cause, std::string_view id) {
  const Asking& asking = exchange.asking;
  const Answering& answering = exchange.answering;
  const model::ledger::Usage& usage = answering.meter.usage();
  const std::string_view model = answering.meter.model().empty() ? asking.asked.model.view() : answering.meter.model();
  const Duration upstream_took = std::max(answering.began - exchange.attempt.forwarded, Duration::zero());
  std::string& out = lines_;
  out.append("{\"at\":\"");
  append_time(out, asking.at);
  out.append("\",\"status\":");
  append_number(out, answering.status);
  append_word(out, "client", asking.client.view());
  // What the table knows is ours: it needs no escape, and holds no key.
  const bool known = asking.admitted.endpoint != nullptr && asking.path.view() == asking.admitted.endpoint->path;
  known ? append_word(out, "method", asking.method.view()) : append_text(out, "method", asking.method.view());
  known ? append_word(out, "path", asking.path.view()) : append_text(out, "path", without_credential(asking.path.view()));
  if (asking.key != nullptr) {
    append_word(out, "key", asking.key->key.id.value());
    append_text(out, "workspace", asking.key->key.workspace.value());
  }
  append_text(out, "model", without_credential(model));
  append_text(out, "credential", exchange.credential());
  append_word(out, "cause", cause);
  append_word(out, "id", id);
  append_text(out, "request_id", answering.request_id.view());
  append_count(out, "us", std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  append_count(out, "upstream_us", std::chrono::duration_cast<std::chrono::microseconds>(upstream_took).count());
  append_count(out, "bytes_in", static_cast<std::int64_t>(asking.bytes_in));
  append_count(out, "bytes_out", static_cast<std::int64_t>(answering.bytes_out));
  append_count(out, "tokens_in", usage.prompt());
  append_count(out, "tokens_out", usage.output);
  append_count(out, "tokens_cached", usage.cache_read);
  append_count(out, "spent_nano_usd", exchange.settled.spent.nano_usd);
  append_count(out, "attempts", exchange.attempt.number);
  if (!exchange.blamed.empty()) {
    append_text(out, "refused_credential", asking.generation->settings->credentials[exchange.blamed.front().index].name);
    append_word(out, "refused_for", exchange.blamed.front().cause);
    if (cause.empty()) out.append(",\"failover\":true");
  }
  if (answering.is_stream) out.append(",\"stream\":true");
  if (exchange.settled.by_bound) out.append(",\"by_bound\":true");
  out.append("}\n");
  if (out.size() >= limits::kLogBatch) flush();
}

void Witness::flush() {
  if (lines_.empty()) return;
  if (!sink_.write(lines_)) counters_.log_dropped.add();
  lines_.clear();
}

}  // namespace locksmith::gateway
