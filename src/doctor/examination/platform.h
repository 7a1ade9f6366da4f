// The public status page: does it show a problem of the API? Pure; the request is the examination's.
//
// Source: status.claude.com is a Statuspage; since September 2026 its own domain may answer programs with a challenge, while
// anthropic.statuspage.io serves the same document.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace locksmith::doctor::examination {

inline constexpr std::array<std::string_view, 2> kStatusPages{"https://status.claude.com/api/v2/summary.json",
                                                              "https://anthropic.statuspage.io/api/v2/summary.json"};

struct PlatformStatus {
  bool incident = false;
  std::string words;  // "Claude API: major_outage; incident: Elevated errors"
};

// nullopt where the text is no such document.
std::optional<PlatformStatus> read_status_page(std::string_view json);

}  // namespace locksmith::doctor::examination
