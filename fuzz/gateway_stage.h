// One worker of the gateway in virtual time, between a client that sends bytes as they are and an upstream that answers as it
// is told. Built anew for every input, so that one input's outcome never depends on another's.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/worker.h"
#include "knowledge/knowledge.h"
#include "knowledge/prices.h"
#include "property.h"
#include "sim_loop.h"
#include "vocabulary/limits/gateway.h"
#include "vocabulary/limits/upstream.h"
#include "wire/digest/sha256.h"
#include "wire/http1/reader.h"

namespace locksmith::fuzz {

using std::chrono::milliseconds;
using wire::http1::Step;

// What upstream says to one request: its pieces, a millisecond between them, and what it does then.
struct Reply {
  std::vector<std::string> pieces;
  enum class Then : std::uint8_t { stay, finish, reset } then = Then::stay;
};

// An answer as a client reads it.
struct Got {
  int status = 0;
  bool whole = false;
  std::string body;
  friend bool operator==(const Got&, const Got&) = default;
};

// A request's line in the log.
struct Logged {
  std::string method;
  int status = 0;
};

class Stage final : public gateway::LogSink {
 public:
  static constexpr std::string_view kCredential = "fake-upstream-credential";

  explicit Stage(std::function<Reply(std::size_t request)> script) : upstream_(loop_, std::move(script)) {
    static const model::ledger::PriceList prices = knowledge::read_prices().value();
    static const std::unique_ptr<model::diagnosis::Examiner> examiner = knowledge::make_examiner().value();
    const world::Address back{world::Family::ipv4, {10, 0, 0, 2}, 80};
    loop_.set_name("api.test", {back});
    must(loop_.listen(back, {}, upstream_).has_value(), "upstream listens");
    auto settings = std::make_unique<gateway::Settings>();
    settings->upstream.target = upstream::parse_target("http://api.test").value();
    settings->credentials.push_back({"one", Secret(std::string(kCredential)), false, "org"});
    settings->first_byte = std::chrono::seconds(2);
    settings->silence = std::chrono::seconds(2);
    gateway::KnownKey known;
    known.key.id = model::tenant::make_key_id(std::array<std::uint8_t, 12>{1});
    known.key.workspace = model::tenant::WorkspaceName("default");
    known.key.digest = wire::digest::sha256(key());
    known.key.state = model::tenant::KeyState::active;
    known.account = account_;
    worker_ = std::make_unique<gateway::Worker>(
        loop_, gateway::Shared{prices, *examiner, *this}, std::shared_ptr<const gateway::Settings>(std::move(settings)),
        std::make_shared<const gateway::KeyRing>(std::vector<gateway::KnownKey>{known}), 7);
    must(loop_.listen(front_, {}, *worker_).has_value(), "the gateway listens");
    worker_->start();
    run(milliseconds(10));
  }

  // The text of the one virtual key.
  static const std::string& key() {
    static const std::string text(model::tenant::make_key_text(std::array<std::uint8_t, model::tenant::kKeyRandomBytes>{1}).reveal());
    return text;
  }

  // A client sends these pieces, waits for all that may come, and leaves.
  void exchange(const std::vector<std::string>& pieces, Duration patience) {
    client_.stream = &loop_.dial(front_, {std::chrono::seconds(5)}, client_);
    run(milliseconds(5));
    for (const std::string& piece : pieces) {
      if (client_.stream == nullptr) break;
      client_.stream->write(piece);
      run(milliseconds(1));
    }
    run(patience);
    if (client_.stream != nullptr) client_.stream->finish();
    run(std::chrono::seconds(4));
  }

  // What must hold whatever was sent, when the client has left.
  void check_end() {
    must(worker_->connections() == 0, "no connection is left");
    must(account_->held().nano_usd == 0 && account_->in_flight() == 0, "no hold is left");
    must(account_->spent().nano_usd >= 0, "nothing is paid back");
    must(worker_->counters().streams_in_flight.read() == 0, "no stream is counted as under way");
  }

  // Where upstream does not say it itself: its answers pass unchanged.
  void check_secrets() const {
    must(log.find(key()) == std::string::npos && log.find(kCredential) == std::string::npos, "no credential is logged");
    must(client_.received.find(kCredential) == std::string::npos, "no credential comes back");
  }

  std::vector<Logged> logged() const {
    std::vector<Logged> lines;
    for (std::size_t at = 0, end = 0; (end = log.find('\n', at)) != std::string::npos; at = end + 1) {
      const std::string line = log.substr(at, end - at);
      constexpr std::string_view kStatus = "\"status\":";
      constexpr std::string_view kMethod = "\"method\":\"";
      Logged one;
      one.status = std::atoi(line.c_str() + line.find(kStatus) + kStatus.size());
      if (const std::size_t method = line.find(kMethod); method != std::string::npos) {
        const std::size_t from = method + kMethod.size();
        one.method = line.substr(from, line.find('"', from) - from);
      }
      lines.push_back(std::move(one));
    }
    return lines;
  }

  // All answers that the client got to requests of these methods; more than there are methods is a broken promise.
  std::vector<Got> answers(const std::vector<Logged>& requests) const {
    std::vector<Got> all;
    std::string_view bytes = client_.received;
    wire::http1::ResponseReader reader(limits::kAnswerBody);
    while (!bytes.empty()) {
      must(all.size() < requests.size(), "no answer without a request");
      reader.expect(requests[all.size()].method);
      Got got;
      for (bool more = true; more;) {
        std::string_view piece;
        Step step = reader.read(bytes, piece);
        if (step == Step::refused) must(got.status != 0, "what comes back is an answer");
        if (step == Step::need_more && got.status == 0) return all;  // 100 Continue and no more
        if (step == Step::need_more) step = client_.finished ? reader.finish() : Step::refused;
        if (step == Step::head) got.status = reader.head().status;
        if (step == Step::data) got.body += piece;
        if (step == Step::end) got.whole = true;
        if (step != Step::end && step != Step::refused) continue;
        more = false;
        if (step == Step::refused) bytes = {};
      }
      all.push_back(std::move(got));
    }
    return all;
  }

  bool write(std::string_view lines) override {
    log.append(lines);
    return true;
  }

  Money spent() const { return account_->spent(); }
  const std::vector<std::string>& seen() const { return upstream_.seen; }

  std::string log;

 private:
  struct Client final : world::StreamHandler {
    void on_open(world::Stream&) override {}
    void on_bytes(world::Stream&, std::string_view bytes) override { received += bytes; }
    void on_drained(world::Stream&) override {}
    void on_peer_finished(world::Stream& s) override {
      finished = true;
      s.finish();
    }
    void on_closed(world::Stream&, const world::Closing&) override { stream = nullptr; }
    std::string received;
    bool finished = false;
    world::Stream* stream = nullptr;
  };

  // Reads requests strictly: whatever the client sent, what arrives here is well-formed and carries one credential.
  struct Upstream final : world::AcceptHandler {
    struct Peer final : world::StreamHandler {
      Peer(Upstream& owner, world::Stream& s) : up(owner), stream(&s) {}
      void on_open(world::Stream&) override {}
      void on_bytes(world::Stream&, std::string_view bytes) override {
        std::string_view piece;
        while (stream != nullptr) {
          const Step step = reader.read(bytes, piece);
          must(step != Step::refused, "what reaches upstream is well-formed");
          if (step == Step::need_more) return;
          if (step == Step::head) look(reader.head());
          if (step == Step::data) body += piece;
          if (step == Step::end) {
            up.seen.push_back(std::exchange(body, {}));
            play(up.script(up.seen.size() - 1));
          }
        }
      }
      static void look(const wire::http1::RequestHead& head) {
        int hosts = 0;
        int credentials = 0;
        for (const auto& field : head.fields) {
          if (wire::http1::same_name(field.name, "host")) hosts += field.value == "api.test" ? 1 : 100;
          if (wire::http1::same_name(field.name, "x-api-key")) credentials += field.value == kCredential ? 1 : 100;
          if (wire::http1::same_name(field.name, "authorization")) credentials += 100;
        }
        must(hosts == 1 && credentials == 1, "one host and one credential go out");
      }
      void play(const Reply& reply) {
        Duration at{};
        for (const std::string& bytes : reply.pieces) {
          up.loop.after(at, [this, bytes] {
            if (stream != nullptr) stream->write(bytes);
          });
          at += milliseconds(1);
        }
        if (reply.then == Reply::Then::stay) return;
        up.loop.after(at + milliseconds(5), [this, then = reply.then] {
          if (stream == nullptr) return;
          if (then == Reply::Then::finish) stream->finish();
          else stream->abort();
        });
      }
      void on_drained(world::Stream&) override {}
      void on_peer_finished(world::Stream& s) override { s.finish(); }
      void on_closed(world::Stream&, const world::Closing&) override { stream = nullptr; }

      Upstream& up;
      world::Stream* stream;
      std::string body;
      wire::http1::RequestReader reader{limits::kLargestUpload};
    };

    Upstream(world::Loop& l, std::function<Reply(std::size_t)> s) : loop(l), script(std::move(s)) {}
    void on_accept(world::Stream& stream) override {
      peers.push_back(std::make_unique<Peer>(*this, stream));
      stream.set_handler(*peers.back());
    }
    world::Loop& loop;
    std::function<Reply(std::size_t)> script;
    std::vector<std::string> seen;  // the bodies of whole requests
    std::vector<std::unique_ptr<Peer>> peers;
  };

  void run(Duration time) {
    loop_.after(time, [this] { loop_.stop(); });
    loop_.run();
  }

  const world::Address front_{world::Family::ipv4, {10, 0, 0, 1}, 80};
  std::shared_ptr<store::Account> account_ = std::make_shared<store::Account>();
  Client client_;
  sim::SimLoop loop_{Instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 10}}};
  Upstream upstream_;
  std::unique_ptr<gateway::Worker> worker_;
};

}  // namespace locksmith::fuzz
