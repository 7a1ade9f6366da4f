#include "model/finding/find.h"

#include <algorithm>
#include <array>

#include "model/finding/anchors.h"
#include "model/finding/decode.h"
#include "model/finding/joined.h"
#include "vocabulary/character.h"

namespace locksmith::model::finding {
namespace {

constexpr int kDeepest = 5;                         // notations within notations
constexpr std::size_t kLongestRun = 256;             // in which a key that was loaded in pieces is looked for
constexpr std::size_t kShort = 1024;                // undone where one key is expected: a key of 216 characters, escaped twice
constexpr std::size_t kLongBase64 = 64 * 1024;      // undone of one run: documents with a key inside
constexpr std::size_t kInflated = 4 * 1024 * 1024;  // of one gzip in base64: a Helm release has at most 1 MiB packed
constexpr std::size_t kTimesTheSpan = 8;
constexpr std::size_t kBesides = 1024 * 1024;

// The last run of base64 that was undone, in each of the four alignments: its other anchors need no second look.
struct Undone {
  std::size_t begin = 0, end = 0;
};

class Search {
 public:
  Search(const Finder& finder, std::size_t size) : finder_(finder), left_(size * kTimesTheSpan + kBesides) {}

  // `root`: where in the span of the caller the outermost notation began; only for depth > 0.
  void look(std::string_view bytes, std::size_t begin, std::size_t end, int depth, std::size_t root, const std::string& carrier) {
    std::array<Undone, 4> undone{};
    for (auto anchor = next_anchor(bytes, 0); anchor; anchor = next_anchor(bytes, anchor->next)) {
      if (anchor->at >= end) return;
      if (anchor->at < begin) continue;
      const Place place{depth == 0 ? anchor->at : root, depth, carrier};
      look_at(bytes, *anchor, place, undone);
    }
  }

  bool complete() const { return complete_; }

 private:
  struct Place {
    std::size_t at;
    int depth;
    const std::string& carrier;
  };

  static std::string with(const std::string& carrier, std::string_view more) {
    return carrier.empty() ? std::string(more) : carrier + " " + std::string(more);
  }

  void tell(const Place& place, credential::Shape shape, Grade grade, std::string_view key, const std::string& carrier) {
    finder_.found({place.at, shape, grade, Secret(key), carrier});
  }
  void tell_placeholder(const Place& place, credential::Shape shape) {
    if (finder_.placeholders) finder_.found({place.at, shape, Grade::placeholder, Secret(), place.carrier});
  }

  // Whether something is left of the bound on what is undone.
  bool may_undo() {
    if (left_ > 0) return true;
    complete_ = false;
    return false;
  }
  void charge(std::size_t cost) { left_ -= std::min(left_, cost); }

  // Into what was undone.
  void deeper(Decoded& decoded, const Place& place, std::string_view how) {
    if (decoded.bytes.size() < 16) return;
    if (place.depth >= kDeepest || !may_undo()) {
      complete_ = false;
    } else {
      charge(decoded.bytes.size());
      look(decoded.bytes, 0, decoded.bytes.size(), place.depth + 1, place.at, with(place.carrier, how));
    }
    wipe(decoded.bytes.data(), decoded.bytes.size());
  }

  void plain(std::string_view bytes, std::size_t at, const Place& place) {
    const auto graded = grade(bytes.substr(at));
    if (!graded) return;
    if (graded->grade == Grade::canonical) return tell(place, graded->shape, graded->grade, bytes.substr(at, graded->length), place.carrier);
    if (const auto joined = joined_key(bytes, at)) return tell(place, joined->graded.shape, joined->graded.grade, joined->key, with(place.carrier, "joined"));
    if (const auto whole = without_overlap(bytes.substr(at, run_length(bytes.substr(at), kLongestRun)))) {
      return tell(place, grade(*whole)->shape, Grade::canonical, *whole, with(place.carrier, "joined"));
    }
    if (const auto code = from_instructions(bytes, at)) return tell(place, code->graded.shape, code->graded.grade, code->key, with(place.carrier, "instructions"));
    if (graded->grade == Grade::placeholder) return tell_placeholder(place, graded->shape);
    tell(place, graded->shape, graded->grade, bytes.substr(at, graded->length), place.carrier);
  }

  void reversed(std::string_view bytes, std::size_t at, const Place& place) {
    std::string text;
    for (std::size_t i = at + kClaudePrefix.size(); i > 0 && text.size() < 256; --i) text += bytes[i - 1];
    const auto graded = grade(text);
    if (graded && graded->grade == Grade::canonical) tell(place, graded->shape, graded->grade, std::string_view(text).substr(0, graded->length), with(place.carrier, "reversed"));
    wipe(text.data(), text.size());
  }

  void base64(std::string_view bytes, const Anchor& anchor, const Place& place, std::array<Undone, 4>& undone) {
    const std::size_t alignment = (anchor.at + 4 - anchor.phase) % 4;
    Undone& last = undone[alignment];
    if ((anchor.at >= last.begin && anchor.at < last.end) || !may_undo()) return;
    Decoded decoded = from_base64_at(bytes, anchor.at, anchor.phase, kLongBase64);
    charge(decoded.end - anchor.at);
    // Only up to the first line end or quote: behind it the alignment is another.
    std::size_t end = anchor.at;
    while (end < decoded.end && (is_letter_or_digit(bytes[end]) || bytes[end] == '+' || bytes[end] == '/' || bytes[end] == '-' || bytes[end] == '_')) ++end;
    last = {anchor.at, end};
    deeper(decoded, place, "base64");
  }

  void base64_gzip(std::string_view bytes, const Anchor& anchor, const Place& place) {
    if (!finder_.inflate || !may_undo()) return;
    // Chance writes H4sI; the third byte of a gzip is 8, and its flags are small.
    Decoded head = from_base64_at(bytes, anchor.at, 0, 12);
    if (head.bytes.size() < 12 || head.bytes[2] != 8 || (static_cast<unsigned char>(head.bytes[3]) & 0xE0U) != 0) return;
    Decoded decoded = from_base64_at(bytes, anchor.at, 0, kLookAhead);
    charge(decoded.end - anchor.at);
    Decoded inflated{finder_.inflate(decoded.bytes, std::min(kInflated, left_ + kBesides)), 0};
    deeper(inflated, place, "base64 gzip");
  }

  using Undo = Decoded (*)(std::string_view bytes, std::size_t at, std::size_t most);
  void short_notation(std::string_view how, Undo undo, std::string_view bytes, std::size_t at, const Place& place) {
    if (!may_undo()) return;
    Decoded decoded = undo(bytes, at, kShort);
    charge(decoded.bytes.size());
    if (decoded.bytes.starts_with("sk") || decoded.bytes.starts_with("lks")) deeper(decoded, place, how);
  }

  void look_at(std::string_view bytes, const Anchor& anchor, const Place& place, std::array<Undone, 4>& undone) {
    switch (anchor.carrier) {
      case Carrier::plain:
      case Carrier::virtual_key:
        return plain(bytes, anchor.at, place);
      case Carrier::type:
        if (const auto joined = joined_around(bytes, anchor.at)) tell(place, joined->graded.shape, joined->graded.grade, joined->key, with(place.carrier, "joined"));
        return;
      case Carrier::reversed:
        return reversed(bytes, anchor.at, place);
      case Carrier::base64:
        return base64(bytes, anchor, place, undone);
      case Carrier::base64_gzip:
        return base64_gzip(bytes, anchor, place);
      case Carrier::hex:
        return short_notation("hex", from_hex_at, bytes, anchor.at, place);
      case Carrier::separated_hex:
        return short_notation("hex", from_separated_hex_at, bytes, anchor.at, place);
      case Carrier::escaped:
        return short_notation("escapes", from_escapes_at, bytes, anchor.at, place);
      case Carrier::decimal:
        return short_notation("decimals", from_decimals_at, bytes, anchor.at, place);
      case Carrier::characters:
        return short_notation("characters", from_characters_at, bytes, anchor.at, place);
      case Carrier::utf16:
        if (anchor.at >= 2) short_notation("utf-16", from_utf16_at, bytes, anchor.at - 2, place);
        return;
    }
  }

  const Finder& finder_;
  std::size_t left_;
  bool complete_ = true;
};

}  // namespace

bool find(std::string_view bytes, std::size_t begin, std::size_t end, const Finder& finder) {
  Search search(finder, bytes.size());
  search.look(bytes, begin, end, 0, 0, {});
  return search.complete();
}

}  // namespace locksmith::model::finding
