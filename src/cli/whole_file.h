// Writing a file so that nobody ever sees a part of it.
#pragma once

#include <string>
#include <string_view>

namespace locksmith::cli {

// Whole or not at all: to PATH.part beside it first, which must not be there, then renamed. False: errno says why, and what stood at
// PATH stands there still.
bool write_whole(const std::string& path, std::string_view text);

}  // namespace locksmith::cli
