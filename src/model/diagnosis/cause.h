// The causes: every root cause that a diagnosis can name, with its finer codes.
//
// A cause is a stable word that users, scripts and pages refer to; a finer code ("key_malformed.trailing_newline") stands
// where the fix differs. The list is docs/causes/ made checkable: tests/tidy proves that each cause has a page with a
// section for each of its finer codes, a rule that concludes it; tests/diagnosis that each cause is named first for some report.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace locksmith::model::diagnosis {

// Where the failure lives: whom to turn to.
enum class Side : std::uint8_t { machine, network, intermediary, account, request, platform };

struct CauseCode {
  std::string_view name;   // "key_malformed.trailing_newline"; the part before the dot is the cause
  std::string_view title;  // "The key ends in a line break": a headline, no full stop
  Side side;

  std::string_view cause() const { return name.substr(0, name.find('.')); }
  bool is_finer() const { return name.find('.') != std::string_view::npos; }
};

// All codes, grouped by cause, each cause before its finer codes.
std::span<const CauseCode> cause_codes();

// nullptr where there is none of that name.
const CauseCode* find_cause(std::string_view name);

// Index into cause_codes(); asserted to exist: for rules, which are checked when the program starts its first diagnosis.
std::size_t cause_index(std::string_view name);

// The listed names nearest to a mistyped one, best first, at most three.
std::span<const std::string_view> nearest_causes(std::string_view mistyped, std::span<std::string_view> room);

}  // namespace locksmith::model::diagnosis
