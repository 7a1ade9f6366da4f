// GET /v1/models and /v1/models/{id}.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "emulator/catalogue.h"
#include "emulator/envelope.h"

namespace locksmith::emulator {

// The page that ?limit, after_id, before_id and lifecycle ask for, as JSON.
std::expected<std::string, ErrorText> list_models(const Catalogue& catalogue, std::string_view query);

// One model by id or alias, as JSON.
std::expected<std::string, ErrorText> show_model(const Catalogue& catalogue, std::string_view id);

// The value of a parameter of a query, percent-decoded; nullopt where it is not there.
std::optional<std::string> parameter(std::string_view query, std::string_view name);

}  // namespace locksmith::emulator
