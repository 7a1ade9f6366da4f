// Phrases by meaning: which of the known meanings does a text express?
//
// One Aho-Corasick automaton over all phrases, so the cost does not depend on their number: one table look-up a letter, a
// few nanoseconds. A phrase may have gaps (*), each of up to kGap letters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/evidence/error_text.h"

namespace locksmith::model::evidence {

struct Meaning {
  std::string name;
  std::vector<std::string> phrases;
};

class PhraseBook {
 public:
  static constexpr std::size_t kGap = 120;  // letters: a value, a name or a model id stands in a gap, never a paragraph

  // Phrases of no letters are ignored. Cost: some milliseconds for a thousand phrases.
  explicit PhraseBook(std::vector<Meaning> meanings);

  std::size_t size() const { return names_.size(); }
  std::string_view name(std::size_t meaning) const { return names_[meaning]; }

  // Calls found(meaning index) for each meaning in the text; may call it more than once for one. Linear.
  template <class Found>
  void find(const NormalText& text, Found&& found) const {
    find_all(text, [](void* f, std::size_t meaning) { (*static_cast<Found*>(f))(meaning); }, &found);
  }

 private:
  // A segment is what stands between two gaps; a phrase is a chain of them.
  struct Segment {
    std::uint32_t length = 0;
    std::int32_t previous = -1;  // index of the segment that must come before, -1: none
    std::int32_t meaning = -1;   // the meaning that is complete when this segment is found, -1: more must follow
  };

  void find_all(const NormalText& text, void (*found)(void*, std::size_t), void* context) const;
  std::uint32_t add_word(std::string_view letters);
  void link();

  std::vector<std::string> names_;
  std::vector<Segment> segments_;
  // The automaton. States in order of insertion; next_[state * classes_ + class].
  std::uint8_t class_of_[256] = {};
  std::size_t classes_ = 1;  // class 0: a letter in no phrase
  std::vector<std::uint32_t> next_;
  std::vector<std::uint32_t> fail_;
  std::vector<std::vector<std::uint32_t>> ends_;  // by state: the segments that end there
  std::vector<std::uint32_t> dictionary_;         // by state: the next shorter state with ends, 0: none
};

}  // namespace locksmith::model::evidence
