#include "gateway_client.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "vocabulary/limits/upstream.h"

namespace locksmith::sim {
namespace {

using wire::http1::Step;
using namespace std::chrono_literals;

constexpr std::size_t kOurs = static_cast<std::size_t>(-1);  // an answer of the gateway's own
constexpr std::string_view kSecretMark = "fake-upstream-";   // how every real credential of the simulation begins

}  // namespace

GatewayClient::GatewayClient(Scene& scene, std::size_t number, const world::Address& gateway, std::vector<std::size_t> requests, Habits habits)
    : scene_(scene), number_(number), gateway_(gateway), requests_(std::move(requests)), habits_(habits), reader_(limits::kAnswerBody) {}

std::string GatewayClient::name() const { return "client " + std::to_string(number_); }

std::string GatewayClient::where() const {
  return name() + ": " + std::to_string(answered_) + " of " + std::to_string(requests_.size()) + " requests are over, the next is request " +
         (answered_ < requests_.size() ? std::to_string(requests_[answered_]) : "none") + (stream_ == nullptr ? ", no connection" : "");
}

// --- Sending ---------------------------------------------------------------------------------------------------------------

void GatewayClient::dial() {
  over_ = told_close_ = in_answer_ = pumping_ = false;
  outbox_.clear();
  tail_.clear();
  reader_ = wire::http1::ResponseReader(limits::kAnswerBody);
  stream_ = &scene_.loop.dial(gateway_, {5s}, *this);
}

void GatewayClient::on_open(world::Stream&) {
  if (habits_.leaves > Duration::zero()) {
    scene_.after(std::exchange(habits_.leaves, Duration::zero()), [this] { leave(); });
  }
  send_more();
}

std::string GatewayClient::bytes_of(std::size_t request) {
  Request& asked = scene_.requests[request];
  const bool bearer = scene_.chance.one_in(3);
  std::string out = asked.method + " " + asked.path + (habits_.http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n") + "host: gateway\r\n" +
                    (bearer ? "authorization: Bearer " : "x-api-key: ") + scene_.key_texts[asked.key] +
                    "\r\nx-simulated-request: " + std::to_string(request) + "\r\n";
  if (!asked.model.empty() || asked.path.ends_with("count_tokens")) out += "content-type: application/json\r\n";
  if (scene_.chance.one_in(12)) out += "connection: close\r\n";
  if (asked.method != "POST") return out + "\r\n";
  if (!habits_.http10 && scene_.chance.one_in(8)) out += "expect: 100-continue\r\n";
  if (habits_.http10 || !scene_.chance.one_in(4)) {
    return out + "content-length: " + std::to_string(asked.body.size()) + "\r\n\r\n" + asked.body;
  }
  out += "transfer-encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < asked.body.size();) {
    const std::size_t size = std::min(asked.body.size() - at, 1 + scene_.chance.size(100'000));
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, size, 16).ptr;
    out.append(digits, end).append("\r\n").append(asked.body, at, size).append("\r\n");
    at += size;
  }
  return out + "0\r\n\r\n";
}

void GatewayClient::send_more() {
  if (stream_ == nullptr || over_ || left_ || resting_) return;
  while (sent_ < requests_.size() && sent_ - answered_ < habits_.ahead) {
    Request& asked = scene_.requests[requests_[sent_]];
    asked.sent = scene_.loop.tick();
    asked.was_sent = true;
    scene_.note(name() + ": sends request " + std::to_string(requests_[sent_]) + " " + asked.method + " " + asked.path + " key " +
                std::to_string(asked.key) + " worker " + std::to_string(asked.worker) + ", body of " + std::to_string(asked.body.size()));
    outbox_ += bytes_of(requests_[sent_]);
    ++sent_;
  }
  if (!pumping_) pump();
}

void GatewayClient::pump() {
  pumping_ = false;
  if (stream_ == nullptr || over_ || left_ || outbox_.empty()) return;
  Chance& chance = scene_.chance;
  const std::size_t size = habits_.torn ? std::min<std::size_t>(outbox_.size(), 1 + chance.size(outbox_.size() * 64)) : outbox_.size();
  const std::string piece = outbox_.substr(0, size);
  outbox_.erase(0, size);
  stream_->write(piece);
  if (outbox_.empty()) return;
  pumping_ = true;
  scene_.after(chance.one_in(2) ? Duration::zero() : chance.up_to(30ms), [this, stream = stream_] {
    if (stream == stream_) pump();
  });
}

void GatewayClient::leave() {
  if (done_ || left_) return;
  left_ = true;
  ++scene_.left;
  scene_.note(name() + ": leaves");
  if (stream_ != nullptr) habits_.leaves_in_order ? stream_->finish() : stream_->abort();
  finish();
}

// --- Reading ---------------------------------------------------------------------------------------------------------------

void GatewayClient::on_bytes(world::Stream& stream, std::string_view bytes) {
  tail_.append(bytes);
  if (tail_.find(kSecretMark) != std::string::npos) scene_.wrong(name() + " was sent a real credential");
  tail_.erase(0, tail_.size() - std::min(tail_.size(), kSecretMark.size()));
  if (left_) return;
  std::string_view piece;
  while (!bytes.empty() || in_answer_) {
    if (answered_ == sent_) return scene_.wrong(name() + " was sent bytes that it did not ask for");
    if (!in_answer_) reader_.expect(scene_.requests[requests_[answered_]].method);
    const Step step = reader_.read(bytes, piece);
    if (step == Step::need_more) break;
    if (step == Step::refused) return scene_.wrong(name() + " was sent no well-formed answer");
    if (step == Step::head) take_head();
    if (step == Step::data) take_piece(piece);
    if (step == Step::end) take_end();
  }
  if (habits_.slow && stream_ != nullptr && scene_.chance.one_in(2)) {
    stream.pause_reading();
    scene_.after(scene_.chance.up_to(400ms), [this, &stream] {
      if (stream_ == &stream) stream.resume_reading();
    });
  }
}

void GatewayClient::take_head() {
  in_answer_ = true;
  matched_ = 0;
  beyond_.clear();
  own_.clear();
  answer_ = kOurs;
  const auto& head = reader_.head();
  const std::size_t request = requests_[answered_];
  if (head.fields.lists("connection", "close")) told_close_ = true;
  refusal_signed_ = head.fields.find("x-locksmith-id").has_value() && head.fields.find("x-locksmith-cause").has_value();
  if (const auto text = head.fields.find("x-simulated-answer")) std::from_chars(text->data(), text->data() + text->size(), answer_);
  scene_.note(name() + ": request " + std::to_string(request) + " gets " + std::to_string(head.status) + (answer_ == kOurs ? " from the gateway" : ""));
  if (answer_ == kOurs) {
    if (head.status < 400) scene_.wrong(name() + " was sent a success that upstream did not write");
    return;
  }
  if (answer_ >= scene_.answers.size()) return scene_.wrong(name() + " was sent an answer that nobody wrote");
  const Answer& wrote = scene_.answers[answer_];
  if (wrote.request != request) scene_.wrong(name() + ": request " + std::to_string(request) + " got the answer to request " + std::to_string(wrote.request));
  if (wrote.status != head.status) scene_.wrong(name() + ": the status of an answer was changed");
  if (head.status >= 400 && !refusal_signed_) scene_.wrong(name() + ": an error came without its cause and id");
}

void GatewayClient::take_piece(std::string_view piece) {
  if (answer_ == kOurs) {
    own_ += piece;
    return;
  }
  const Answer& wrote = scene_.answers[answer_];
  std::size_t same = 0;
  if (beyond_.empty()) {
    const std::string_view rest = std::string_view(wrote.body).substr(matched_);
    same = static_cast<std::size_t>(std::ranges::mismatch(rest, piece).in2 - piece.begin());
    matched_ += same;
  }
  beyond_ += piece.substr(same);
  if (!beyond_.empty() && !wrote.stream) scene_.wrong(name() + ": request " + std::to_string(wrote.request) + " got a body that upstream did not write");
}

void GatewayClient::take_end() {
  in_answer_ = false;
  const std::size_t request = requests_[answered_];
  if (answer_ == kOurs) {
    ++scene_.refused;
    const bool head = scene_.requests[request].method == "HEAD";
    if (!refusal_signed_ || (!head && own_.find("\"error\"") == std::string::npos)) scene_.wrong(name() + ": a refusal has no cause, id or envelope");
    const std::size_t code = own_.find("\"error_code\":\"");
    if (code != std::string::npos) scene_.note(name() + ": refused, " + own_.substr(code + 14, own_.find('"', code + 14) - code - 14));
  } else {
    ++scene_.whole;
    const Answer& wrote = scene_.answers[answer_];
    if (wrote.cut) scene_.wrong(name() + ": request " + std::to_string(request) + " got an answer with a clean end that upstream cut");
    if (!beyond_.empty() || matched_ != wrote.body.size()) scene_.wrong(name() + ": request " + std::to_string(request) + " got a whole answer with another body: " + std::to_string(matched_) +
                    " bytes of " + std::to_string(wrote.body.size()) + ", then " + std::to_string(beyond_.size()) + " others");
    if (wrote.status < 300) ++succeeded_;
  }
  ++answered_;
  scene_.note(name() + ": request " + std::to_string(request) + " is over");
  if (answered_ == requests_.size()) {
    if (stream_ != nullptr) stream_->finish();
    return finish();
  }
  if (habits_.rest == Duration::zero()) return send_more();
  resting_ = true;
  scene_.after(scene_.chance.up_to(habits_.rest), [this] {
    resting_ = false;
    send_more();
  });
}

// --- Its end ----------------------------------------------------------------------------------------------------------------

void GatewayClient::on_peer_finished(world::Stream& stream) {
  if (!left_ && !over_) {
    if (in_answer_ && reader_.finish() == Step::end) take_end();
    connection_over("in order");
  }
  stream.finish();
}

void GatewayClient::on_closed(world::Stream&, const world::Closing& closing) {
  stream_ = nullptr;
  if (left_ || done_) return;
  if (!over_) connection_over(closing.detail.empty() ? "by the gateway" : closing.detail);
  if (done_) return;
  // What was under way is over; the rest goes over a new connection.
  scene_.after(scene_.chance.up_to(200ms), [this] {
    if (!done_ && !left_) dial();
  });
}

// What was sent and has no whole answer is over: visibly, because its framing was not at its end or nothing of it came.
void GatewayClient::connection_over(std::string_view how) {
  over_ = true;
  if (done_) return;
  scene_.note(name() + ": its connection ended " + std::string(how));
  if (in_answer_) {
    ++scene_.broke_off;
    const bool has_answer = answer_ != kOurs;
    if (!has_answer) scene_.wrong(name() + ": a refusal of the gateway's broke off");
    if (has_answer && scene_.answers[answer_].stream && !beyond_.empty()) {
      // The error event may begin as upstream's next event does, its own error for one.
      const std::size_t shown = std::min<std::size_t>(matched_, 200);
      const std::string end = scene_.answers[answer_].body.substr(matched_ - shown, shown) + beyond_;
      if (end.find(R"("type":"error")") == std::string::npos) scene_.wrong(name() + ": a cut stream has bytes that are neither upstream's nor an error event");
    }
    in_answer_ = false;
    ++answered_;
  } else if (sent_ > answered_ && !told_close_) {
    const Request& asked = scene_.requests[requests_[answered_]];
    if (!scene_.draining[asked.worker]) scene_.wrong(name() + ": request " + std::to_string(requests_[answered_]) + " was dropped without an answer");
  }
  scene_.unanswered += sent_ - answered_;
  answered_ = sent_;
  if (answered_ == requests_.size()) finish();
}

void GatewayClient::finish() {
  if (std::exchange(done_, true)) return;
  scene_.note(name() + ": is done");
}

}  // namespace locksmith::sim
