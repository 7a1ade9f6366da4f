#include "gateway_upstream.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "model/tenant/virtual_key.h"
#include "vocabulary/limits/gateway.h"
#include "vocabulary/limits/upstream.h"

namespace locksmith::sim {
namespace {

using wire::http1::Step;

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

std::string hex(std::size_t value) {
  char text[20];
  const auto end = std::to_chars(text, text + sizeof text, value, 16).ptr;
  return {text, end};
}

std::string event(const std::string& type, const std::string& members) {
  return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + members + "}\n\n";
}

std::string usage(std::int64_t input, std::int64_t output) {
  return R"("usage":{"input_tokens":)" + std::to_string(input) + R"(,"output_tokens":)" + std::to_string(output) + "}";
}

std::string error_body(const std::string& type, const std::string& message) {
  return R"({"type":"error","error":{"type":")" + type + R"(","message":")" + message + R"("},"request_id":"req_simulated"})";
}

}  // namespace

class GatewayUpstream::Peer final : public world::StreamHandler {
 public:
  Peer(Scene& scene, world::Stream& stream) : scene_(scene), stream_(&stream) {}
  void on_open(world::Stream&) override {}
  void on_drained(world::Stream&) override {}
  void on_peer_finished(world::Stream& stream) override { stream.finish(); }
  void on_closed(world::Stream&, const world::Closing&) override { stream_ = nullptr; }

  void on_bytes(world::Stream&, std::string_view bytes) override {
    if (bytes.find(model::tenant::kKeyPrefix) != std::string_view::npos) scene_.wrong("a virtual key reached upstream");
    std::string_view piece;
    while (stream_ != nullptr && !ended_) {
      switch (reader_.read(bytes, piece)) {
        case Step::need_more:
          return;
        case Step::refused:
          scene_.wrong("the gateway's request is not well-formed");
          return stream_->abort();
        case Step::head:
          begin();
          break;
        case Step::data:
          body_ += piece;
          break;
        case Step::end:
          take();
          break;
      }
    }
  }

 private:
  enum class Then : std::uint8_t { stay, finish, reset };

  Request* request() { return id_ < scene_.requests.size() ? &scene_.requests[id_] : nullptr; }
  std::string name() const { return "request " + std::to_string(id_); }

  void begin() {
    body_.clear();
    answered_early_ = false;
    const auto& head = reader_.head();
    id_ = kNone;
    credential_ = kNone;
    if (const auto text = head.fields.find("x-simulated-request")) std::from_chars(text->data(), text->data() + text->size(), id_);
    std::size_t credentials = 0;
    for (const auto& field : head.fields) {
      const bool bearer = wire::http1::same_name(field.name, "authorization");
      if (!bearer && !wire::http1::same_name(field.name, "x-api-key")) continue;
      ++credentials;
      std::string_view value = field.value;
      if (bearer && value.starts_with("Bearer ")) value.remove_prefix(7);
      const auto known = std::ranges::find(scene_.credentials, value);
      if (known != scene_.credentials.end()) credential_ = static_cast<std::size_t>(known - scene_.credentials.begin());
    }
    if (credentials != 1 || credential_ == kNone) scene_.wrong(name() + " came with other than one real credential");
    Request* const asked = request();
    if (asked == nullptr) return scene_.wrong("a request that no client sent reached upstream");
    if (head.method != asked->method || head.target != asked->path) scene_.wrong(name() + " came with another method or path");
    const Tick now = scene_.loop.tick();
    // Connecting takes a latency there, one back, and one more for the bytes.
    const Tick forwarded = now - 3 * kLargestLatency;
    if (!scene_.was_active(asked->worker, asked->key, std::max(forwarded, asked->sent))) scene_.wrong(name() + " was forwarded for a key that was not valid");
    if (!asked->attempts.empty() && !asked->harmless() && !asked->attempts.back().refused) scene_.wrong(name() + " was sent again, although it may have been executed");
    if (asked->attempts.empty()) ++scene_.reached[asked->key];
    asked->attempts.push_back({now, false});
    if (asked->attempts.size() > static_cast<std::size_t>(limits::kAttempts)) scene_.wrong(name() + " was tried too often");
    scene_.note("upstream: " + name() + " begins, attempt " + std::to_string(asked->attempts.size()) + ", credential " + std::to_string(credential_));
    if (asked->path == "/v1/files" && scene_.strikes(Fault::early_answer, 4)) {
      answered_early_ = true;
      refuse(413, error_body("request_too_large", "Request exceeds the maximum size"), {});
    }
  }

  void refuse(int status, const std::string& body, const std::string& fields) {
    request()->attempts.back().refused = true;
    send(status, body, "content-type: application/json\r\n" + fields, false);
  }

  void take() {
    Request* const asked = request();
    if (asked == nullptr || credential_ == kNone) return stream_->abort();
    if (body_ != asked->body) scene_.wrong(name() + ": its body came changed");
    if (answered_early_) return;
    if (const int status = scene_.healed ? 0 : scene_.credential_state[credential_]; status != 0) return refuse_credential(status);
    if (scene_.strikes(Fault::api_error, 8)) {
      const bool overloaded = scene_.chance.one_in(2);
      return refuse(overloaded ? 529 : 500, overloaded ? error_body("overloaded_error", "Overloaded") : error_body("api_error", "Internal server error"), {});
    }
    execute(*asked);
  }

  void refuse_credential(int status) {
    switch (status) {
      case 401:
        return refuse(401, error_body("authentication_error", "invalid x-api-key"), {});
      case 429:
        return refuse(429, error_body("rate_limit_error", "This request would exceed your organization's rate limit of 50 requests per minute"),
                      scene_.chance.one_in(2) ? "retry-after: 2\r\n" : "");
      case 400:
        return refuse(400, error_body("invalid_request_error", "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."), {});
      default:
        return refuse(529, error_body("overloaded_error", "Overloaded"), {});
    }
  }

  void execute(Request& asked) {
    const std::int64_t input = static_cast<std::int64_t>(scene_.chance.between(1, asked.body.size() / 3 + 1));
    const std::int64_t output = static_cast<std::int64_t>(scene_.chance.between(1, static_cast<std::uint64_t>(std::max<std::int64_t>(asked.max_tokens, 1))));
    if (!asked.model.empty()) {
      const Money cost = scene_.prices.cost(asked.model, {.input = input, .output = output});
      scene_.billed[asked.key] += cost;
      scene_.note("upstream: " + name() + " costs " + std::to_string(cost.nano_usd));
    }
    if (scene_.strikes(Fault::silence, 12)) return scene_.note("upstream: says nothing to " + name());
    if (scene_.strikes(Fault::reset_before, 12)) return end(Then::reset, scene_.chance.up_to(std::chrono::milliseconds(200)));
    if (scene_.strikes(Fault::finish_before, 12)) return end(Then::finish, scene_.chance.up_to(std::chrono::milliseconds(200)));
    const std::string filler = scene_.chance.letters(scene_.chance.size(200'000));
    if (asked.model.empty()) {
      if (asked.method == "DELETE") return send(204, {}, {}, false);
      const bool json = asked.path.ends_with("count_tokens");
      return send(200, json ? R"({"input_tokens":)" + std::to_string(input) + "}" : filler, json ? "content-type: application/json\r\n" : "", false);
    }
    if (!asked.stream) {
      return send(200, R"({"id":"msg_s","model":")" + asked.model + R"(","stop_reason":"end_turn","content":[{"type":"text","text":")" + filler + R"("}],)" + usage(input, output) + "}",
                  "content-type: application/json\r\n", false);
    }
    std::string events = event("message_start", R"(,"message":{"id":"msg_s","model":")" + asked.model + "\"," + usage(input, 1) + "}");
    events += event("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})");
    for (std::size_t at = 0; at < filler.size();) {
      const std::size_t size = 1 + scene_.chance.size(40'000);
      events += event("content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":")" + filler.substr(at, size) + "\"}");
      if (scene_.chance.one_in(10)) events += event("ping", "");
      at += size;
    }
    if (scene_.strikes(Fault::api_error, 8)) {
      events += "event: error\ndata: " + error_body("overloaded_error", "Overloaded") + "\n\n";
    } else {
      events += event("content_block_stop", R"(,"index":0)") + event("message_delta", R"(,"delta":{"stop_reason":"end_turn"},)" + usage(input, output)) + event("message_stop", "");
    }
    send(200, events, "content-type: text/event-stream; charset=utf-8\r\n", true);
  }

  // Writes an answer in a framing of chance's choice, torn, and perhaps not to its end.
  void send(int status, const std::string& body, const std::string& fields, bool stream) {
    const bool no_body = request()->method == "HEAD" || status == 204;
    const std::size_t number = scene_.answers.size();
    scene_.answers.push_back({id_, status, no_body ? std::string() : body, stream, false});
    Chance& chance = scene_.chance;
    const bool closes = answered_early_ || scene_.strikes(Fault::close_after, 8);
    std::string out;
    if (chance.one_in(20)) out = "HTTP/1.1 100 Continue\r\n\r\n";
    out += "HTTP/1.1 " + std::to_string(status) + " Simulated\r\nrequest-id: req_" + std::to_string(number) + "\r\nx-simulated-answer: " + std::to_string(number) + "\r\n" + fields;
    Then then = closes ? Then::finish : Then::stay;
    const std::uint64_t framing = stream ? 1 + chance.below(2) : chance.below(3);
    if (closes) out += "connection: close\r\n";
    if (no_body) {
      out += status == 204 ? "\r\n" : "content-length: " + std::to_string(body.size()) + "\r\n\r\n";
    } else if (framing == 0) {
      out += "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    } else if (framing == 1 || !closes) {
      out += "transfer-encoding: chunked\r\n\r\n";
      for (std::size_t at = 0; at < body.size();) {
        const std::size_t size = std::min(body.size() - at, 1 + chance.size(60'000));
        out.append(hex(size)).append("\r\n").append(body, at, size).append("\r\n");
        at += size;
      }
      out += "0\r\n\r\n";
    } else {
      out += "\r\n" + body;
    }
    until_close_ = !no_body && framing == 2 && closes;
    if (scene_.strikes(Fault::reset_within, 10)) {
      cut(out, number, chance.below(out.size()));
      then = Then::reset;
    } else if (!until_close_ && scene_.strikes(Fault::finish_within, 10)) {
      cut(out, number, chance.below(out.size()));
      then = Then::finish;
    } else if (scene_.strikes(Fault::garbage, 20)) {
      out = "SSH-2.0-simulated\r\n";
      scene_.answers[number].cut = true;
      then = Then::reset;
    }
    // Behind a whole answer and read with its end, so that the gateway can know; more of it follows.
    const bool unasked = then == Then::stay && scene_.strikes(Fault::unasked_bytes, 10);
    scene_.note("upstream: answers " + name() + " with " + std::to_string(status) + ", " + std::to_string(out.size()) + " bytes" + (scene_.answers[number].cut ? ", cut" : ""));
    write_torn(std::move(out), then, unasked ? "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n" : "");
    // As servers do with a connection that they think idle; a request that is on its way meets the end.
    if (then == Then::stay && scene_.strikes(Fault::close_after, 8)) {
      scene_.after(scene_.chance.up_to(std::chrono::milliseconds(1500)), [this, resets = scene_.chance.one_in(2)] {
        // An answer that only its connection's end delimits would seem whole: nobody could tell.
        if (stream_ == nullptr || until_close_) return;
        scene_.note(std::string("upstream: ") + (resets ? "resets" : "finishes") + " a connection without a word");
        resets ? stream_->abort() : stream_->finish();
      });
    }
  }

  void cut(std::string& out, std::size_t number, std::size_t size) {
    out.resize(size);
    scene_.answers[number].cut = true;
  }

  void write_torn(std::string out, Then then, const std::string& unasked) {
    Chance& chance = scene_.chance;
    const std::size_t pieces = chance.one_in(3) ? chance.between(2, 8) : 1;
    Duration at = chance.up_to(std::chrono::milliseconds(chance.one_in(10) ? 800 : 40));
    for (std::size_t i = 0; i < pieces && !out.empty(); ++i) {
      const std::size_t size = i + 1 == pieces ? out.size() : std::min<std::size_t>(out.size(), 1 + chance.size(out.size() * 8));
      const bool last = size == out.size();
      write_later(at, out.substr(0, size) + (last ? unasked : ""));
      if (last) write_later(at + chance.up_to(std::chrono::milliseconds(100)), unasked);
      out.erase(0, size);
      // Pieces at the same instant are torn, too: each is read by itself.
      if (chance.one_in(2)) at += chance.up_to(std::chrono::milliseconds(60));
      if (scene_.strikes(Fault::pause, 30)) at += std::chrono::seconds(chance.between(1, 8));
    }
    if (then != Then::stay) end(then, at + chance.up_to(std::chrono::milliseconds(5)));
  }

  void write_later(Duration delay, std::string bytes) {
    if (bytes.empty()) return;
    scene_.after(delay, [this, piece = std::move(bytes)] {
      if (stream_ != nullptr) stream_->write(piece);
    });
  }

  void end(Then then, Duration delay) {
    ended_ = true;  // what the gateway sends from now on is not read: this connection ends
    scene_.after(delay, [this, then] {
      if (stream_ == nullptr) return;
      scene_.note(std::string("upstream: ") + (then == Then::reset ? "resets" : "finishes") + " after " + name());
      then == Then::reset ? stream_->abort() : stream_->finish();
    });
  }

  Scene& scene_;
  world::Stream* stream_;
  wire::http1::RequestReader reader_{limits::kLargestUpload};
  std::size_t id_ = kNone, credential_ = kNone;
  bool answered_early_ = false;
  bool ended_ = false;
  bool until_close_ = false;  // only the end of the connection ends the answer
  std::string body_;
};

GatewayUpstream::GatewayUpstream(Scene& scene) : scene_(scene) {}
GatewayUpstream::~GatewayUpstream() = default;

void GatewayUpstream::on_accept(world::Stream& stream) {
  peers_.push_back(std::make_unique<Peer>(scene_, stream));
  stream.set_handler(*peers_.back());
}

}  // namespace locksmith::sim
