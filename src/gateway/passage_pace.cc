// Who waits for whom in a passage: back-pressure both ways, and deadlines.
#include <utility>

#include "gateway/passage.h"
#include "gateway/worker.h"
#include "vocabulary/limits/gateway.h"

namespace locksmith::gateway {

void Passage::flush() {
  client_.flush();
  // Large pieces were sent from where they lay: also where nothing is left to send, the client may be behind.
  if (link_ == nullptr || link_paused_ || client_.unsent() <= limits::kClientBacklog) return;
  link_paused_ = exchange().answering.held_up = true;
  link_->pause_reading();
}

void Passage::on_client_drained() {
  if (!std::exchange(link_paused_, false) || link_ == nullptr) return;
  link_->resume_reading();
  client_.wait_until(worker_.tick() + exchange().asking.generation->settings->silence);
}

void Passage::on_link_drained() {
  if (std::exchange(body_paused_, false)) client_.resume_body();
}

void Passage::on_deadline() {
  switch (phase_) {
    case Phase::idle:
      return;
    case Phase::reading:
      return refuse(Why::body_too_slow);
    case Phase::reserving:
      return refuse_money(Why::budget_held);
    case Phase::waiting:
      // Of a body that passes as it comes, the client is what is waited for, unless upstream has us pause it.
      return refuse(exchange().attempt.sent_whole || body_paused_ ? Why::upstream_silent : Why::body_too_slow);
    case Phase::relaying:
      if (holds_head()) return refuse(Why::upstream_silent);
      // While a slow client has reading paused, upstream is not what is silent; limits::kClientStall watches the client.
      if (link_paused_) return client_.wait_until(worker_.tick() + exchange().asking.generation->settings->silence);
      exchange().answering.held_up = true;
      return cut(Why::upstream_silent);
  }
}

}  // namespace locksmith::gateway
