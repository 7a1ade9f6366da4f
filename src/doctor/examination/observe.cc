#include "doctor/examination/observe.h"

#include <algorithm>
#include <array>

#include "model/credential/credential.h"
#include "wire/json/json.h"

namespace locksmith::doctor::examination {
namespace {

using model::evidence::Evidence;
using upstream::Observed;
using upstream::Stage;
using world::CloseReason;

constexpr std::size_t kTextKept = 4096;  // of a body, in the evidence: an API error is under 2 KiB

// What of an answer's head bears on the cause; the rest is noise, and may name the user's company.
constexpr std::array<std::string_view, 14> kHeadersKept{
    "request-id", "retry-after", "cf-ray",      "server",        "via",     "content-type", "anthropic-organization-id",
    "x-should-retry", "location", "x-deny-reason", "x-locksmith-cause", "x-locksmith-layer", "x-locksmith-id", "cf-mitigated"};

std::string_view kind_of_body(const Observed& seen) {
  if (seen.body.empty()) return "empty";
  const std::string* type = seen.header("content-type");
  if (type != nullptr && type->find("json") != std::string::npos) return "json";
  if (type != nullptr && type->find("html") != std::string::npos) return "html";
  const std::size_t first = seen.body.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "empty";
  return seen.body[first] == '{' ? "json" : seen.body[first] == '<' ? "html" : "text";
}

void describe_answer(const Observed& seen, Evidence& evidence) {
  evidence.error.status = seen.status;
  evidence.error.body = kind_of_body(seen);
  evidence.error.text = model::credential::redact(std::string_view(seen.body).substr(0, kTextKept));
  for (const auto& [name, value] : seen.headers) {
    const bool limit = name.starts_with("anthropic-ratelimit-");
    if (limit || std::ranges::find(kHeadersKept, name) != kHeadersKept.end()) evidence.error.headers.emplace_back(name, value);
  }
  if (evidence.error.body != "json") return;
  wire::json::Reader reader;
  const auto root = reader.parse(seen.body);
  if (!root) {
    if (seen.status.value_or(0) / 100 == 2) evidence.error.text = "The answer is malformed: it is not valid JSON.";
    return;
  }
  const wire::json::Value error = (*root)["error"];
  evidence.error.type = error["type"].string_or("");
  evidence.error.code = error["details"]["error_code"].string_or(error["error_code"].string_or(""));
}

std::string transport_of(const Observed& seen) {
  if (!seen.resolve_error.empty()) return seen.resolve_error == "ETIMEOUT" ? "EAI_AGAIN (name look-up timed out)" : seen.resolve_error;
  if (seen.reached == Stage::tls || seen.closing.reason == CloseReason::tls_failed) {
    std::string text = seen.closing.detail;
    if (seen.tls && !seen.tls->verify_error.empty()) text = "CERTIFICATE_VERIFY_FAILED: " + seen.tls->verify_error;
    return text.empty() || seen.timed_out ? "TLS handshake timed out" : text;
  }
  if (seen.proxy_status) return "proxy answered " + std::to_string(*seen.proxy_status) + " to CONNECT";
  if (seen.timed_out) return "ETIMEDOUT";
  switch (seen.closing.reason) {
    case CloseReason::refused:
      return "ECONNREFUSED";
    case CloseReason::reset:
      return "ECONNRESET";
    case CloseReason::unreachable:
      return seen.closing.detail.empty() ? "EHOSTUNREACH" : seen.closing.detail;
    case CloseReason::timed_out:
      return "ETIMEDOUT";
    case CloseReason::finished:
    case CloseReason::truncated:
      return seen.reached == Stage::body ? "FIN" : "empty reply from server";
    default:
      return seen.closing.detail;
  }
}

void add(Evidence& evidence, std::string_view observation) {
  if (std::ranges::find(evidence.observations, observation) == evidence.observations.end()) {
    evidence.observations.emplace_back(observation);
  }
}

}  // namespace

void describe_failure(const Observed& seen, Evidence& evidence) {
  if (seen.status) {
    describe_answer(seen, evidence);
    if (seen.status.value_or(0) / 100 == 2 && seen.reached != Stage::done) {
      evidence.error.transport = seen.timed_out ? "idle timeout" : transport_of(seen);
      evidence.stream = model::evidence::Stream{.ended_after_s = std::chrono::duration<double>(seen.total).count(), .message_stop = false};
      evidence.error.text.clear();
    }
  } else {
    evidence.error.transport = transport_of(seen);
    if (seen.proxy_status) {
      evidence.error.status = seen.proxy_status;
      evidence.error.transport = "proxy connection failed: " + evidence.error.transport;
    }
    if (seen.protocol_broken) evidence.error.text = "The answer is not HTTP/1.1.";
  }
  if (seen.timed_out && seen.reached == Stage::send) add(evidence, "network.unanswered");
  if (!seen.resolve_error.empty() && seen.resolve_error != "EBUSY") add(evidence, "network.dns-fails");
  if (seen.tls && seen.tls->distrust == world::Distrust::issuer) add(evidence, "tls.unknown-issuer");
}

bool is_api_answer(const Observed& seen) {
  if (!seen.ok()) return false;
  wire::json::Reader reader;
  const auto root = reader.parse(seen.body);
  return root && root->kind() == wire::json::Kind::object;
}

std::string summary(const Observed& seen) {
  if (seen.status) {
    std::string text = std::to_string(*seen.status);
    if (*seen.status >= 400 || !is_api_answer(seen)) {
      wire::json::Reader reader;
      if (const auto root = reader.parse(seen.body)) {
        const auto type = (*root)["error"]["type"].string_or("");
        if (!type.empty()) text += " " + std::string(type);
        const auto message = (*root)["error"]["message"].string_or("");
        if (!message.empty()) text += ": " + model::credential::redact(message.substr(0, 120));
      } else {
        text += std::string(", ") + std::string(kind_of_body(seen)) + " body";
      }
    }
    if (seen.reached != Stage::done) text += seen.timed_out ? ", then silence" : ", then the connection ended early";
    return text;
  }
  std::string text = seen.timed_out ? "no end within " + to_words(seen.total) : transport_of(seen);
  return text + " (" + std::string(upstream::name(seen.reached)) + ")";
}

std::optional<double> clock_skew(const Observed& seen) {
  const std::string* date = seen.header("date");
  if (date == nullptr) return std::nullopt;
  const auto server = from_http_date(*date);
  if (!server) return std::nullopt;
  // Date has whole seconds; the middle of that second is the best guess.
  const double skew = std::chrono::duration<double>(seen.answered_at - *server).count() - 0.5;
  return std::abs(skew) < 2 ? 0.0 : skew;
}

}  // namespace locksmith::doctor::examination
