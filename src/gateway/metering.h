// What an answer costs, from its head to its settlement: the same for one that a client waits for and for one that is only read
// for its usage.
#pragma once

#include "gateway/exchange.h"
#include "gateway/settle.h"
#include "wire/http1/body.h"
#include "wire/http1/head.h"

namespace locksmith::gateway {

class Worker;

// The head of an answer that is no error has come.
void begin_metering(Worker& worker, Exchange& exchange, const wire::http1::ResponseHead& head, const wire::http1::Framing& framing);
Sight sight_of(const Worker& worker, const Exchange& exchange);
// Ends the hold and counts what was spent. Nothing where no hold stands.
void settle(Worker& worker, Exchange& exchange, Outcome outcome);

// The answer came to its end, and is settled: what it told of a batch counts.
void end_batch(Exchange& exchange);

}  // namespace locksmith::gateway
