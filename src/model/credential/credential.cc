#include "model/credential/credential.h"

#include <algorithm>
#include <array>

#include "model/credential/forms.h"
#include "vocabulary/base64.h"
#include "vocabulary/text.h"

namespace locksmith::model::credential {
namespace {

// Of a shorter value four characters would be too much of it.
constexpr std::size_t kShowTailFrom = 24;

// ASCII quotes, the backtick, and the curly quotes that word processors make (UTF-8).
constexpr std::array<std::string_view, 9> kQuotes{"\"", "'", "`", "“", "”", "‘", "’", "«", "»"};

std::size_t leading_quote(std::string_view text) {
  for (const std::string_view quote : kQuotes) {
    if (text.starts_with(quote)) return quote.size();
  }
  return 0;
}

std::size_t trailing_quote(std::string_view text) {
  for (const std::string_view quote : kQuotes) {
    if (text.ends_with(quote)) return quote.size();
  }
  return 0;
}

// Length of "NAME=", "export NAME=", "$env:NAME = " at the start, or 0.
std::size_t assignment(std::string_view text) {
  std::size_t i = 0;
  for (const std::string_view word : {"export ", "set ", "setx ", "$env:", "env "}) {
    if (starts_with_ignoring_case(text, word)) i = word.size();
  }
  const std::size_t name_start = i;
  while (i < text.size() && (is_key_char(text[i]) && text[i] != '-')) ++i;
  constexpr std::size_t kLongestName = 64;  // what is longer is a value: base64 ends in "=" too
  if (i - name_start < 3 || i - name_start > kLongestName || (i < text.size() && text.substr(name_start).starts_with("sk"))) return 0;
  const bool has_letter = std::ranges::any_of(text.substr(name_start, i - name_start),
                                              is_letter);
  while (i < text.size() && is_blank(text[i])) ++i;
  if (!has_letter || i >= text.size() || (text[i] != '=' && text[i] != ':')) return 0;
  ++i;
  while (i < text.size() && is_blank(text[i])) ++i;
  return i < text.size() ? i : 0;
}

struct Peeled {
  std::string_view core;
  bool quoted = false;
  bool bearer = false;
  bool assigned = false;
  bool doubled = false;
  bool surplus = false;
};

// The whole credential of Claude's that stands in a longer text; empty where there is none. An API or Admin key has a fixed
// length and ends in AA; of a token only its least length is known, so that it ends where no character of a key follows.
std::string_view whole_credential(std::string_view text) {
  struct Kind {
    std::string_view prefix;
    std::size_t length;  // 0: not fixed
  };
  for (const Kind& kind : {Kind{"sk-ant-api03-", kApiKeyLength}, Kind{"sk-ant-admin01-", kAdminKeyLength}, Kind{"sk-ant-oat01-", 0},
                           Kind{"sk-ant-ort01-", 0}, Kind{"sk-ant-sid01-", 0}}) {
    const std::size_t at = text.find(kind.prefix);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = text.substr(at);
    const std::size_t run = static_cast<std::size_t>(std::ranges::find_if_not(rest, is_key_char) - rest.begin());
    if (kind.length == 0) return run >= kShortestToken ? rest.substr(0, run) : std::string_view{};
    const std::string_view key = rest.substr(0, std::min(run, kind.length));
    return key.size() == kind.length && key.ends_with("AA") ? key : std::string_view{};
  }
  return {};
}

Peeled peel(std::string_view value) {
  Peeled p{.core = trimmed(value)};
  // The layers come in any order and may repeat: "export KEY='Bearer …'".
  for (bool again = true; again && !p.core.empty();) {
    again = false;
    if (!known_reference(p.core).empty()) break;  // its first word ends in a colon, as a name does
    if (const std::size_t n = assignment(p.core); n != 0) {
      p.core = trimmed(p.core.substr(n));
      p.assigned = again = true;
    }
    const std::size_t open = leading_quote(p.core);
    const std::size_t close = trailing_quote(p.core);
    if ((open != 0 || close != 0) && p.core.size() > open + close) {
      p.core = trimmed(p.core.substr(open, p.core.size() - open - close));
      p.quoted = again = true;
    }
    for (const std::string_view scheme : {"bearer ", "bearer:", "x-api-key:", "authorization:"}) {
      if (starts_with_ignoring_case(p.core, scheme)) {
        p.core = trimmed(p.core.substr(scheme.size()));
        p.bearer = again = true;
      }
    }
  }
  if (p.core.size() >= 40) {
    const std::size_t second = p.core.find("sk-ant-", 7);
    const std::size_t half = p.core.size() / 2;
    if (p.core.starts_with("sk-ant-") && second != std::string_view::npos) {
      p.core = trimmed(p.core.substr(0, second));
      p.doubled = true;
    } else if (p.core.size() % 2 == 0 && p.core.substr(0, half) == p.core.substr(half)) {
      p.core = p.core.substr(0, half);
      p.doubled = true;
    }
  }
  const std::string_view whole = whole_credential(p.core);
  if (!whole.empty() && whole.size() < p.core.size()) {
    // Invisible characters around it are a flaw of their own.
    const std::size_t before = static_cast<std::size_t>(whole.data() - p.core.data());
    const auto around = [&](std::string_view part) { return std::ranges::none_of(part, is_ascii); };
    p.surplus = !around(p.core.substr(0, before)) || !around(p.core.substr(before + whole.size()));
    if (p.surplus) p.core = whole;
  }
  return p;
}

// The text that base64 stands for; empty where it is no base64 of text.
Secret text_of_base64(std::string_view text) {
  std::string out;
  Base64Reader reader;
  for (const char c : trimmed_right(text, [](char last) { return last == '='; })) {
    const auto took = reader.take(c);
    if (took == Base64Reader::Took::nothing) continue;
    const char byte = reader.byte();
    const bool printable = is_ascii(byte) && byte != 0x7F && (byte >= ' ' || is_line_break(byte));
    if (took == Base64Reader::Took::foreign || !printable) {
      wipe(out.data(), out.size());
      return {};
    }
    out += byte;
  }
  Secret decoded(out);
  wipe(out.data(), out.size());
  return decoded;
}

constexpr std::size_t kLongestEncoded = 1024;  // thrice the length of a key that was encoded twice

// What stands in base64 of a credential of Claude's, at most twice encoded; empty where nothing does.
Secret decoded_credential(std::string_view core) {
  if (core.size() < 40 || core.size() > kLongestEncoded || core.find("sk-ant-") != std::string_view::npos) return {};
  Secret text = text_of_base64(core);
  for (int again = 0; again < 2 && !text.empty(); ++again) {
    if (trimmed(text.reveal()).starts_with("sk-ant-")) return text;
    text = text_of_base64(trimmed(text.reveal()));
  }
  return {};
}

}  // namespace

std::string_view core(std::string_view value) { return peel(value).core; }

Secret meant(std::string_view value) {
  const std::string_view inner = core(value);
  if (Secret decoded = decoded_credential(inner); !decoded.empty()) return Secret(core(decoded.reveal()));
  if (inner.find('\n') == std::string_view::npos && !std::ranges::any_of(inner, is_blank)) return Secret(inner);
  std::string joined;
  for (const char c : inner) {
    if (!is_blank(c) && !is_line_break(c)) joined += c;
  }
  Secret whole(joined);
  wipe(joined.data(), joined.size());
  return whole;
}

std::string_view as_sent(std::string_view value) {
  return trimmed(value, is_blank);
}

Examined examine(std::string_view value) {
  Examined result;
  result.length = value.size();
  if (value.empty()) return result;
  const Peeled p = peel(value);
  const Secret decoded = decoded_credential(p.core);
  const bool wrong_case = starts_with_ignoring_case(p.core, "sk-ant-") && !p.core.starts_with("sk-ant-");
  const std::string lowered = wrong_case ? lower_case(p.core.substr(0, 20)) : std::string();
  result.shape = classify(!decoded.empty() ? core(decoded.reveal()) : wrong_case ? std::string_view(lowered) : p.core, result.provider);
  const auto note = [&](Flaw flaw, bool holds) {
    if (holds) result.flaws.push_back(flaw);
  };
  const std::string_view unbroken = [&] {
    std::string_view v = value;
    while (!v.empty() && is_line_break(v.back())) v.remove_suffix(1);
    return v;
  }();
  note(Flaw::leading_space, is_blank(value.front()));
  note(Flaw::trailing_space, !unbroken.empty() && is_blank(unbroken.back()));
  note(Flaw::trailing_newline, value.back() == '\n');
  note(Flaw::carriage_return, value.find('\r') != std::string_view::npos);
  note(Flaw::quoted, p.quoted);
  note(Flaw::non_ascii, result.shape != Shape::masked && std::ranges::any_of(p.core, [](char c) {
                          const auto u = static_cast<unsigned char>(c);
                          return u >= 0x7F || (u < 0x20 && !is_line_break(c) && c != '\t');
                        }));
  const bool cut_behind = is_truncated(!decoded.empty() ? core(decoded.reveal()) : p.core, result.shape);
  note(Flaw::truncated, !p.doubled && !wrong_case && (cut_behind || lost_its_beginning(p.core) != Shape::unknown));
  note(Flaw::embedded_newline, p.core.find('\n') != std::string_view::npos);
  const bool is_stand_in = result.shape == Shape::placeholder || result.shape == Shape::reference;
  note(Flaw::inner_whitespace, !is_stand_in && std::ranges::any_of(p.core, is_blank));
  note(Flaw::bearer_prefixed, p.bearer);
  note(Flaw::assignment_prefixed, p.assigned);
  note(Flaw::doubled, p.doubled);
  note(Flaw::surplus, p.surplus);
  note(Flaw::base64, !decoded.empty());
  note(Flaw::wrong_case, wrong_case);
  if (p.core.size() >= kShowTailFrom && !is_stand_in && decoded.empty()) {
    const std::string_view tail = p.core.substr(p.core.size() - 4);
    if (std::ranges::all_of(tail, is_key_char)) result.tail = tail;
  }
  result.sendable = std::ranges::none_of(as_sent(value), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u < 0x20 || u == 0x7F || u >= 0x80;
  });
  return result;
}

std::string redacted(std::string_view value) {
  const std::string_view c = core(value);
  const std::string_view prefix = known_prefix(c);
  std::string out(prefix);
  out += "…";
  if (c.size() >= prefix.size() + kShowTailFrom) {
    const std::string_view tail = c.substr(c.size() - 4);
    if (std::ranges::all_of(tail, is_key_char)) out += tail;
  }
  return out;
}

}  // namespace locksmith::model::credential
