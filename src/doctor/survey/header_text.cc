#include "doctor/survey/header_text.h"

#include <algorithm>
#include <array>
#include <string>

#include "model/credential/credential.h"
#include "vocabulary/character.h"

namespace locksmith::doctor::survey {
namespace {

// White space and line ends of ECMA-262 as UTF-8.
constexpr std::array<std::string_view, 25> kSpaces{
    "\t",           "\n",           "\v",           "\f",           "\r",           " ",
    "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83",
    "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89",
    "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80",
    "\xEF\xBB\xBF"};

constexpr std::string_view kLineBreak = "has a line break in it";
constexpr std::string_view kControl = "has a control character in it";
constexpr std::string_view kForeign = "has a letter that no header may have";
constexpr std::string_view kAround = "has white space around it";

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && c != '\t') || u == 0x7F;
  });
}

// JavaScript's strings hold code points; a header holds one byte for each, so those above 255 have no place.
// A broken sequence became U+FFFD when the variable was read, and that is above 255.
std::optional<Secret> to_latin1(std::string_view text) {
  std::string bytes;
  bool fits = true;
  for (std::size_t i = 0; i < text.size() && fits; ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      bytes += text[i];
      continue;
    }
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    fits = (lead == 0xC2 || lead == 0xC3) && (next & 0xC0U) == 0x80U;
    if (fits) bytes += static_cast<char>(((lead & 0x03U) << 6U) | (next & 0x3FU));
    ++i;
  }
  std::optional<Secret> secret;
  if (fits) secret.emplace(bytes);
  wipe(bytes.data(), bytes.size());
  return secret;
}

HeaderValue by_fetch(std::string_view text) {
  auto bytes = to_latin1(text);
  if (!bytes) return {std::nullopt, kForeign};
  const std::string_view inner = trimmed(bytes->reveal());
  if (has_line_break(inner)) return {std::nullopt, kLineBreak};
  return {Secret(inner), has_control(inner) ? kControl : std::string_view()};
}

HeaderValue by_bun(std::string_view text) {
  HeaderValue value = by_fetch(text);
  if (value.refusal == kControl) value.refusal = {};
  return value;
}

HeaderValue by_h11(std::string_view text) {
  if (!std::ranges::all_of(text, is_ascii)) return {std::nullopt, kForeign};
  if (has_line_break(text)) return {std::nullopt, kLineBreak};
  if (has_control(text)) return {std::nullopt, kControl};
  if (trimmed(text).size() != text.size()) return {std::nullopt, kAround};
  return {Secret(text), {}};
}

}  // namespace

std::string_view trimmed_by_javascript(std::string_view text) {
  const auto front = [&] {
    return std::ranges::find_if(kSpaces, [&](auto s) { return text.starts_with(s); });
  };
  const auto back = [&] { return std::ranges::find_if(kSpaces, [&](auto s) { return text.ends_with(s); }); };
  for (const auto* space = front(); space != kSpaces.end(); space = front())
    text.remove_prefix(space->size());
  for (const auto* space = back(); space != kSpaces.end(); space = back()) text.remove_suffix(space->size());
  return text;
}

HeaderValue header_value(std::string_view text, HttpLibrary library) {
  switch (library) {
    case HttpLibrary::fetch:
      return by_fetch(text);
    case HttpLibrary::bun:
      return by_bun(text);
    case HttpLibrary::h11:
      return by_h11(text);
    case HttpLibrary::go:
      if (has_line_break(text)) return {std::nullopt, kLineBreak};
      if (has_control(text)) return {std::nullopt, kControl};
      return {Secret(trimmed(text)), {}};
    case HttpLibrary::curl:
      if (has_line_break(text)) return {std::nullopt, kLineBreak};
      return {Secret(text), {}};
    case HttpLibrary::unknown:
      if (model::credential::examine(text).sendable) return {Secret(model::credential::as_sent(text)), {}};
      return {std::nullopt, has_line_break(text) ? kLineBreak : kForeign};
  }
  return {std::nullopt, kForeign};
}

bool is_header_name(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos;
  });
}

}  // namespace locksmith::doctor::survey
