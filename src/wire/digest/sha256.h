// SHA-256 (FIPS 180-4). For recognising a value without keeping it; not for passwords.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace locksmith::wire::digest {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);
// Without the processor's own instructions for it: what sha256() is where there are none. For tests.
Sha256 sha256_portable(std::string_view bytes);

std::string to_hex(const Sha256& digest);
std::optional<Sha256> from_hex(std::string_view text);  // 64 digits of either case

}  // namespace locksmith::wire::digest
