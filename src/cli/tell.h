// What is said on standard error. Where that cannot be written there is nobody to tell, and nothing else may end for it: a
// gateway serves on when whoever read its messages has gone.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>

namespace locksmith::cli {

template <class... Arguments>
void tell(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  const std::string line = fmt::format(text, std::forward<Arguments>(arguments)...);
  static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
}

}  // namespace locksmith::cli
