// Undoing gzip (RFC 1952), bounded: a few bytes must not become gigabytes.
#pragma once

#include <string>
#include <string_view>

#include "vocabulary/bytes.h"
#include "vocabulary/failure.h"

namespace locksmith::wire::gzip {

// The whole content; all members where there are several. Failure codes: gzip_invalid, gzip_too_large (above `limit`).
Result<std::string> decompress(std::string_view bytes, ByteCount limit);

// As far as it goes: of bytes that are cut, damaged or hold more than `limit`, what came before that.
std::string decompress_beginning(std::string_view bytes, ByteCount limit);

}  // namespace locksmith::wire::gzip
