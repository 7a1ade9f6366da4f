#include "doctor/examination/platform.h"

#include "model/evidence/claude_hosts.h"
#include "wire/json/json.h"

namespace locksmith::doctor::examination {
namespace {

constexpr std::string_view kApiComponent = "k8w3r06qmzrp";  // "Claude API (api.anthropic.com)", claude-api.md §8

bool is_api_component(wire::json::Value component) {
  return component["id"].string_or("") == kApiComponent || component["name"].string_or("").find(model::evidence::kApiHost) != std::string_view::npos;
}

bool concerns_api(wire::json::Value incident) {
  const wire::json::Value components = incident["components"];
  if (components.size() == 0) return true;  // not said which: it may
  bool concerns = false;
  components.for_each_element([&](wire::json::Value component) { concerns |= is_api_component(component); });
  return concerns;
}

}  // namespace

std::optional<PlatformStatus> read_status_page(std::string_view json) {
  wire::json::Reader reader;
  const auto root = reader.parse(json);
  if (!root || (*root)["components"].kind() != wire::json::Kind::array) return std::nullopt;
  PlatformStatus status;
  bool found = false;
  (*root)["components"].for_each_element([&](wire::json::Value component) {
    if (!is_api_component(component)) return;
    found = true;
    const std::string_view state = component["status"].string_or("");
    status.words = "Claude API: " + std::string(state);
    status.incident |= state != "operational" && state != "under_maintenance";
  });
  if (!found) return std::nullopt;
  (*root)["incidents"].for_each_element([&](wire::json::Value incident) {
    const std::string_view state = incident["status"].string_or("");
    if (state == "resolved" || state == "postmortem" || !concerns_api(incident)) return;
    status.incident = true;
    status.words += "; incident: " + std::string(incident["name"].string_or("").substr(0, 120));
  });
  return status;
}

}  // namespace locksmith::doctor::examination
