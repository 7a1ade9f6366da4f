#include "cli/variables.h"

#include <algorithm>
#include <string>
#include <vector>

#include "cli/serve_configuration.h"
#include "model/credential/credential.h"
#include "vocabulary/text.h"

namespace locksmith::cli {
namespace {

constexpr std::string_view kPrefix = "LOCKSMITH_";

// kubernetes.io/docs/concepts/services-networking/service, "Environment variables": LOCKSMITH_SERVICE_HOST, LOCKSMITH_PORT_8787_TCP_ADDR.
bool is_of_kubernetes(std::string_view name) { return name == "LOCKSMITH_PORT" || name.starts_with("LOCKSMITH_PORT_") || name.starts_with("LOCKSMITH_SERVICE_"); }

std::vector<std::string> names_there_are() {
  // Beside the settings: the file, the operator's token, and where the doctor asks for the API's status.
  std::vector<std::string> names{"LOCKSMITH_CONFIG", "LOCKSMITH_ADMIN_TOKEN", "LOCKSMITH_STATUS_URL"};
  for (const ServeSetting& setting : serve_settings()) names.push_back(setting.variable());
  return names;
}

}  // namespace

Result<void> check_variables(const world::Environment& environment) {
  const std::vector<std::string> known = names_there_are();
  for (const std::string& name : environment.names()) {
    if (!name.starts_with(kPrefix) || is_of_kubernetes(name) || std::ranges::find(known, name) != known.end()) continue;
    const std::string meant = nearest(name, known);
    return fail(FailureCode("configuration_key_unknown"), "There is no variable " + model::credential::redact(name.substr(0, 64)) + ".",
                meant.empty() ? "Unset it. Each flag of locksmith serve --help is also a variable." : "Did you mean " + meant + "? Else unset it.", Blame::user);
  }
  return {};
}

}  // namespace locksmith::cli
