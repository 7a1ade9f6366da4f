#include "cli/listen_text.h"

#include "model/credential/credential.h"

namespace locksmith::cli {

std::string socket_path_of(const std::string& text) {
  constexpr std::string_view kUnix = "unix:/";
  return text.starts_with(kUnix) && text.size() > kUnix.size() ? text.substr(kUnix.size() - 1) : std::string();
}

Result<world::Address> read_listen_address(const std::string& text, std::string_view example) {
  constexpr std::string_view kLocal = "localhost:";
  const std::string address = text.starts_with(kLocal) ? "127.0.0.1:" + text.substr(kLocal.size()) : text;
  if (const auto parsed = world::parse_address(address)) return *parsed;
  return fail(FailureCode("listen_address_invalid"), "\"" + model::credential::redact(text) + "\" is no address to listen on.",
                   "Write IP:PORT, for example --listen " + std::string(example), Blame::user);
}

}  // namespace locksmith::cli
