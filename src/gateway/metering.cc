#include "gateway/metering.h"

#include <utility>

#include "gateway/worker.h"

namespace locksmith::gateway {

void begin_metering(Worker& worker, Exchange& exchange, const wire::http1::ResponseHead& head, const wire::http1::Framing& framing) {
  Answering& answering = exchange.answering;
  const auto type = head.fields.find("content-type");
  answering.is_stream = type && type->starts_with("text/event-stream");
  if (answering.is_stream) worker.counters().streams_in_flight.add();
  const Endpoint endpoint = exchange.asking.admitted.endpoint->endpoint;
  const bool makes_batch = endpoint == Endpoint::batches && exchange.asking.asked.billed;
  // A part of the results, or none of them, tells nothing.
  const bool results = endpoint == Endpoint::results && answering.status == 200 && !exchange.asking.admitted.head_method;
  if ((makes_batch || results) && framing.kind != wire::http1::Framing::Kind::until_close) {
    const auto of = makes_batch ? BatchReading::Of::creation : BatchReading::Of::results;
    answering.batch = std::make_unique<BatchReading>(worker.usage_readers(), worker.prices(), of);
  }
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

void end_batch(Exchange& exchange) {
  const std::unique_ptr<BatchReading> batch = std::exchange(exchange.answering.batch, nullptr);
  if (batch == nullptr || !batch->finish()) return;
  store::Account& account = *exchange.asking.key->account;
  if (batch->of() == BatchReading::Of::creation) return account.note_batch(batch->id(), exchange.settled.spent);
  account.settle_batch(batch_of_results(exchange.asking.path.view()), batch->cost());
}

}  // namespace locksmith::gateway
