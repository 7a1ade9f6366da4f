#include <algorithm>
#include <array>

#include "model/evidence/error_text.h"
#include "vocabulary/text.h"

namespace locksmith::model::evidence {
namespace {

// The API's error types (SDK 1.12 shared.ts; `forbidden` is the edge's, `rate_limit` a client's).
constexpr std::array<std::string_view, 14> kTypes{
    "invalid_request_error", "authentication_error", "billing_error",    "permission_error",  "not_found_error",
    "rate_limit_error",      "timeout_error",        "api_error",        "overloaded_error",  "conflict_error",
    "request_too_large",     "policy_blocked",       "memory_precondition_failed_error", "memory_path_conflict_error"};

// The official SDKs raise one class a status; wrappers print the class and forget the status.
struct ClassName {
  std::string_view name;
  int status;
};
constexpr std::array<ClassName, 9> kClasses{{{"authenticationerror", 401},
                                              {"permissiondeniederror", 403},
                                              {"notfounderror", 404},
                                              {"ratelimiterror", 429},
                                              {"badrequesterror", 400},
                                              {"unprocessableentityerror", 422},
                                              {"internalservererror", 500},
                                              {"conflicterror", 409},
                                              {"overloadederror", 529}}};

// RFC 9110's phrases, and those that servers print of old.
constexpr std::array<std::string_view, 21> kReasons{
    "unauthorized", "forbidden", "bad request", "not found", "too many requests", "internal server error", "bad gateway",
    "service unavailable", "gateway time", "payment required", "method not allowed", "request entity too large",
    "payload too large", "content too large", "unprocessable", "conflict", "proxy authentication", "overloaded",
    "request timeout", "error", "client error"};

constexpr std::array<std::string_view, 17> kStatusWords{"code", "status", "http", "error", "statuscode", "status_code", "returned",
                                                        "answered", "rejected", "response", "get", "getting", "got", "received", "with", "http/1.1", "http/2"};

// The last word before position i, without separators.
std::string_view word_before(std::string_view text, std::size_t i) {
  while (i > 0 && !is_letter_or_digit(text[i - 1])) {
    if (text[i - 1] == '\n') return {};
    --i;
  }
  std::size_t start = i;
  while (start > 0 && (is_letter_or_digit(text[start - 1]) || text[start - 1] == '_')) --start;
  return text.substr(start, i - start);
}

bool qualifies(std::string_view text, std::size_t i) {
  std::string_view after = text.substr(i + 3);
  while (!after.empty() && (after.front() == ' ' || after.front() == ']' || after.front() == ')' || after.front() == ':' ||
                            after.front() == '-' || after.front() == ',' || after.front() == '"')) {
    after.remove_prefix(1);
  }
  if (after.starts_with("{") || after.starts_with("<")) return true;
  for (const std::string_view reason : kReasons) {
    if (after.starts_with(reason)) return true;
  }
  // The title of an edge's error page: "api.anthropic.com | 522: Connection timed out".
  if (i >= 2 && text.substr(i - 2, 2) == "| " && text.substr(i + 3).starts_with(":")) return true;
  const std::string_view before = word_before(text, i);
  if (before.empty() && text.substr(0, i).find_first_not_of(" \t\n[(\"'") == std::string_view::npos) return true;
  if (std::ranges::find(kStatusWords, before) != kStatusWords.end()) return true;
  // "HTTP/1.1 403": the version's digit stands between.
  return (before == "1" || before == "2" || before == "0") && text.substr(i > 9 ? i - 9 : 0, 9).find("http/") != std::string_view::npos;
}

// "Error code: 401", "status=401", "HTTP/1.1 401": nothing else is meant by it.
bool is_called_status(std::string_view text, std::size_t i) {
  constexpr std::array<std::string_view, 4> kNames{"code", "status", "statuscode", "status_code"};
  const std::string_view before = word_before(text, i);
  if (std::ranges::find(kNames, before) != kNames.end() || before.ends_with("_status") || before.ends_with("statuscode")) return true;
  return (before == "1" || before == "2" || before == "0") && text.substr(i > 9 ? i - 9 : 0, 9).find("http/") != std::string_view::npos;
}

// The first number that is called a status, else the first that only stands where one would.
std::optional<int> status_in(std::string_view text) {
  std::optional<int> found;
  for (std::size_t i = 0; i + 3 <= text.size(); ++i) {
    if ((text[i] != '4' && text[i] != '5') || !is_digit(text[i + 1]) || !is_digit(text[i + 2])) continue;
    const bool alone = (i == 0 || (!is_letter_or_digit(text[i - 1]) && text[i - 1] != '.' && text[i - 1] != '_')) &&
                       (i + 3 == text.size() || (!is_letter_or_digit(text[i + 3]) && text[i + 3] != '_'));
    // "400.5" is a number, "Error 400." ends a sentence, "400,000" is a count.
    const bool fraction = i + 4 < text.size() && (text[i + 3] == '.' || text[i + 3] == ',') && is_digit(text[i + 4]);
    if (!alone || fraction) continue;
    const int status = (text[i] - '0') * 100 + (text[i + 1] - '0') * 10 + (text[i + 2] - '0');
    if (is_called_status(text, i)) return status;
    if (!found && qualifies(text, i)) found = status;
  }
  return found;
}

// A type is a word of its own: "new_api_error" is a gateway's, and none of the API's.
std::size_t find_whole(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_name_char(text[at - 1])) && (end == text.size() || !is_name_char(text[end]))) return at;
  }
  return std::string_view::npos;
}

std::string type_in(std::string_view text) {
  std::size_t first = std::string_view::npos;
  std::string_view type;
  for (const std::string_view candidate : kTypes) {
    const std::size_t at = find_whole(text, candidate);
    if (at < first) {
      first = at;
      type = candidate;
    }
  }
  if (!type.empty()) return std::string(type);
  // Terminals break words, also inside JSON: "overload     ed_error". The edge's answer has no type of the API at all:
  // {"error":{"type":"forbidden",…
  std::string squeezed;
  for (const char c : text) {
    if (c != ' ' && c != '\n' && c != '\t') squeezed += c == '\'' ? '"' : c;
  }
  for (const std::string_view candidate : kTypes) {
    const std::size_t at = squeezed.find("\"type\":\"" + std::string(candidate) + "\"");
    if (at < first) {
      first = at;
      type = candidate;
    }
  }
  if (!type.empty()) return std::string(type);
  std::erase(squeezed, '"');
  return squeezed.find("type:forbidden") != std::string::npos ? "forbidden" : "";
}

// ^req_[A-Za-z0-9_-]{1,36}$ is the official client's own test.
std::string request_id_in(std::string_view text) {
  for (std::size_t at = text.find("req_"); at != std::string_view::npos; at = text.find("req_", at + 4)) {
    std::size_t end = at + 4;
    while (end < text.size() && (is_letter_or_digit(text[end]) || text[end] == '_' || text[end] == '-')) ++end;
    const bool whole = at == 0 || !is_letter_or_digit(text[at - 1]);
    if (whole && end - at > 12 && end - at <= 40) return std::string(text.substr(at, end - at));
  }
  return {};
}

}  // namespace

ReadError read_error(std::string_view plain_text) {
  const std::string text = lower_case(plain_text);
  ReadError result;
  result.html = text.find("<html") != std::string::npos || text.find("<!doctype html") != std::string::npos ||
                text.find("<title>") != std::string::npos || text.find("<body") != std::string::npos;
  const std::size_t brace = text.find('{');
  result.json = brace != std::string::npos && text.find(':', brace) != std::string::npos &&
                (text.find('"', brace) != std::string::npos || text.find('\'', brace) != std::string::npos);
  result.type = type_in(text);
  result.request_id = request_id_in(plain_text);
  result.status = status_in(text);
  if (!result.status) {
    for (const ClassName& known : kClasses) {
      if (text.find(known.name) != std::string::npos) {
        result.status = known.status;
        break;
      }
    }
  }
  return result;
}

}  // namespace locksmith::model::evidence
