#include "model/finding/grammar.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <utility>

#include "model/credential/forms.h"
#include "model/tenant/virtual_key.h"
#include "vocabulary/character.h"

namespace locksmith::model::finding {
namespace {

using credential::Shape;

constexpr std::size_t kBody = 95;             // characters behind the prefix of a key of fixed length
constexpr std::size_t kRandom = 86;           // of them, those that hold the 64 random bytes
constexpr std::size_t kLongestRun = 256;      // login tokens have up to 200
constexpr std::size_t kLongestToken = 8192;   // a JWT in a header: servers refuse longer fields
constexpr std::size_t kShortestToken = 40;    // behind the prefix; the other scanners' lower bound for login tokens

struct Kind {
  std::string_view type;
  Shape shape;
  bool fixed;  // 95 characters behind the prefix, always
};
// api01 is the key of the Compliance API; other numbers of api were seen in tests only.
constexpr std::array kKinds{
    Kind{"api01", Shape::scoped_key, true},     Kind{"admin", Shape::admin_key, true},  Kind{"api", Shape::api_key, true},
    Kind{"oat", Shape::oauth_token, false},     Kind{"ort", Shape::refresh_token, false}, Kind{"sid", Shape::session_key, false},
};

// Words that stand in examples and in no key: of five letters or more, so that chance writes one in a key in a million.
constexpr std::array<std::string_view, 22> kExampleWords{
    "example", "placeholder", "redacted", "replace", "yourkey",  "your_key", "your-key", "your_api", "your-api", "sample", "dummy",
    "notreal", "not-real",    "not_real", "testing", "test-key", "test_key", "fakekey",  "fake-key", "fake_key", "xxxxx",  "secret"};

bool has_example_word(std::string_view text) {
  return std::ranges::any_of(kExampleWords, [&](std::string_view word) {
    return !std::ranges::search(text, word, {}, lower_case).empty();
  });
}

// Whether characters drawn by chance look like this: as many different ones as a draw gives, no run of one, no run of the alphabet,
// no block that comes back. A draw fails in less than one of a million.
bool looks_random(std::string_view body) {
  std::bitset<128> seen;
  std::size_t longest = 1;
  std::size_t run = 1;
  std::size_t steps = 0;
  bool upper = false;
  bool lower = false;
  bool digit = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    seen.set(static_cast<unsigned char>(c) & 0x7FU);
    upper = upper || is_upper(c);
    lower = lower || is_lower(c);
    digit = digit || is_digit(c);
    if (i == 0) continue;
    run = c == body[i - 1] ? run + 1 : 1;
    longest = std::max(longest, run);
    steps += c - body[i - 1] == 1 || body[i - 1] - c == 1 ? 1U : 0U;
  }
  // 95 characters have 47 ± 3 different ones, 40 have 30 ± 2.5: five deviations below.
  const std::size_t least = body.size() >= 80 ? 30 : 17;
  if (seen.count() < least || longest > 5 || !upper || !lower || (!digit && body.size() >= 80)) return false;
  if (steps * 6 > body.size()) return false;
  for (std::size_t period = 2; period * 2 <= body.size(); ++period) {
    std::size_t same = 0;
    for (std::size_t i = period; i < body.size(); ++i) same += body[i] == body[i - period] ? 1U : 0U;
    if (same * 2 > body.size() - period && body.size() - period >= 20) return false;
  }
  return !has_example_word(body);
}

bool ends_a_group(char c) { return c == 'A' || c == 'Q' || c == 'g' || c == 'w'; }

bool is_canonical(std::string_view body) {
  return body.size() >= kBody && body[kRandom] == '-' && ends_a_group(body[kRandom - 1]) && ends_a_group(body[kBody - 3]) &&
         body[kBody - 2] == 'A' && body[kBody - 1] == 'A' && run_length(body, kBody) == kBody && looks_random(body.substr(0, kRandom - 1));
}

// header.payload.signature behind sk-ant-cc- or sk-ant-si-.
std::optional<Graded> grade_token(std::string_view text, std::size_t prefix) {
  std::size_t at = prefix;
  for (int part = 0; part < 3; ++part) {
    const std::size_t length = run_length(text.substr(at), kLongestToken);
    if (length < 10 || (part == 0 && !text.substr(at).starts_with("eyJ"))) return Graded{Shape::session_key, Grade::placeholder, at};
    at += length;
    if (part < 2) {
      if (at >= text.size() || text[at] != '.') return Graded{Shape::session_key, Grade::placeholder, at};
      ++at;
    }
  }
  return Graded{Shape::session_key, Grade::prefix, at};
}

std::optional<Graded> grade_claude(std::string_view text) {
  const std::string_view rest = text.substr(kClaudePrefix.size());
  if (rest.starts_with("cc-") || rest.starts_with("si-")) return grade_token(text, kClaudePrefix.size() + 3);
  std::size_t letters = 0;
  while (letters < rest.size() && letters < 9 && is_lower(rest[letters])) ++letters;
  const bool shaped = letters >= 2 && letters <= 8 && rest.size() > letters + 2 && is_digit(rest[letters]) && is_digit(rest[letters + 1]) &&
                      rest[letters + 2] == '-';
  if (!shaped) return Graded{Shape::unknown, Grade::placeholder, kClaudePrefix.size()};
  const std::string_view type = rest.substr(0, letters + 2);
  const auto* const kind = std::ranges::find_if(kKinds, [&](const Kind& k) { return type.starts_with(k.type); });
  const Shape shape = kind == kKinds.end() ? Shape::unknown : kind->shape;
  const std::size_t prefix = kClaudePrefix.size() + type.size() + 1;
  const std::string_view body = text.substr(prefix);
  if (is_canonical(body)) return Graded{shape, Grade::canonical, prefix + kBody};
  const std::size_t run = run_length(body, kLongestRun);
  if (run == kBody && body.substr(0, run).ends_with("AA") && looks_random(body.substr(0, kBody - 2))) {
    return Graded{shape, Grade::pattern, prefix + kBody};
  }
  const bool fixed = kind != kKinds.end() && kind->fixed;
  if (!fixed && run >= kShortestToken && run < kLongestRun && looks_random(body.substr(0, run))) return Graded{shape, Grade::prefix, prefix + run};
  return Graded{shape, Grade::placeholder, prefix + run};
}

}  // namespace

std::size_t run_length(std::string_view text, std::size_t most) {
  const std::string_view looked_at = text.substr(0, most);
  return static_cast<std::size_t>(std::ranges::find_if_not(looked_at, credential::is_key_char) - looked_at.begin());
}

std::string_view name(Grade grade) {
  constexpr std::array<std::string_view, 4> kNames{"canonical", "pattern", "prefix", "placeholder"};
  return kNames[static_cast<std::size_t>(grade)];
}

std::string_view to_words(Grade grade) {
  constexpr std::array<std::string_view, 4> kWords{"the whole form of a key", "the length and end of a key, not its whole form",
                                                   "the beginning of a key and enough random characters", "no key: an example, a mask or a part"};
  return kWords[static_cast<std::size_t>(grade)];
}

std::optional<Graded> grade(std::string_view text) {
  if (text.starts_with(tenant::kKeyPrefix)) {
    const bool good = tenant::examine_key(text.substr(0, tenant::kKeyLength)) == tenant::KeyForm::good;
    return Graded{Shape::virtual_key, good ? Grade::canonical : Grade::placeholder, good ? tenant::kKeyLength : tenant::kKeyPrefix.size()};
  }
  if (!text.starts_with(kClaudePrefix)) return std::nullopt;
  return grade_claude(text);
}

std::optional<std::string> without_overlap(std::string_view run) {
  for (std::size_t overlap = 1; overlap < 32; ++overlap) {
    for (std::size_t cut = 8; cut + overlap < run.size() && cut <= kLongestFixed; cut += 8) {
      if (cut < overlap || run.substr(cut, overlap) != run.substr(cut - overlap, overlap)) continue;
      std::string whole(run.substr(0, cut));
      whole += run.substr(cut + overlap, kLongestFixed);
      const auto graded = grade(whole);
      if (graded && graded->grade == Grade::canonical) return whole.substr(0, graded->length);
    }
  }
  return std::nullopt;
}

std::string hint(std::string_view key) {
  const std::size_t dash = key.starts_with(kClaudePrefix) ? key.find('-', kClaudePrefix.size()) : key.find('_');
  const std::size_t prefix = dash == std::string_view::npos ? 0 : dash + 1;
  if (key.size() < prefix + 20) return std::string(key.substr(0, prefix)) + "...";
  return std::string(key.substr(0, prefix + 3)) + "..." + std::string(key.substr(key.size() - 4));
}

}  // namespace locksmith::model::finding
