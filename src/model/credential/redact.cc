// Redaction is broad on purpose: a text that only resembles a credential loses nothing of use when it is shortened, while a
// narrow pattern misses the cut, the damaged and next year's kinds.
#include <algorithm>
#include <array>

#include "model/credential/credential.h"
#include "vocabulary/text.h"

namespace locksmith::model::credential {
namespace {

bool is_token_char(char c) {
  return is_name_char(c) || c == '-' || c == '.';
}

bool matches_at(std::string_view text, std::size_t i, std::string_view word) {
  if (text.size() - i < word.size()) return false;
  for (std::size_t k = 0; k < word.size(); ++k) {
    if (lower_case(text[i + k]) != word[k]) return false;
  }
  return true;
}

constexpr std::size_t kLongestBreak = 24;   // between two parts of one key: a line end and an indentation
constexpr std::size_t kLongestKey = 120;    // bytes of a key with its breaks, after which nothing more belongs to it
constexpr std::size_t kLongestPrefix = 20;  // what redacted() shows of a kind that it does not know
constexpr std::size_t kShortestGluedKey = 16;  // letters and digits of a virtual key behind something else
constexpr std::size_t kShortestBearer = 16;    // behind the word alone, and only with a digit: "bearer authentication" is none
constexpr std::size_t kShortestValue = 12;  // behind x-api-key: and the like: shorter values are words

struct Prefix {
  std::string_view lower_case;
  std::size_t shortest;  // token characters behind the prefix that make it a credential and not a word
};

constexpr std::array<Prefix, 26> kTokens{{{"sk-ant-", 1},
                                          {"lks_", 12},
                                          {"sk-proj-", 8},
                                          {"sk-or-", 8},
                                          {"sk-", 16},
                                          {"aiza", 20},
                                          {"gsk_", 16},
                                          {"xai-", 16},
                                          {"pplx-", 16},
                                          {"hf_", 16},
                                          {"r8_", 16},
                                          {"nvapi-", 16},
                                          {"ghp_", 16},
                                          {"gho_", 16},
                                          {"github_pat_", 16},
                                          {"glpat-", 12},
                                          {"akia", 16},
                                          {"lsk-", 12},
                                          {"sgp_", 16},
                                          {"csk-", 16},
                                          {"vck_", 16},
                                          {"npm_", 30},
                                          {"sk_live_", 12},
                                          {"sk_test_", 12},
                                          {"xoxb-", 12},
                                          {"eyj", 40}}};

// Names whose value is secret whatever it looks like.
constexpr std::array<std::string_view, 15> kNames{
    "x-api-key",  "authorization", "proxy-authorization", "anthropic_api_key", "api_key",       "anthropic_auth_token", "sessionkey", "apikey",
    "api-key",    "password",      "secret_access_key",   "aws_secret_access_key", "client_secret", "access_token",      "refresh_token"};

std::size_t token_end(std::string_view text, std::size_t i) {
  while (i < text.size() && is_token_char(text[i])) ++i;
  return i;
}

// A part of a key that a terminal, a log or an editor broke off: long, or letters and digits mixed as no word has them.
bool is_key_piece(std::string_view run) {
  const bool mixed = std::ranges::any_of(run, is_digit) && std::ranges::any_of(run, is_letter);
  return run.size() >= 20 || (run.size() >= 6 && (mixed || run.ends_with("AA")));
}

// Behind what can stand between two parts of one key: white space, a literal \n, quotes, invisible and no-break spaces.
std::size_t break_end(std::string_view text, std::size_t i) {
  const std::size_t limit = std::min(text.size(), i + kLongestBreak);
  while (i < limit) {
    const char c = text[i];
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '"' || c == '\'') {
      ++i;
    } else if (c == '\\') {
      ++i;
      if (i < limit && (text[i] == 'n' || text[i] == 'r' || text[i] == 't')) ++i;
    } else if (text.substr(i, 2) == "\xC2\xA0") {
      i += 2;
    } else if (text.substr(i, 3) == "\xE2\x80\x8B" || text.substr(i, 3) == "\xE2\x80\xAF") {
      i += 3;
    } else {
      break;
    }
  }
  return std::min(i, text.size());
}

// The end of one of Anthropic's credentials or of a virtual key, however it was wrapped.
std::size_t credential_end(std::string_view text, std::size_t i) {
  std::size_t end = token_end(text, i);
  while (end - i < kLongestKey) {
    const std::size_t next = break_end(text, end);
    if (next == end) break;
    const std::size_t stop = token_end(text, next);
    if (!is_key_piece(text.substr(next, stop - next))) break;
    end = stop;
  }
  return end;
}

// "sk-ant-api03-" alone is no secret.
bool is_bare(std::string_view token) { return token.ends_with('-') && token.size() <= kLongestPrefix; }

bool is_quote(char c) { return c == '"' || c == '\''; }

bool has_digit(std::string_view token) {
  return std::ranges::any_of(token, is_digit);
}

// Anthropic's credentials and virtual keys are found behind breaks, too.
std::size_t value_end(std::string_view text, std::size_t i) {
  return matches_at(text, i, "sk-ant-") || matches_at(text, i, "lks_") ? credential_end(text, i) : token_end(text, i);
}

// Where the secret value behind a name starts, or npos: skips quotes, colons, equals signs, a list's bracket, and a scheme.
// ('x-api-key', 'VALUE') is a pair, but ["x-api-key", "anthropic-version"] a list of names: behind a comma a value must be
// quoted and hold a digit.
std::size_t value_start(std::string_view text, std::size_t i) {
  const std::size_t limit = std::min(text.size(), i + 8);
  bool separated = false;
  bool paired = false;
  while (i < limit && (text[i] == ' ' || is_quote(text[i]) || text[i] == ':' || text[i] == '=' || text[i] == ',' ||
                       text[i] == '\\')) {
    separated |= text[i] == ':' || text[i] == '=';
    paired |= text[i] == ',' && is_quote(text[i - 1]);
    ++i;
    if (paired && i + 1 < limit && text[i] == 'b' && is_quote(text[i + 1])) ++i;  // b'…' of Python
  }
  if (separated && i < text.size() && text[i] == '[') i = break_end(text, i + 1);
  if (!separated && (!paired || !is_quote(text[i - 1]))) return std::string_view::npos;
  for (const std::string_view scheme : {"bearer ", "basic "}) {
    if (matches_at(text, i, scheme)) i += scheme.size();
  }
  const bool secret = separated || has_digit(text.substr(i, token_end(text, i) - i));
  return secret ? i : std::string_view::npos;
}

// First characters of all that find_secret() looks for, either case: everything else is skipped at one look-up a byte.
constexpr auto kMayStart = [] {
  std::array<bool, 256> table{};
  const auto add = [&table](char c) {
    table[static_cast<unsigned char>(c)] = true;
    table[static_cast<unsigned char>(upper_case(c))] = true;
  };
  for (const Prefix& prefix : kTokens) add(prefix.lower_case.front());
  for (const std::string_view name : kNames) add(name.front());
  add(':');
  add('?');
  add('b');
  add('&');
  return table;
}();

// The n of a literal \n belongs to no word.
bool begins_word(std::string_view text, std::size_t i) {
  if (i == 0 || !is_token_char(text[i - 1]) || text[i - 1] == '.') return true;
  return i > 1 && text[i - 2] == '\\' && (text[i - 1] == 'n' || text[i - 1] == 'r' || text[i - 1] == 't');
}

// What is to be replaced at position i: [from, end). Empty where nothing is.
struct Found {
  std::size_t from = 0;
  std::size_t end = 0;
};

Found find_token(std::string_view text, std::size_t i) {
  for (const Prefix& prefix : kTokens) {
    if (!matches_at(text, i, prefix.lower_case)) continue;
    const std::size_t stop = value_end(text, i);
    if (!is_bare(text.substr(i, stop - i)) && stop - i >= prefix.lower_case.size() + prefix.shortest) return {i, stop};
    break;
  }
  for (const std::string_view name : kNames) {
    if (!matches_at(text, i, name)) continue;
    const std::size_t start = value_start(text, i + name.size());
    if (start == std::string_view::npos) continue;
    const std::size_t stop = value_end(text, start);
    const bool shown = is_bare(text.substr(start, stop - start)) && text.substr(stop).starts_with("…");  // redacted before
    if (!shown && stop - start >= kShortestValue) return {start, stop};
  }
  return {};
}

// What stands behind the word Bearer.
Found find_bearer(std::string_view text, std::size_t i) {
  if (!matches_at(text, i, "bearer")) return {};
  const std::size_t behind = i + std::string_view("bearer").size();
  const bool sign = behind < text.size() && (text[behind] == ':' || text[behind] == '=');
  const std::size_t start = break_end(text, sign ? behind + 1 : behind);
  if (start == behind) return {};
  const std::size_t stop = value_end(text, start);
  const std::string_view token = text.substr(start, stop - start);
  return token.size() >= kShortestBearer && !is_bare(token) && has_digit(token) ? Found{start, stop} : Found{};
}

// A credential that is glued to something else. "talks_to" is no virtual key: behind lks_ there are letters and digits only.
Found find_glued(std::string_view text, std::size_t i) {
  const bool virtual_key = matches_at(text, i, "lks_");
  if (!virtual_key && !matches_at(text, i, "sk-ant-")) return {};
  const std::size_t stop = credential_end(text, i);
  if (virtual_key && text.substr(0, token_end(text, i)).find_first_of("_-.", i + 4) < i + 4 + kShortestGluedKey) return {};
  const bool complete = virtual_key ? stop - i >= 4 + kShortestGluedKey : !is_bare(text.substr(i, stop - i));
  return complete ? Found{i, stop} : Found{};
}

// The password of ://user:password@
Found find_password(std::string_view text, std::size_t i) {
  if (!matches_at(text, i, "://")) return {};
  const std::size_t stop = text.find_first_of("/@ \"'\n", i + 3);
  const std::size_t colon = text.substr(0, stop).find(':', i + 3);
  if (stop == std::string_view::npos || text[stop] != '@' || colon == std::string_view::npos) return {};
  return {colon + 1, stop};
}

// The value of a URL's query parameter that is long enough to be a secret: ?key=…
Found find_query(std::string_view text, std::size_t i) {
  std::size_t equals = i + 1;
  while (equals < text.size() && is_token_char(text[equals])) ++equals;
  if (equals == i + 1 || equals >= text.size() || text[equals] != '=') return {};
  const std::size_t stop = token_end(text, equals + 1);
  return stop - equals - 1 >= kShortestValue ? Found{equals + 1, stop} : Found{};
}

// Where what stands for '-' or '_' ends that begins at i, else i: %2D, %252D (escaped again), \u005f and \x2d with all
// their backslashes, &#45;, and the dashes that word processors put for a hyphen between two characters of a key.
constexpr std::string_view kDashSigns = "%\\&\xE2\xEF";

std::size_t hex_dash_end(std::string_view text, std::size_t i, std::size_t at, char& dash) {
  const bool line = matches_at(text, at, "5f");
  if (!line && !matches_at(text, at, "2d")) return i;
  dash = line ? '_' : '-';
  return at + 2;
}

std::size_t entity_dash_end(std::string_view text, std::size_t i, char& dash) {
  std::size_t at = i + 1;
  while (text.substr(at).starts_with("amp;")) at += 4;
  for (const std::string_view entity : {"#45;", "#045;", "#x2d;", "hyphen;", "dash;", "ndash;", "#95;", "#095;", "#x5f;", "lowbar;"}) {
    if (!matches_at(text, at, entity)) continue;
    dash = entity.ends_with("95;") || entity == "#x5f;" || entity == "lowbar;" ? '_' : '-';
    return at + entity.size();
  }
  return i;
}

std::size_t typographic_dash_end(std::string_view text, std::size_t i, char& dash) {
  const std::string_view sign = text.substr(i, 3);
  const bool known = (sign >= "\xE2\x80\x90" && sign <= "\xE2\x80\x95") || sign == "\xE2\x88\x92" || sign == "\xEF\xBC\x8D" ||
                     sign == "\xEF\xB9\xA3" || sign == "\xEF\xB9\x98";
  if (!known || sign.size() < 3 || i == 0 || i + 3 >= text.size()) return i;
  const auto in_word = [](char c) { return is_token_char(c) || !is_ascii(c); };
  if (!in_word(text[i - 1]) || !in_word(text[i + 3])) return i;  // a dash of prose
  dash = '-';
  return i + 3;
}

std::size_t escaped_dash_end(std::string_view text, std::size_t i, char& dash) {
  std::size_t at = i + 1;
  switch (text[i]) {
    case '%':
      while (text.substr(at, 2) == "25") at += 2;
      return hex_dash_end(text, i, at, dash);
    case '\\':
      while (at < text.size() && text[at] == '\\') ++at;
      if (matches_at(text, at, "u00")) return hex_dash_end(text, i, at + 3, dash);
      return matches_at(text, at, "x") ? hex_dash_end(text, i, at + 1, dash) : i;
    case '&':
      return entity_dash_end(text, i, dash);
    default:
      return typographic_dash_end(text, i, dash);
  }
}

// Most texts have none, and learn it at the speed of memchr.
bool has_escaped_dash(std::string_view text) {
  char dash = 0;
  for (const char sign : kDashSigns) {
    for (std::size_t at = text.find(sign); at != std::string_view::npos; at = text.find(sign, at + 1)) {
      if (escaped_dash_end(text, at, dash) != at) return true;
    }
  }
  return false;
}

std::string without_escaped_dashes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t escape = std::min(text.find_first_of(kDashSigns, i), text.size());
    out += text.substr(i, escape - i);
    if (escape == text.size()) break;
    char dash = text[escape];
    i = escaped_dash_end(text, escape, dash);
    if (i == escape) ++i;
    out += dash;
  }
  return out;
}

std::string redact_plain(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t clean = 0;  // start of the run that is copied as it is
  std::size_t i = 0;
  while (i < text.size()) {
    if (!kMayStart[static_cast<unsigned char>(text[i])]) {
      ++i;
      continue;
    }
    const bool at_word_start = begins_word(text, i);
    Found found;
    if (text[i] == ':') {
      found = find_password(text, i);
    } else if (text[i] == '?' || text[i] == '&') {
      found = find_query(text, i);
    } else if (at_word_start) {
      found = lower_case(text[i]) == 'b' ? find_bearer(text, i) : find_token(text, i);
    }
    if (!at_word_start && found.end == 0) found = find_glued(text, i);
    if (found.end == 0) {
      ++i;
      continue;
    }
    while (found.end > found.from && text[found.end - 1] == '.') --found.end;  // the full stop of a sentence
    out.append(text, clean, found.from - clean);
    const bool alone = text[i] == ':' || text[i] == '?' || text[i] == '&';
    out += alone ? "…" : redacted(text.substr(found.from, found.end - found.from));
    clean = i = found.end;
  }
  out.append(text, clean, text.size() - clean);
  return out;
}

std::string redact_once(std::string_view raw) {
  // Colour inside a credential would hide it from the search.
  const bool coloured = raw.find('\x1b') != std::string_view::npos;
  const std::string plain = coloured ? without_terminal_sequences(raw) : std::string();
  const std::string_view text = coloured ? std::string_view(plain) : raw;
  // So would the escapes of URLs, of JSON and of HTML, and other dashes. A text in which they hide nothing stays as it is.
  if (has_escaped_dash(text)) {
    const std::string unescaped = without_escaped_dashes(text);
    std::string out = redact_plain(unescaped);
    if (out != unescaped) return out;
  }
  return redact_plain(text);
}

// What a replacement leaves can stand next to something with which it looks like a credential again.
constexpr int kPasses = 16;

}  // namespace

std::string redact(std::string_view text) {
  std::string out = redact_once(text);
  if (out == text) return out;
  for (int pass = 1; pass < kPasses; ++pass) {
    std::string again = redact_once(out);
    if (again == out) break;
    out = std::move(again);
  }
  return out;
}

}  // namespace locksmith::model::credential
