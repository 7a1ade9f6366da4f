#include "doctor/intake/log_signs.h"

#include <vector>

#include "vocabulary/assert.h"
#include "vocabulary/character.h"

namespace locksmith::doctor::intake {
namespace {

// In lower case; letters match either case.
constexpr std::string_view kNames[] = {"anthropic", "claude", "sk-ant-", "/v1/messages"};
// Words of the API and its clients that others use, too.
constexpr std::string_view kClaude[] = {"x-api-key",       "apistatuserror", "apiconnectionerror", "authenticationerror",
                                        "apitimeouterror", "req_01",         "credit balance"};
constexpr std::string_view kFailure[] = {
    "error",    "fail",    "exception", "denied",   "refused",      "reset",     "timeout",   "timed out",
    "invalid",  "expired", "limit",     "overload", "unauthorized", "forbidden", "unable",    "could not",
    "cannot",   "missing", "not found", "blocked",  "disconnect",   "interrupt", "abort",     "traceback",
    "panic",    "fatal",   "revoked",   "disabled", "too low",      "too long",  "too large", "certificate",
    "required", "retry",   "stream",    "socket",   "hang up",      " 40",       " 41",       " 42",
    " 50",      " 52",     ":40",       ":41",      ":42",          ":50",       ":52",       "=40",
    "=41",      "=42",     "=50",       "=52",      "[40",          "[42",       "[50",       "(40",
    "(42",      "(50",     "(52",       "[52",      "\"40",         "\"42",      "\"50",      "\"52"};
// The API's own error types: both at once.
constexpr std::string_view kTypes[] = {"authentication_error", "invalid_request_error", "permission_error",
                                       "not_found_error",      "rate_limit_error",      "overloaded_error",
                                       "billing_error",        "request_too_large"};
constexpr std::string_view kEnough[] = {"invalid api key",
                                        "invalid bearer",
                                        "invalid x-api-key",
                                        "oauth token",
                                        "api key",
                                        "error code: 4",
                                        "error code: 5",
                                        "status code 4",
                                        "status code 5",
                                        "status code: 4",
                                        "status code: 5",
                                        "econnrefused",
                                        "econnreset",
                                        "etimedout",
                                        "enotfound",
                                        "eai_again",
                                        "fetch failed",
                                        "connection error.",
                                        "socket hang up",
                                        "certificate_verify_failed",
                                        "self signed certificate",
                                        "self-signed certificate",
                                        "unable to get local issuer",
                                        "proxy authentication required",
                                        "too many requests",
                                        "incomplete chunked read",
                                        "apikey",
                                        "apikeysource\":\"none",
                                        "api error (",
                                        "api error:",
                                        "is_error\": true",
                                        "is_error\":true",
                                        "is_error:true",
                                        "is_error=true",
                                        "iserror=true",
                                        "unable to connect to api",
                                        "oauth refresh",
                                        "token refresh failed",
                                        "not logged in",
                                        "unable_to_get_issuer",
                                        "tunnel connection failed",
                                        "connect tunnel failed",
                                        "407 proxy"};
// What Surroundings knows to read.
constexpr std::string_view kAround[] = {"anthropic_", "claude_code_", "claude-code-", "_proxy=", "ssh-session", "dependabot",
                                        "runner/work/", "##[error]", "systemd[1]", "expiresat", "cf-mitigated", "cf-ray:",
                                        "from a fork", "login successful", "node_extra_ca", "accesstoken\""};

}  // namespace

LogSigns::LogSigns() : states_(std::make_unique<State[]>(kStates)) {
  for (const std::string_view word : kNames) add(word, claude | named);
  for (const std::string_view word : kClaude) add(word, claude);
  for (const std::string_view word : kFailure) add(word, failure);
  for (const std::string_view word : kTypes) add(word, claude | enough);
  for (const std::string_view word : kEnough) add(word, enough);
  for (const std::string_view word : kAround) add(word, around);
  link();
}

std::uint16_t LogSigns::add(std::string_view word, std::uint8_t sign) {
  std::uint16_t state = 0;
  for (const char c : word) {
    std::uint8_t& letter = classes_[static_cast<unsigned char>(c)];
    if (letter == 0) {
      LOCKSMITH_ASSERT(used_classes_ < kClasses);
      letter = static_cast<std::uint8_t>(used_classes_++);
      classes_[static_cast<unsigned char>(upper_case(c))] = letter;
    }
    std::uint16_t& next = states_[state].next[letter];
    if (next == 0) {
      LOCKSMITH_ASSERT(used_states_ < kStates);
      next = static_cast<std::uint16_t>(used_states_++);
    }
    state = next;
  }
  states_[state].signs |= sign;
  return state;
}

// Aho and Corasick's construction, with the failure links folded into the table.
void LogSigns::link() {
  std::vector<std::uint16_t> fail(used_states_, 0);
  std::vector<std::uint16_t> queue;
  for (const std::uint16_t next : states_[0].next) {
    if (next != 0) queue.push_back(next);
  }
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const std::uint16_t state = queue[i];
    states_[state].signs |= states_[fail[state]].signs;
    for (std::size_t c = 0; c < kClasses; ++c) {
      std::uint16_t& next = states_[state].next[c];
      const std::uint16_t otherwise = states_[fail[state]].next[c];
      if (next == 0) {
        next = otherwise;
      } else {
        fail[next] = otherwise;
        queue.push_back(next);
      }
    }
  }
}

}  // namespace locksmith::doctor::intake
