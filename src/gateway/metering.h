// What an answer costs, from its head to its settlement: the same for one that a client waits for and for one that is only read
// for its usage.
#pragma once

#include "gateway/exchange.h"
#include "gateway/settle.h"
#include "wire/http1/head.h"

namespace locksmith::gateway {

class Worker;

// The head of an answer that is no error has come.
void begin_metering(Worker& worker, Exchange& exchange, const wire::http1::ResponseHead& head);
Sight sight_of(const Worker& worker, const Exchange& exchange);
// Ends the hold and counts what was spent. Nothing where no hold stands.
void settle(Worker& worker, Exchange& exchange, Outcome outcome);

}  // namespace locksmith::gateway
