#include "knowledge/models.h"

#include "embedded/embedded.h"
#include "wire/json/json.h"

namespace locksmith::knowledge {

Result<std::string> smallest_model(std::string_view models_json) {
  if (models_json.empty()) models_json = embedded::find(embedded::data_files(), "models.json");
  wire::json::Reader reader;
  const auto root = reader.parse(models_json);
  if (!root) return std::unexpected(root.error());
  std::string found;
  (*root)["models"].for_each_element([&](wire::json::Value model) {  // the newest first
    const bool wanted = model["line"].string_or("") == "haiku" && model["lifecycle"].string_or("") == "active";
    if (found.empty() && wanted) found = model["id"].string_or("");
  });
  if (!found.empty()) return found;
  return fail(FailureCode("data_file_invalid"), "The list of models names no active one of the smallest line.", "Restore data/models.json.", Blame::ours);
}

}  // namespace locksmith::knowledge
