#include "gateway/admin.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "model/diagnosis/cause.h"
#include "vocabulary/limits/gateway.h"
#include "wire/json/json.h"

namespace locksmith::gateway {

namespace {

template <class Select>
std::uint64_t sum(const std::vector<const Counters*>& workers, Select select) {
  std::uint64_t total = 0;
  for (const Counters* const counters : workers) total += select(*counters).read();
  return total;
}

// One metric with its help and type (Prometheus text format 0.0.4).
template <class Select>
void append_metric(std::string& out, const std::vector<const Counters*>& workers, std::string_view name,
                   std::string_view type, std::string_view help, Select select) {
  fmt::format_to(std::back_inserter(out), "# HELP locksmith_{0} {1}\n# TYPE locksmith_{0} {2}\nlocksmith_{0} {3}\n", name, help,
                 type, sum(workers, select));
}

void append_header(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP locksmith_{0} {1}\n# TYPE locksmith_{0} {2}\n", name, help, type);
}

void append_labelled_header(std::string& out, std::string_view name, std::string_view help) { append_header(out, name, "counter", help); }

// A value as a label takes it (Prometheus text format): what a client named, such as a model, is only text.
std::string label_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out.push_back('\\');
    out.push_back(static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c);
  }
  return out;
}

void append_spread(std::string& out, const std::vector<const Counters*>& workers, std::string_view name, std::string_view help,
                   Spread Counters::* spread) {
  append_header(out, name, "histogram", help);
  std::uint64_t total = 0;
  double bound = 64e-6;
  constexpr std::size_t kBuckets = std::tuple_size_v<decltype(Spread::buckets)>;
  for (std::size_t i = 0; i < kBuckets; ++i, bound *= 2) {
    total += sum(workers, [=](const Counters& c) -> const Count& { return (c.*spread).buckets[i]; });
    fmt::format_to(std::back_inserter(out), "locksmith_{}_bucket{{le=\"{}\"}} {}\n", name,
                   i + 1 == kBuckets ? std::string("+Inf") : fmt::format("{:.6g}", bound), total);
  }
  const std::uint64_t microseconds = sum(workers, [=](const Counters& c) -> const Count& { return (c.*spread).sum_us; });
  fmt::format_to(std::back_inserter(out), "locksmith_{0}_sum {1}.{2:06}\nlocksmith_{0}_count {3}\n", name, microseconds / 1'000'000,
                 microseconds % 1'000'000, total);
}

// What was counted by one label, of all workers. Each worker's table is bounded; so is what they are together.
template <class Tally>
void append_tally(std::string& out, const std::vector<const Counters*>& workers, std::string_view label, std::size_t most, Tally Counters::* tally) {
  struct Sums {
    std::array<std::uint64_t, 5> of{};
    void add(const TallyCounts& counts) {
      std::size_t i = 0;
      for (const Count* const count : {&counts.requests, &counts.failed, &counts.tokens_in, &counts.tokens_out, &counts.spent_nano_usd}) {
        of[i++] += count->read();
      }
    }
  };
  std::map<std::string, Sums, std::less<>> rows;
  Sums other;
  for (const Counters* const counters : workers) {
    (counters->*tally).for_each([&](std::string_view name, const TallyCounts& counts) {
      const bool known = !name.empty() && (rows.contains(name) || rows.size() < most);
      known ? rows[std::string(name)].add(counts) : other.add(counts);
    });
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kColumns{{{"requests_total", "Requests"},
                                                                                  {"failures_total", "Requests that failed"},
                                                                                  {"prompt_tokens_total", "Prompt tokens as the API told them"},
                                                                                  {"output_tokens_total", "Output tokens as the API told them"},
                                                                                  {"spent_nano_usd_total", "What was spent, in billionths of a US dollar"}}};
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    const std::string name = fmt::format("{}_{}", label, kColumns[i].first);
    append_labelled_header(out, name, fmt::format("{}, by {}; \"other\" is what came when {} had been counted.", kColumns[i].second, label, most));
    for (const auto& [text, sums] : rows) {
      fmt::format_to(std::back_inserter(out), "locksmith_{}{{{}=\"{}\"}} {}\n", name, label, label_of(text), sums.of[i]);
    }
    fmt::format_to(std::back_inserter(out), "locksmith_{}{{{}=\"other\"}} {}\n", name, label, other.of[i]);
  }
}

// Of a credential, the worst that a worker knows.
void append_credentials(std::string& out, const std::vector<const Counters*>& workers, const std::vector<std::string>& names) {
  constexpr std::array<std::string_view, 3> kStates{"in_use", "failing", "resting"};
  append_header(out, "credential_state", "gauge", "1 for the state that an upstream credential is in, 0 for the others.");
  for (std::size_t i = 0; i < std::min(names.size(), limits::kTalliedCredentials); ++i) {
    std::uint64_t worst = 0;
    for (const Counters* const counters : workers) worst = std::max(worst, counters->credentials[i].read());
    for (std::size_t state = 0; state < kStates.size(); ++state) {
      fmt::format_to(std::back_inserter(out), "locksmith_credential_state{{credential=\"{}\",state=\"{}\"}} {}\n", label_of(names[i]), kStates[state],
                     state == worst ? 1 : 0);
    }
  }
}

void append_process(std::string& out, const ProcessFacts& facts) {
  append_header(out, "build_info", "gauge", "1, with the version as a label.");
  fmt::format_to(std::back_inserter(out), "locksmith_build_info{{version=\"{}\"}} 1\n", label_of(facts.version));
  const auto number = [&](std::string_view name, std::string_view help, std::int64_t value) {
    append_header(out, name, "gauge", help);
    fmt::format_to(std::back_inserter(out), "locksmith_{} {}\n", name, value);
  };
  const auto seconds = [](Instant at) { return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count(); };
  number("ready", "1 where /readyz says so.", facts.ready ? 1 : 0);
  number("start_timestamp_seconds", "When this process began to serve.", seconds(facts.since));
  number("reload_success", "1 where the last reload was taken, or there was none.", facts.reload_failed ? 0 : 1);
  number("reload_timestamp_seconds", "When the settings in use were read.", seconds(facts.reloaded_at));
}

// A count that stands in a group of counts.
auto within(auto group, auto member) {
  return [=](const Counters& c) -> const Count& { return c.*group.*member; };
}

}  // namespace

std::string metrics_text(const std::vector<const Counters*>& workers, const ProcessFacts& facts) {
  std::string out;
  append_process(out, facts);
  append_credentials(out, workers, facts.credentials);
  const auto counter = [&](std::string_view name, std::string_view help, auto member) {
    append_metric(out, workers, name, "counter", help, [member](const Counters& c) -> const Count& { return std::invoke(member, c); });
  };
  const auto gauge = [&](std::string_view name, std::string_view help, auto member) {
    append_metric(out, workers, name, "gauge", help, [member](const Counters& c) -> const Count& { return std::invoke(member, c); });
  };
  counter("requests_total", "Requests that were answered or given up.", &Counters::requests);
  counter("connections_accepted_total", "Connections of clients.", within(&Counters::connections, &ConnectionCounts::accepted));
  gauge("connections_open", "Connections of clients that are open.", within(&Counters::connections, &ConnectionCounts::open));
  gauge("connections_limit", "Connections of clients that can be open at a time.",
        within(&Counters::connections, &ConnectionCounts::limit));
  gauge("streams_in_flight", "Streamed answers under way.", &Counters::streams_in_flight);
  counter("upstream_attempts_total", "Requests sent to the API, repeated ones included.",
          within(&Counters::upstream, &UpstreamCounts::attempts));
  counter("upstream_retries_total", "Requests sent to the API once more.", within(&Counters::upstream, &UpstreamCounts::retries));
  counter("upstream_connections_dialled_total", "Connections that were opened to the API.",
          within(&Counters::upstream, &UpstreamCounts::dialled));
  gauge("upstream_connections", "Connections to the API that are open.", within(&Counters::upstream, &UpstreamCounts::links));
  counter("upstream_key_echoes_total", "Answers of the API's side in which the real key stood and was covered.",
          within(&Counters::upstream, &UpstreamCounts::echoes));
  counter("failovers_total", "Requests that another credential served than the one that was asked first.", &Counters::failovers);
  counter("request_body_bytes_total", "Bytes of request bodies.", &Counters::bytes_in);
  counter("answer_body_bytes_total", "Bytes of answer bodies.", &Counters::bytes_out);
  counter("prompt_tokens_total", "Prompt tokens as the API told them.", within(&Counters::tokens, &TokenCounts::in));
  counter("output_tokens_total", "Output tokens as the API told them.", within(&Counters::tokens, &TokenCounts::out));
  counter("cache_read_tokens_total", "Prompt tokens that were read from a cache.",
          within(&Counters::tokens, &TokenCounts::cached));
  counter("spent_nano_usd_total", "What was spent, in billionths of a US dollar.", &Counters::spent_nano_usd);
  counter("settled_by_bound_total", "Requests whose usage was not seen whole, and that count with their upper bound.",
          &Counters::settled_by_bound);
  counter("clients_gone_total", "Clients that left before their answer was out.", &Counters::clients_gone);
  counter("log_batches_dropped_total", "Batches of log lines that a slow disk made us drop.", &Counters::log_dropped);
  append_labelled_header(out, "answers_total", "Answers by the first digit of their status.");
  for (std::size_t i = 1; i < std::tuple_size_v<decltype(Counters::answers)>; ++i) {
    fmt::format_to(std::back_inserter(out), "locksmith_answers_total{{class=\"{}xx\"}} {}\n", i,
                   sum(workers, [i](const Counters& c) -> const Count& { return c.answers[i]; }));
  }
  append_labelled_header(out, "refusals_total", "Requests that the gateway itself refused, by code.");
  for (const RefusalRow& row : refusal_rows()) {
    const auto index = static_cast<std::size_t>(row.why);
    fmt::format_to(std::back_inserter(out), "locksmith_refusals_total{{code=\"{}\"}} {}\n", row.code,
                   sum(workers, [index](const Counters& c) -> const Count& { return c.refusals[index]; }));
  }
  append_labelled_header(out, "failures_total", "Failures by cause, the API's and the gateway's own.");
  const auto codes = model::diagnosis::cause_codes();
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::uint64_t count = sum(workers, [i](const Counters& c) -> const Count& { return c.causes[i]; });
    if (count > 0) fmt::format_to(std::back_inserter(out), "locksmith_failures_total{{cause=\"{}\"}} {}\n", codes[i].name, count);
  }
  append_tally(out, workers, "key", limits::kTalliedKeys, &Counters::keys);
  append_tally(out, workers, "model", limits::kTalliedModels, &Counters::models);
  append_spread(out, workers, "request_seconds", "Whole requests, from the first byte to the last.", &Counters::whole);
  append_spread(out, workers, "first_byte_seconds", "From a request's first byte to the head of the API's answer.", &Counters::first_byte);
  append_spread(out, workers, "first_token_seconds", "From a request's first byte to the first content of a streamed answer.", &Counters::first_token);
  return out;
}

std::string failure_json(const Failed& failed) {
  std::string out;
  wire::json::Writer json(out, true);
  json.begin_object().member("schema", "locksmith.failure/1").member("id", failed.id);
  json.member("at", to_rfc3339(failed.at)).member("layer", failed.layer).member("rule", failed.rule);
  json.member("cause", failed.cause).member("status", failed.status).member("method", failed.method);
  json.member("path", failed.path).member("key", failed.key_id).member("workspace", failed.workspace);
  json.member("model", failed.model).member("credential", failed.credential).member("message", failed.message);
  json.member("request_id", failed.request_id).member("next_step", failed.next_step).end_object();
  out.push_back('\n');
  return out;
}

}  // namespace locksmith::gateway
