// A .env file or a shell's start-up file.
#include "doctor/survey/dotenv.h"
#include "property.h"
#include "vocabulary/limits/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace locksmith;
  const std::string_view text = fuzz::text_of(data, size);
  doctor::survey::looks_like_text(text);
  const auto assignments = doctor::survey::read_assignments(text);
  fuzz::must(assignments.size() <= limits::kEntriesPerFile, "entries are bounded");
  for (const auto& assignment : assignments) {
    fuzz::must(!assignment.name.empty() && assignment.line > 0, "an assignment has a name and a line");
    fuzz::must(assignment.value.reveal().size() <= size, "a value is a part of the text");
  }
  return 0;
}
