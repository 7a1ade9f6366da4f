#include "model/tenant/virtual_key.h"

#include <zlib.h>

#include <algorithm>

#include "vocabulary/character.h"
#include "vocabulary/limits/settings.h"
#include "vocabulary/shown.h"

namespace locksmith::model::tenant {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kRandomDigits = 43;  // 62^43 > 2^256
constexpr std::size_t kChecksumDigits = 6; // 62^6 > 2^32
constexpr std::size_t kTailDigits = 16;    // 62^16 < 2^96, of an id

// Writes a number, given as big-endian bytes that are consumed, as base-62 digits.
void write_digits(std::span<std::uint8_t> number, std::span<char> out) {
  for (std::size_t i = out.size(); i-- > 0;) {
    unsigned rest = 0;
    for (std::uint8_t& byte : number) {
      const unsigned value = rest * 256 + byte;
      byte = static_cast<std::uint8_t>(value / 62);
      rest = value % 62;
    }
    out[i] = kDigits[rest];
  }
}

void write_checksum(std::string_view digits, std::span<char> out) {
  // CRC-32 of ISO 3309, the one of zip and PNG.
  auto sum = static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(digits.data()), digits.size()));
  for (std::size_t i = out.size(); i-- > 0; sum /= 62) out[i] = kDigits[sum % 62];
}

// The length of the character that a text begins with, which is well-formed.
std::size_t character_at(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && is_continuation(text[length])) ++length;
  return length;
}

constexpr std::array<std::string_view, 3> kStateNames{"active", "suspended", "revoked"};

}  // namespace

std::string_view name(KeyState state) { return kStateNames[static_cast<std::size_t>(state)]; }

std::optional<KeyState> key_state(std::string_view name) {
  for (std::size_t i = 0; i < kStateNames.size(); ++i) {
    if (kStateNames[i] == name) return static_cast<KeyState>(i);
  }
  return std::nullopt;
}

bool is_good_name(std::string_view name) { return !name.empty() && shown_name(name) == name; }

std::string shown_name(std::string_view name) {
  std::string shown;
  for (std::size_t characters = 0; !name.empty(); ++characters) {
    if (characters == limits::kKeyName) return shown + "…";
    const std::size_t steering = steering_at(name, 0);
    const std::size_t length = steering != 0 ? steering : character_at(name);
    shown += steering != 0 ? std::string_view("?") : name.substr(0, length);
    name.remove_prefix(length);
  }
  return shown;
}

Secret make_key_text(std::span<const std::uint8_t, kKeyRandomBytes> random) {
  std::array<std::uint8_t, kKeyRandomBytes> number;
  std::copy(random.begin(), random.end(), number.begin());
  std::array<char, kKeyLength> text;
  std::copy(kKeyPrefix.begin(), kKeyPrefix.end(), text.begin());
  const std::span<char> digits(text.data() + kKeyPrefix.size(), kRandomDigits);
  write_digits(number, digits);
  write_checksum({digits.data(), digits.size()}, {digits.data() + digits.size(), kChecksumDigits});
  Secret key(std::string_view(text.data(), text.size()));
  wipe(text.data(), text.size());
  return key;
}

VirtualKeyId make_key_id(std::span<const std::uint8_t, 12> random) {
  std::array<std::uint8_t, 12> number;
  std::copy(random.begin(), random.end(), number.begin());
  std::string text = "lksid_" + std::string(kTailDigits, '0');
  write_digits(number, {text.data() + 6, kTailDigits});
  return VirtualKeyId(text);
}

KeyForm examine_key(std::string_view text) {
  if (!text.starts_with(kKeyPrefix)) return KeyForm::other_prefix;
  if (text.size() != kKeyLength) return KeyForm::wrong_length;
  const std::string_view digits = text.substr(kKeyPrefix.size());
  bool good = true;
  for (const char c : digits) {
    good &= is_letter_or_digit(c);
  }
  if (!good) return KeyForm::wrong_character;
  std::array<char, kChecksumDigits> sum;
  write_checksum(digits.substr(0, kRandomDigits), sum);
  return digits.substr(kRandomDigits) == std::string_view(sum.data(), sum.size()) ? KeyForm::good
                                                                                  : KeyForm::wrong_checksum;
}

}  // namespace locksmith::model::tenant
