// What ages, read into the model: wordings now; prices, models and client behaviour later. The embedded files of data/
// are the default, a folder of the user's replaces them file by file.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/diagnosis/examine.h"
#include "model/evidence/phrase_book.h"
#include "vocabulary/failure.h"

namespace locksmith::knowledge {

// data/wordings.json. Failure codes: json_invalid, data_file_invalid.
Result<std::vector<model::evidence::Meaning>> read_wordings(std::string_view json);

// data/weights.json: what the rules weigh. Failure codes: json_invalid, data_file_invalid.
Result<model::diagnosis::Weights> read_weights(std::string_view json);

// An examiner with the embedded wordings, or with those of `wordings_json` where it is not empty; and with the embedded weights,
// or those that are given.
Result<std::unique_ptr<model::diagnosis::Examiner>> make_examiner(std::string_view wordings_json = {}, const model::diagnosis::Weights* weights = nullptr);

}  // namespace locksmith::knowledge
