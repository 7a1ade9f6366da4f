#include "model/evidence/phrase_book.h"

#include <algorithm>

#include "vocabulary/assert.h"
#include "vocabulary/character.h"

namespace locksmith::model::evidence {
namespace {

std::vector<std::string> segments_of(std::string_view phrase) {
  std::vector<std::string> segments;
  while (true) {
    const std::size_t star = phrase.find('*');
    NormalText normal;
    normal.append(phrase.substr(0, star));
    if (!normal.letters.empty()) segments.push_back(std::move(normal.letters));
    if (star == std::string_view::npos) return segments;
    phrase.remove_prefix(star + 1);
  }
}

}  // namespace

PhraseBook::PhraseBook(std::vector<Meaning> meanings) {
  std::vector<std::pair<std::string, Segment>> words;
  for (Meaning& meaning : meanings) {
    for (const std::string& phrase : meaning.phrases) {
      const std::vector<std::string> parts = segments_of(phrase);
      for (std::size_t i = 0; i < parts.size(); ++i) {
        Segment segment;
        segment.length = static_cast<std::uint32_t>(parts[i].size());
        segment.previous = i == 0 ? -1 : static_cast<std::int32_t>(words.size() - 1);
        segment.meaning = i + 1 == parts.size() ? static_cast<std::int32_t>(names_.size()) : -1;
        words.emplace_back(parts[i], segment);
      }
    }
    names_.push_back(std::move(meaning.name));
  }
  for (const auto& [letters, segment] : words) {
    for (const char c : letters) {
      std::uint8_t& letter_class = class_of_[static_cast<unsigned char>(c)];
      if (letter_class == 0) {
        LOCKSMITH_ASSERT(classes_ < 255);
        letter_class = static_cast<std::uint8_t>(classes_++);
      }
    }
  }
  next_.assign(classes_, 0);
  ends_.emplace_back();
  for (const auto& [letters, segment] : words) {
    const std::uint32_t state = add_word(letters);
    ends_[state].push_back(static_cast<std::uint32_t>(segments_.size()));
    segments_.push_back(segment);
  }
  link();
}

std::uint32_t PhraseBook::add_word(std::string_view letters) {
  std::uint32_t state = 0;
  for (const char c : letters) {
    const std::size_t at = state * classes_ + class_of_[static_cast<unsigned char>(c)];
    if (next_[at] == 0) {
      next_[at] = static_cast<std::uint32_t>(ends_.size());
      next_.resize(next_.size() + classes_, 0);
      ends_.emplace_back();
    }
    state = next_[at];
  }
  return state;
}

void PhraseBook::link() {
  fail_.assign(ends_.size(), 0);
  dictionary_.assign(ends_.size(), 0);
  std::vector<std::uint32_t> queue;
  for (std::size_t c = 0; c < classes_; ++c) {
    if (next_[c] != 0) queue.push_back(next_[c]);
  }
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const std::uint32_t state = queue[head];
    const std::uint32_t shorter = fail_[state];
    dictionary_[state] = ends_[shorter].empty() ? dictionary_[shorter] : shorter;
    for (std::size_t c = 0; c < classes_; ++c) {
      std::uint32_t& target = next_[state * classes_ + c];
      const std::uint32_t fallback = next_[shorter * classes_ + c];
      if (target == 0) {
        target = fallback;
      } else {
        fail_[target] = fallback;
        queue.push_back(target);
      }
    }
  }
}

void PhraseBook::find_all(const NormalText& text, void (*found)(void*, std::size_t), void* context) const {
  constexpr std::size_t kNever = static_cast<std::size_t>(-1);
  // Where each segment that others wait for was last complete.
  thread_local std::vector<std::size_t> last_end;
  last_end.assign(segments_.size(), kNever);
  std::uint32_t state = 0;
  std::size_t paragraph = 0;  // where the present one begins
  for (std::size_t i = 0; i < text.letters.size(); ++i) {
    if (text.word_start[i] == NormalText::kParagraph) paragraph = i;
    state = next_[state * classes_ + class_of_[static_cast<unsigned char>(text.letters[i])]];
    for (std::uint32_t s = ends_[state].empty() ? dictionary_[state] : state; s != 0; s = dictionary_[s]) {
      for (const std::uint32_t index : ends_[s]) {
        const Segment& segment = segments_[index];
        const std::size_t start = i + 1 - segment.length;
        if (text.word_start[start] == '\0') continue;
        // A number is whole: "error 1006" is not the beginning of "error 10061".
        if (is_digit(text.letters[i]) && i + 1 < text.letters.size() && is_digit(text.letters[i + 1]) && text.word_start[i + 1] == '\0') continue;
        if (segment.previous >= 0) {
          const std::size_t end = last_end[static_cast<std::size_t>(segment.previous)];
          if (end == kNever || end > start || start - end > kGap || end <= paragraph) continue;
        }
        last_end[index] = i + 1;
        if (segment.meaning >= 0) found(context, static_cast<std::size_t>(segment.meaning));
      }
    }
  }
}

}  // namespace locksmith::model::evidence
