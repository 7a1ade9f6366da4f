// A virtual key: what an app sends to the gateway instead of a real credential.
//
// Its text is lks_ and 49 characters of base 62: 43 random ones (256 bits) and 6 that hold the CRC-32 of those, so that a
// mistyped or cut key is told from an unknown one without a look-up, and a scanner can tell a key from noise. The
// checksum guards nothing. Only the SHA-256 of the text is kept: with 256 random bits a plain hash cannot be undone.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "vocabulary/instant.h"
#include "vocabulary/secret.h"
#include "vocabulary/strong.h"

namespace locksmith::model::tenant {

inline constexpr std::string_view kKeyPrefix = "lks_";
inline constexpr std::size_t kKeyRandomBytes = 32;
inline constexpr std::size_t kKeyLength = 53;

using KeyDigest = std::array<std::uint8_t, 32>;                     // SHA-256 of the whole text
using VirtualKeyId = Strong<struct VirtualKeyIdTag>;                // lksid_ and 16 base-62 characters: may be shown
using WorkspaceName = Strong<struct WorkspaceNameTag>;              // the gateway's own workspaces: "default"

enum class KeyState : std::uint8_t { active, suspended, revoked };
std::string_view name(KeyState state);                              // the word that is stored and shown
std::optional<KeyState> key_state(std::string_view name);

struct VirtualKey {
  VirtualKeyId id;
  std::string name;                // the user's word for it
  WorkspaceName workspace;
  KeyDigest digest{};
  std::string tail;                // the last 4 characters, to recognise it by
  KeyState state = KeyState::active;
  Instant created{};
  std::optional<Instant> expires;  // from this instant on it is refused
};

// Of a key or a workspace: 1 to limits::kKeyName characters of UTF-8, none of them a control character, so that it can be printed
// in a line anywhere.
bool is_good_name(std::string_view name);
// For names that were stored when any were: what is_good_name() refuses becomes ?, and what is too long is cut.
std::string shown_name(std::string_view name);

// The text of a new key from random bytes.
Secret make_key_text(std::span<const std::uint8_t, kKeyRandomBytes> random);
// The id of a new key from random bytes of its own.
VirtualKeyId make_key_id(std::span<const std::uint8_t, 12> random);

enum class KeyForm : std::uint8_t {
  good,
  other_prefix,    // no virtual key of this program
  wrong_length,    // cut, or pasted twice
  wrong_character,
  wrong_checksum,  // a letter was changed
};
// What can be said of a text without knowing any key. Constant work for one length.
KeyForm examine_key(std::string_view text);

}  // namespace locksmith::model::tenant
