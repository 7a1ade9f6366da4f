// Facts: what the rules reason about. An evidence document becomes a set of named facts, each present or not known.
//
// Three kinds of names: the observations as they are ("works.curl"); "says.MEANING" for each meaning of the wordings; and
// what is derived here from status, headers, URLs and credentials ("class.auth", "cred.shape.oauth-token").
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/evidence/evidence.h"
#include "model/evidence/phrase_book.h"

namespace locksmith::model::diagnosis {

using FactId = std::uint16_t;
inline constexpr std::size_t kFactRoom = 1024;  // more than all names together; asserted when they are registered

class FactSet {
 public:
  void add(FactId id) { words_[id / 64] |= 1ULL << (id % 64); }
  bool has(FactId id) const { return (words_[id / 64] >> (id % 64) & 1U) != 0; }
  std::size_t count() const;

 private:
  std::array<std::uint64_t, kFactRoom / 64> words_{};
};

// Names to numbers. Built once; then only read, by any thread.
class FactNames {
 public:
  explicit FactNames(const evidence::PhraseBook& book);

  static constexpr FactId kNone = kFactRoom - 1;
  FactId find(std::string_view name) const;  // kNone where there is none
  std::string_view name(FactId id) const { return names_[id]; }
  std::size_t size() const { return names_.size(); }
  FactId meaning(std::size_t index) const { return static_cast<FactId>(first_meaning_ + index); }

 private:
  void add(std::string name);

  std::vector<std::string> names_;
  std::unordered_map<std::string_view, FactId> ids_;
  std::size_t first_meaning_ = 0;
};

// Pure. Contradictory documents give contradictory facts; the rules weigh them.
FactSet derive(const evidence::Evidence& evidence, const FactNames& names, const evidence::PhraseBook& book);

}  // namespace locksmith::model::diagnosis
