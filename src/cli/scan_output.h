// What a scan found, in each form that is asked for. None of them holds a key: its short form and its fingerprint name it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/findings.h"

namespace locksmith::cli {

// What the API says of a key; not asked unless --verify is given.
enum class Alive : std::uint8_t { not_asked, live, dead, unknown };

struct ScanFinding {
  scanner::Finding finding;
  Alive alive = Alive::not_asked;
  std::string organization;  // its id, of a live key, where the API told it
  std::string answer;        // why it is unknown
};

struct ScanResult {
  std::vector<ScanFinding> findings;
  std::uint64_t known = 0;       // places that the baseline knows, which are left out
  std::vector<scanner::Unread> unread;
  std::uint64_t more_unread = 0;
  scanner::Covered covered;
  double seconds = 0;
  bool interrupted = false;      // not all was looked at
  bool with_history = false;
  bool staged = false;
  bool complete() const { return unread.empty() && more_unread == 0 && !interrupted; }
};

// "path!inside:line:column", as people and editors read it; steering characters are blanks.
std::string place_in_words(const scanner::Place& place);
// The kind of a key as rules are named: "api-key".
std::string_view rule_of(const scanner::Finding& finding);

// The text with all that `stays` refuses as percent codes, byte by byte.
std::string percent_escaped(std::string_view text, bool (*stays)(char));

struct TextStyle {
  bool color = false, plain = false;
};
std::string scan_text(const ScanResult& result, const TextStyle& style);
std::string scan_json(const ScanResult& result);         // locksmith.scan/1
std::string scan_sarif(const ScanResult& result);        // SARIF 2.1.0 (OASIS)
std::string scan_github(const ScanResult& result);       // workflow commands, which show as annotations
std::string scan_gitlab(const ScanResult& result);       // a Code Quality report

}  // namespace locksmith::cli
