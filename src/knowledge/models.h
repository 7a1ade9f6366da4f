// data/models.json: which models there are.
#pragma once

#include <string>
#include <string_view>

#include "vocabulary/failure.h"

namespace locksmith::knowledge {

// The id of the newest active model of the smallest line: what a probe asks for where nobody named a model and the endpoint lists
// none. Failure codes: json_invalid, data_file_invalid.
Result<std::string> smallest_model(std::string_view models_json = {});

}  // namespace locksmith::knowledge
