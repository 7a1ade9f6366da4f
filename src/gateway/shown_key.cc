#include "gateway/shown_key.h"

#include <array>
#include <string>

#include "model/tenant/virtual_key.h"
#include "vocabulary/character.h"
#include "vocabulary/secret.h"

namespace locksmith::gateway {
namespace {

using model::tenant::kKeyLength;
using model::tenant::kKeyPrefix;

constexpr std::array<std::string_view, 2> kBeginnings{"sk-ant-", kKeyPrefix};
constexpr int kDecodings = 3;  // of a text that was encoded over and over; each needs two more bytes for every byte

std::string decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool encoded = text[i] == '%' && i + 2 < text.size() && is_hex_digit(text[i + 1]) && is_hex_digit(text[i + 2]);
    out.push_back(encoded ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i]);
    if (encoded) i += 2;
  }
  return out;
}

bool holds_plain_key(std::string_view text) {
  for (std::size_t at = text.find(kKeyPrefix); at != std::string_view::npos; at = text.find(kKeyPrefix, at + 1)) {
    if (model::tenant::examine_key(text.substr(at, kKeyLength)) == model::tenant::KeyForm::good) return true;
  }
  return false;
}

// Does `holds` hold of the text, or of what it decodes to?
template <class Holds>
bool in_any_form(std::string_view text, Holds&& holds) {
  if (holds(text)) return true;
  if (text.find('%') == std::string_view::npos) return false;
  std::string form(text);
  bool found = false;
  for (int i = 0; i < kDecodings && !found; ++i) {
    std::string next = decoded(form);
    if (next.size() == form.size()) break;
    wipe(form.data(), form.size());
    form = std::move(next);
    found = holds(form);
  }
  wipe(form.data(), form.size());
  return found;
}

}  // namespace

bool holds_key(std::string_view text) {
  if (text.size() < kKeyLength) return false;
  return in_any_form(text, holds_plain_key);
}

std::string_view without_credential(std::string_view text) {
  constexpr std::size_t kShortest = 20;  // no shorter text holds enough of a key to be used
  if (text.size() < kShortest) return text;
  for (const std::string_view beginning : kBeginnings) {
    if (const std::size_t at = text.find(beginning); at != std::string_view::npos) text = text.substr(0, at + beginning.size());
  }
  const auto begins = [](std::string_view form) {
    for (const std::string_view beginning : kBeginnings) {
      if (form.find(beginning) != std::string_view::npos) return true;
    }
    return false;
  };
  const std::size_t encoded = text.find('%');
  if (encoded != std::string_view::npos && in_any_form(text, begins)) {
    return text.substr(0, encoded);
  }
  return text;
}

}  // namespace locksmith::gateway
