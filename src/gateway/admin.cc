#include "gateway/admin.h"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "model/diagnosis/cause.h"
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

void append_labelled_header(std::string& out, std::string_view name, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP locksmith_{0} {1}\n# TYPE locksmith_{0} counter\n", name, help);
}

void append_latency(std::string& out, const std::vector<const Counters*>& workers) {
  append_labelled_header(out, "request_seconds", "Whole requests, from the first byte to the last.");
  out.replace(out.rfind("counter"), 7, "histogram");
  std::uint64_t total = 0;
  double bound = 64e-6;
  const std::size_t last = Counters{}.latency.size() - 1;
  for (std::size_t i = 0; i <= last; ++i, bound *= 2) {
    total += sum(workers, [i](const Counters& c) -> const Count& { return c.latency[i]; });
    fmt::format_to(std::back_inserter(out), "locksmith_request_seconds_bucket{{le=\"{}\"}} {}\n",
                   i == last ? std::string("+Inf") : fmt::format("{:.6g}", bound), total);
  }
  fmt::format_to(std::back_inserter(out), "locksmith_request_seconds_count {}\n", total);
}

// A count that stands in a group of counts.
auto within(auto group, auto member) {
  return [=](const Counters& c) -> const Count& { return c.*group.*member; };
}

}  // namespace

std::string metrics_text(const std::vector<const Counters*>& workers) {
  std::string out;
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
  gauge("upstream_connections_dialled", "Connections that were opened to the API.",
        within(&Counters::upstream, &UpstreamCounts::dialled));
  gauge("upstream_connections", "Connections to the API that are open.", within(&Counters::upstream, &UpstreamCounts::links));
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
  for (std::size_t i = 1; i < Counters{}.answers.size(); ++i) {
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
  append_latency(out, workers);
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
