#include "knowledge/knowledge.h"

#include "embedded/embedded.h"
#include "wire/json/json.h"

namespace locksmith::knowledge {
namespace {

constexpr std::string_view kSchema = "locksmith.wordings/1";

std::unexpected<Failure> invalid(std::string message) {
  return fail(FailureCode("data_file_invalid"), "The wordings file cannot be used: " + message,
              "Compare it with data/wordings.json of the source, or leave it out.", Blame::user);
}

}  // namespace

Result<std::vector<model::evidence::Meaning>> read_wordings(std::string_view text) {
  wire::json::Reader reader;
  const auto root = reader.parse(text);
  if (!root) return std::unexpected(root.error());
  if ((*root)["schema"].as_string() != kSchema) return invalid("its schema is not " + std::string(kSchema) + ".");
  std::vector<model::evidence::Meaning> meanings;
  std::string wrong;
  (*root)["meanings"].for_each_member([&](std::string_view name, wire::json::Value phrases) {
    model::evidence::Meaning meaning{std::string(name), {}};
    phrases.for_each_element([&](wire::json::Value phrase) {
      if (const auto words = phrase.as_string()) {
        meaning.phrases.emplace_back(*words);
      } else {
        wrong = name;
      }
    });
    meanings.push_back(std::move(meaning));
  });
  if (!wrong.empty()) return invalid("the phrases of " + wrong + " are not all texts.");
  if (meanings.empty()) return invalid("it has no meanings.");
  return meanings;
}

Result<std::unique_ptr<model::diagnosis::Examiner>> make_examiner(std::string_view wordings_json) {
  if (wordings_json.empty()) wordings_json = embedded::find(embedded::data_files(), "wordings.json");
  auto wordings = read_wordings(wordings_json);
  if (!wordings) return std::unexpected(wordings.error());
  return std::make_unique<model::diagnosis::Examiner>(std::move(*wordings));
}

}  // namespace locksmith::knowledge
