// By which words an error of another service than Claude's shows whose it is: data/services.json.
#pragma once

#include <string_view>
#include <vector>

#include "model/evidence/phrase_book.h"
#include "vocabulary/failure.h"

namespace locksmith::knowledge {

// A meaning is a service, under the name that is shown; in the order of the file, the embedded one where `json` is
// empty. Failure codes: json_invalid, data_file_invalid.
Result<std::vector<model::evidence::Meaning>> read_services(std::string_view json = {});
// Those whose words are so much their own that the error is theirs even where Claude is named, too: its GitHub App's, an MCP
// server's.
Result<std::vector<model::evidence::Meaning>> read_neighbours(std::string_view json = {});

}  // namespace locksmith::knowledge
