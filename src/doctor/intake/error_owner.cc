#include "doctor/intake/error_owner.h"

#include <algorithm>
#include <array>

#include "knowledge/services.h"
#include "model/evidence/error_text.h"
#include "vocabulary/text.h"
#include "vocabulary/url.h"

namespace locksmith::doctor::intake {
namespace {

constexpr std::string_view kClaude = "Claude";  // its entry in data/services.json

// A request id of Claude's: req_01 and 22 characters. Stripe's are shorter, OpenAI's longer.
bool has_request_id(std::string_view text) {
  constexpr std::size_t kShortest = 24, kLongest = 32;
  for (std::size_t at = text.find("req_01"); at != std::string_view::npos; at = text.find("req_01", at + 1)) {
    if (at > 0 && is_letter_or_digit(text[at - 1])) continue;
    std::size_t end = at + 4;
    while (end < text.size() && is_letter_or_digit(text[end])) ++end;
    if (end - at >= kShortest && end - at <= kLongest) return true;
  }
  return false;
}

// "for url: https://…", "POST https://…": the address that was asked, not one that is only mentioned.
bool is_asked(std::string_view before) {
  while (!before.empty() && std::string_view(" :='\"<([").find(before.back()) != std::string_view::npos) before.remove_suffix(1);
  constexpr std::array<std::string_view, 6> kWords{"url", "get", "post", "put", "delete", "patch"};
  return std::ranges::any_of(kWords, [&](std::string_view word) {
    if (!before.ends_with(word)) return false;
    return before.size() == word.size() || !is_letter_or_digit(before[before.size() - word.size() - 1]);  // "output https://…"
  });
}

// Calls of a model, and of what stands before one: any of these may be Claude behind another name.
bool may_lead_to_model(std::string_view url) {
  constexpr std::array<std::string_view, 13> kWords{"message", "completion", "responses", "model",      "oauth",      "gateway", "proxy",
                                                    "llm",     "bedrock",    "vertex",    "aiplatform", "openrouter", "foundry"};
  return std::ranges::any_of(kWords, [&](std::string_view word) { return url.find(word) != std::string_view::npos; });
}

// The host of a request that is no call of a model, or nothing. A name without a dot or a bare number is somebody's own.
std::string_view foreign_host(std::string_view text) {
  for (std::size_t at = text.find("http"); at != std::string_view::npos; at = text.find("http", at + 4)) {
    const std::string_view url = text.substr(at, std::min(text.find_first_of(" \t\n'\"<>`)", at), text.size()) - at);
    const UrlParts parts = split_url(url);
    if ((parts.scheme != "http" && parts.scheme != "https") || !is_asked(text.substr(0, at)) || may_lead_to_model(url)) continue;
    const std::string_view host = parts.host;
    const bool letters = std::ranges::any_of(host, is_lower);
    const bool plain = std::ranges::all_of(
        host, [](char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '.'; });
    if (parts.path.size() > 1 && letters && plain && host.find('.') != std::string_view::npos) return host;
  }
  return {};
}

}  // namespace

Result<ErrorOwners> ErrorOwners::make() {
  auto services = knowledge::read_services();
  if (!services) return std::unexpected(services.error());
  auto neighbours = knowledge::read_neighbours();
  if (!neighbours) return std::unexpected(neighbours.error());
  return ErrorOwners(std::move(*services), std::move(*neighbours));
}

std::string ErrorOwners::other_service(std::string_view plain_text) const {
  model::evidence::NormalText normal;
  normal.append(plain_text);
  std::string neighbour;
  neighbours_.find(normal, [&](std::size_t index) {
    if (neighbour.empty()) neighbour = neighbours_.name(index);
  });
  const bool named = (signs_.look(plain_text) & LogSigns::named) != 0;
  if (named && neighbour.empty()) return {};
  bool claudes = false;
  std::string service = neighbour;
  services_.find(normal, [&](std::size_t index) {
    claudes |= services_.name(index) == kClaude;
    if (service.empty()) service = services_.name(index);
  });
  if (claudes) return {};
  if (service.empty()) service = foreign_host(lower_case(plain_text));
  if (service.empty() || has_request_id(plain_text)) return {};
  return service;
}

}  // namespace locksmith::doctor::intake
