// The configuration of `locksmith serve`: a file, and behind its first NUL what a variable and a flag say.
#include <set>

#include "cli/serve_configuration.h"
#include "doctor/survey/fakes_for_tests.h"
#include "model/credential/credential.h"
#include "property.h"

namespace {

using namespace locksmith;

constexpr std::string_view kFile = "fuzz.toml";

// Every setting in the order of --help, so that an input's numbers choose among them.
const cli::ServeSetting& setting_at(std::size_t index) {
  const auto all = cli::serve_settings();
  return all[index % all.size()];
}

void look_at(const cli::ServeOptions& options, std::string_view text) {
  fuzz::must(model::credential::redact(text) == text, "a file that holds a credential is refused");
  for (const std::int64_t number : {options.workers, options.requests_per_minute, options.concurrent_requests}) {
    fuzz::must(number >= 0, "no count is negative");
  }
  fuzz::must(options.spend_usd >= 0, "no sum is negative, and each is a number");
  for (const Duration time : {options.first_byte, options.silence, options.drain}) {
    fuzz::must(time >= Duration::zero() && time <= std::chrono::hours(24 * 365), "times are bounded");
  }
  std::set<std::string> names;
  for (const cli::CredentialSource& source : options.credentials) {
    fuzz::must(source.file.empty() != source.variable.empty(), "a credential has one place");
    fuzz::must(!source.name.empty() && names.insert(source.name).second, "a credential has a name of its own");
  }
  fuzz::must(options.tls_certificate.empty() == options.tls_key.empty(), "a certificate comes with its key");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text_of(data, size);
  const std::string_view text = input.substr(0, input.find('\0'));
  std::string_view rest = input.substr(text.size());
  doctor::survey::FakeFiles files;
  files.content[std::string(kFile)] = text;
  doctor::survey::FakeEnvironment environment;
  cli::ServeFlags flags;
  flags.config = kFile;
  if (rest.size() > 3) {
    const std::string value(rest.substr(3));
    environment.variables[setting_at(static_cast<std::uint8_t>(rest[1])).variable()] = value;
    flags.values[std::string(setting_at(static_cast<std::uint8_t>(rest[2])).name)] = value;
  }
  const auto options = cli::read_serve_options(flags, environment, files);
  if (options) {
    look_at(*options, text);
  } else {
    fuzz::must(!options.error().message.empty(), "what is wrong is said");
    fuzz::must(!fuzz::shows_credential(options.error().message + options.error().next_step), "and no credential with it");
  }
  return 0;
}
