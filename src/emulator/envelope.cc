#include "emulator/envelope.h"

#include <cstdio>

#include "wire/json/json.h"

namespace locksmith::emulator {
namespace {

constexpr std::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t kIdTail = 20;

// SplitMix64 (Steele, Lea, Flood 2014): spreads a counter over all bits, and is the same everywhere.
std::uint64_t spread(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

}  // namespace

std::string make_id(std::string_view prefix, std::uint64_t number) {
  std::string id(prefix);
  std::uint64_t bits = spread(number);
  for (std::size_t i = 0; i < kIdTail; ++i) {
    if (i == kIdTail / 2) bits = spread(bits ^ number);
    id += kAlphabet[bits % kAlphabet.size()];
    bits /= kAlphabet.size();
  }
  return id;
}

std::string error_body(const ErrorText& error, std::string_view request_id) {
  std::string out;
  wire::json::Writer json(out);
  json.begin_object().member("type", "error").key("error").begin_object();
  json.member("type", error.type).member("message", error.message).key("details");
  if (error.code.empty() && error.details.empty()) {
    json.null();
  } else {
    json.begin_object();
    if (!error.code.empty()) json.member("error_code", error.code);
    for (const Header& detail : error.details) json.member(detail.name, detail.value);
    json.end_object();
  }
  json.end_object().key("request_id");
  if (request_id.empty()) {
    json.null();
  } else {
    json.string(request_id);
  }
  json.end_object();
  return out;
}

Answer error_answer(const ErrorText& error, std::string_view request_id) {
  Answer answer;
  answer.status = error.status;
  answer.headers.push_back({"content-type", "application/json"});
  if (!request_id.empty()) answer.headers.push_back({"request-id", std::string(request_id)});
  answer.body = error_body(error, request_id);
  return answer;
}

void add_identity(Answer& answer, const Identity& identity) {
  answer.headers.push_back({"anthropic-organization-id", identity.organization_id});
  answer.headers.push_back({"anthropic-workspace-id", identity.workspace_id});
}

void add_rate_limits(Answer& answer, Instant now) {
  struct Limit {
    const char* name;
    const char* limit;
  };
  const std::string reset = to_rfc3339(now + 1s);
  for (const Limit& one : {Limit{"requests", "1000"}, Limit{"tokens", "2400000"}, Limit{"input-tokens", "2000000"},
                           Limit{"output-tokens", "400000"}}) {
    const std::string base = std::string("anthropic-ratelimit-") + one.name;
    answer.headers.push_back({base + "-limit", one.limit});
    answer.headers.push_back({base + "-remaining", one.limit});
    answer.headers.push_back({base + "-reset", reset});
  }
}

std::string ray(std::uint64_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "%016llx-EMU", static_cast<unsigned long long>(spread(number)));
  return text;
}

void add_edge(Answer& answer, std::uint64_t number) {
  answer.headers.push_back({"server", "cloudflare"});
  answer.headers.push_back({"cf-ray", ray(number)});
}

}  // namespace locksmith::emulator
