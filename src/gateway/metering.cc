#include "gateway/metering.h"

#include "gateway/worker.h"

namespace locksmith::gateway {

void begin_metering(Worker& worker, Exchange& exchange, const wire::http1::ResponseHead& head) {
  Answering& answering = exchange.answering;
  const auto type = head.fields.find("content-type");
  answering.is_stream = type && type->starts_with("text/event-stream");
  if (answering.is_stream) worker.counters().streams_in_flight.add();
  if (!is_metered(exchange.asking)) return;
  answering.meter = answering.is_stream ? UsageMeter(worker.usage_readers(), UsageMeter::Mode::stream)
                                        : UsageMeter(worker.usage_readers(), UsageMeter::Mode::whole, LentText(worker.buffers()));
}

Sight sight_of(const Worker& worker, const Exchange& exchange) {
  return {.sent = exchange.attempt.sent, .all_seen = !exchange.answering.held_up, .since = worker.tick() - exchange.attempt.forwarded};
}

void settle(Worker& worker, Exchange& exchange, Outcome outcome) {
  if (!exchange.hold.stands()) return;
  exchange.settled = settlement_of(outcome, exchange.asking, exchange.answering.meter, sight_of(worker, exchange), worker.prices());
  exchange.hold.settle(exchange.settled.spent);
  count_settled(worker.counters(), exchange.settled, exchange.answering.meter.usage());
}

}  // namespace locksmith::gateway
