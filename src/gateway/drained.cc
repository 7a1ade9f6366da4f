#include "gateway/drained.h"

#include <utility>

#include "gateway/metering.h"
#include "gateway/witness.h"
#include "gateway/worker.h"
#include "vocabulary/limits/gateway.h"

namespace locksmith::gateway {

class Drained::Answer final : public upstream::LinkUser {
 public:
  Answer(Worker& worker, Exchanges::Slot exchange, upstream::Link& link)
      : worker_(worker), slot_(std::move(exchange)), link_(&link), until_(worker.tick() + limits::kDrainedFor) {
    link.hand_over(*this);
    link.resume_reading();
  }

  void on_answer_head(const wire::http1::ResponseHead& head, const wire::http1::Framing& framing) override {
    Answering& answering = (*slot_)->answering;
    answering.began = worker_.tick();
    if (const auto id = head.fields.find("request-id")) answering.request_id.assign(*id);
    if (is_error(head, *(*slot_)->asking.admitted.endpoint)) {
      failed_ = true;  // it costs nothing
    } else {
      begin_metering(worker_, **slot_, head, framing);
    }
  }
  void on_answer_piece(std::string_view piece) override {
    bytes_ += piece.size();
    if (!failed_) (*slot_)->answering.meter.take(piece);
    if (bytes_ > limits::kDrainedBytes) give_up();
  }
  void on_answer_end() override {
    link_ = nullptr;
    (*slot_)->answering.meter.finish();
    finish(failed_ ? Outcome::free : Outcome::answered);
  }
  void on_answer_pause() override {}
  void on_link_drained() override {}
  void on_lost(const upstream::Lost&) override {
    link_ = nullptr;
    finish(failed_ ? Outcome::free : Outcome::unknown);
  }

  bool over() const { return slot_ == nullptr; }
  bool late(Tick now) const { return now >= until_; }
  void give_up() {
    if (over()) return;
    if (link_ != nullptr) std::exchange(link_, nullptr)->abandon();
    finish(failed_ ? Outcome::free : Outcome::unknown);
  }

 private:
  void finish(Outcome outcome) {
    Exchange& exchange = **slot_;
    settle(worker_, exchange, outcome);
    worker_.witness().tell(exchange, worker_.exact_tick(), {}, {});
    if (exchange.answering.is_stream) worker_.counters().streams_in_flight.add(static_cast<std::uint64_t>(-1));
    worker_.exchanges().give(std::move(slot_));
  }

  Worker& worker_;
  Exchanges::Slot slot_;         // null: it is over
  upstream::Link* link_;
  const Tick until_;
  std::uint64_t bytes_ = 0;
  bool failed_ = false;
};

Drained::Drained(Worker& worker) : worker_(worker) {}
Drained::~Drained() { end(); }

bool Drained::has_room() const { return answers_.size() < limits::kDrained; }

void Drained::take(Exchanges::Slot exchange, upstream::Link& link) {
  answers_.push_back(std::make_unique<Answer>(worker_, std::move(exchange), link));
}

void Drained::sweep(Tick now) {
  for (const auto& answer : answers_) {
    if (answer->late(now)) answer->give_up();
  }
  std::erase_if(answers_, [](const auto& answer) { return answer->over(); });
}

void Drained::end() {
  for (const auto& answer : answers_) answer->give_up();
  answers_.clear();
}

}  // namespace locksmith::gateway
