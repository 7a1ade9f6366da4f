// The one resolver of all chains: from what a machine holds and a client's traits to what it uses, what that
// shadows, and why. Pure.
#pragma once

#include "doctor/survey/survey.h"

namespace locksmith::doctor::survey {

// Sorts survey.held into the client's order, and fills winner, second, stopped, header, and of each entry
// superseded, described.used and described.note. The survey's client must be known by then.
void resolve(Survey& survey);

// Whether the client would read this entry at all.
bool is_read(const Held& held, ClientKind client);

}  // namespace locksmith::doctor::survey
