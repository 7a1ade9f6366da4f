// The evidence document as JSON: reading what people and gateways wrote, writing what the doctor found.
#pragma once

#include <string>
#include <string_view>

#include "model/evidence/evidence.h"
#include "vocabulary/failure.h"
#include "wire/json/json.h"

namespace locksmith::doctor::intake {

// Unknown members are ignored; a known one of the wrong type is a Failure that names it (evidence_invalid). Anything that
// looks like a credential is redacted while it is read, so that no later step can print one.
Result<model::evidence::Evidence> read_evidence(const wire::json::Value& document);

// Writes one object, members in the order of docs/evidence.md, absent ones left out.
void write_evidence(wire::json::Writer& out, const model::evidence::Evidence& evidence);

}  // namespace locksmith::doctor::intake
