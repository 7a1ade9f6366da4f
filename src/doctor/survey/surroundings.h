// What of this machine cannot be seen, or is missing from it altogether: said, so that nobody takes "not found" for "not
// there". Containers made from nothing, a home that is not there, a network name space of its own.
#pragma once

#include "doctor/survey/survey.h"

namespace locksmith::doctor::survey {

// Adds a remark for each thing that is missing. Only for the machine that we run on: of another place the files are not
// ours to judge. Sources: proc_net(5) (route, ipv6_route), resolver(5), hier(7), Linux 6.1 and Debian 12.
void look_around(const world::Environment& environment, const world::Files& files, Survey& survey);

}  // namespace locksmith::doctor::survey
