#include "upstream/exchange.h"

#include <algorithm>
#include <memory>

#include "upstream/tunnel.h"
#include "vocabulary/base64.h"
#include "vocabulary/limits/doctor.h"
#include "vocabulary/limits/http.h"
#include "vocabulary/text.h"
#include "wire/http1/reader.h"
#include "wire/http1/write.h"
#include "wire/sse/event_reader.h"

namespace locksmith::upstream {
namespace {

using wire::http1::ResponseReader;
using world::CloseReason;
using world::Closing;
using world::Stream;

// Takes what still comes from a stream that nobody waits for.
world::StreamHandler& nobody() {
  class Nobody final : public world::StreamHandler {
    void on_open(Stream& stream) override { stream.abort(); }
    void on_bytes(Stream&, std::string_view) override {}
    void on_drained(Stream&) override {}
    void on_closed(Stream&, const Closing&) override {}
  };
  static Nobody instance;
  return instance;
}

// Lives until its caller has been told: it holds itself.
class Run final : public world::StreamHandler, public std::enable_shared_from_this<Run> {
 public:
  Run(world::Loop& loop, Plan plan, std::move_only_function<void(Observed)> done)
      : loop_(loop), plan_(std::move(plan)), done_(std::move(done)), reader_(limits::kProbeBody) {}

  void start() {
    self_ = shared_from_this();
    started_ = loop_.tick();
    deadline_ = loop_.after(plan_.deadline, [this] { on_deadline(); });
    if (plan_.at && !plan_.proxy) {
      loop_.post([keep = self_] { keep->on_resolved({{*keep->plan_.at}, {}, {}}); });
      return;
    }
    const Target& first = plan_.proxy ? *plan_.proxy : plan_.target;
    const Duration dns = std::min<Duration>(limits::kDnsProbe, plan_.deadline);
    loop_.resolve(first.host, first.port, plan_.family, dns,
                  [keep = self_](world::Resolution resolution) { keep->on_resolved(std::move(resolution)); });
  }

  void on_open(Stream& stream) override {
    if (seen_.reached == Stage::connect) {
      seen_.connect_took = since(stage_start_);
      if (plan_.proxy && plan_.target.tls && !tunnel_) return ask_proxy(stream);
    }
    if (stream.tls() != nullptr) {
      seen_.tls = *stream.tls();
      seen_.tls_took = since(stage_start_);
    }
    send(stream);
  }

  void on_bytes(Stream& stream, std::string_view bytes) override {
    if (told_) return;
    if (seen_.reached == Stage::proxy) return on_proxy_bytes(stream, bytes);
    if (seen_.reached == Stage::send) {
      seen_.reached = Stage::answer;
      seen_.first_byte_took = since(stage_start_);
    }
    read(stream, bytes);
  }

  void on_drained(Stream&) override {}

  void on_peer_finished(Stream& stream) override {
    if (!told_ && seen_.reached == Stage::body && reader_.finish() == wire::http1::Step::end) {
      seen_.reached = Stage::done;
      return tell();
    }
    stream.finish();
  }

  void on_closed(Stream& stream, const Closing& closing) override {
    stream_ = nullptr;
    if (stream.tls() != nullptr) seen_.tls = *stream.tls();
    seen_.closing = closing;
    const bool not_open = seen_.reached == Stage::connect;
    if (not_open && closing.reason == CloseReason::tls_failed) {
      seen_.reached = Stage::tls;
    } else if (not_open && next_address_ < seen_.addresses.size()) {
      dial();
      return;
    }
    tell();
  }

 private:
  Duration since(Tick start) const { return loop_.tick() - start; }
  Duration left() const {
    const Duration used = since(started_);
    return used < plan_.deadline ? plan_.deadline - used : Duration(std::chrono::milliseconds(1));
  }

  void on_resolved(world::Resolution resolution) {
    if (told_) return;
    seen_.resolve_took = resolution.took;
    seen_.addresses = std::move(resolution.addresses);
    seen_.resolve_error = std::move(resolution.error);
    if (seen_.addresses.empty()) {
      if (seen_.resolve_error.empty()) seen_.resolve_error = "EAI_NODATA";
      return tell();
    }
    dial();
  }

  void dial() {
    seen_.reached = Stage::connect;
    seen_.peer = seen_.addresses[next_address_++];
    stage_start_ = loop_.tick();
    world::DialOptions options;
    options.deadline = std::min<Duration>(limits::kConnectProbe, left());
    if (plan_.target.tls && !plan_.proxy) options.tls = tls_options();
    stream_ = &loop_.dial(*seen_.peer, std::move(options), *this);
  }

  std::shared_ptr<const world::TlsClientOptions> tls_options() const {
    auto tls = std::make_shared<world::TlsClientOptions>();
    tls->server_name = plan_.target.host;
    tls->ca_file = plan_.ca_file;
    tls->ca_folder = plan_.ca_folder;
    tls->bundled_folder = plan_.bundled_folder;
    tls->ca_replaces_system = plan_.ca_replaces_system;
    tls->ignores_environment = plan_.ignores_environment;
    return tls;
  }

  void ask_proxy(Stream& stream) {
    seen_.reached = Stage::proxy;
    reader_.expect("CONNECT");
    stream.write(connect_request(plan_.target, *plan_.proxy));
  }

  void append_proxy_credentials(std::string& head) const {
    if (plan_.proxy && !plan_.proxy->user_info.empty()) {
      wire::http1::append_field(head, "Proxy-Authorization", "Basic " + to_base64(credentials_of(*plan_.proxy)));
    }
  }

  void on_proxy_bytes(Stream& stream, std::string_view bytes) {
    std::string_view piece;
    const auto step = reader_.read(bytes, piece);
    if (step == wire::http1::Step::need_more) return;
    if (step == wire::http1::Step::refused) {
      seen_.protocol_broken = true;
      return give_up(stream);
    }
    const int status = reader_.head().status;
    if (status / 100 != 2) {
      seen_.proxy_status = status;
      take_headers();
      return give_up(stream);
    }
    reader_ = ResponseReader(limits::kProbeBody);
    stage_start_ = loop_.tick();
    seen_.reached = Stage::connect;  // on_closed tells a failed handshake by its reason
    tunnel_ = true;
    loop_.start_tls(stream, tls_options(), std::min<Duration>(limits::kTlsProbe, left()));
  }

  void send(Stream& stream) {
    seen_.reached = Stage::send;
    stage_start_ = loop_.tick();
    std::string head;
    std::string target = plan_.target.path_prefix + plan_.path;
    if (plan_.proxy && !plan_.target.tls) target = "http://" + plan_.target.authority() + target;
    if (!wire::http1::begin_request(head, plan_.method, target)) {
      seen_.closing = {CloseReason::aborted, "the path cannot be sent"};
      return give_up(stream);
    }
    wire::http1::append_field(head, "Host", plan_.target.authority());
    for (const auto& [name, value] : plan_.headers) wire::http1::append_field(head, name, value);
    if (plan_.proxy && !plan_.target.tls) append_proxy_credentials(head);
    for (const auto& [name, value] : plan_.credentials) wire::http1::append_field(head, name, value.reveal());
    if (!plan_.body.empty()) wire::http1::append_field(head, "Content-Length", std::to_string(plan_.body.size()));
    wire::http1::append_field(head, "Connection", "close");
    wire::http1::end_head(head);
    reader_.expect(plan_.method);
    stream.write(head);
    if (!plan_.body.empty()) stream.write(plan_.body);
    wipe(head.data(), head.size());
  }

  void take_headers() {
    seen_.headers.clear();
    for (const auto& field : reader_.head().fields) {
      seen_.headers.emplace_back(lower_case(field.name), std::string(field.value));
    }
    seen_.answered_at = loop_.now();
  }

  void read(Stream& stream, std::string_view bytes) {
    while (!told_) {
      std::string_view piece;
      switch (reader_.read(bytes, piece)) {
        case wire::http1::Step::need_more:
          return;
        case wire::http1::Step::head:
          seen_.reached = Stage::body;
          seen_.status = reader_.head().status;
          take_headers();
          break;
        case wire::http1::Step::data:
          seen_.body.append(piece.substr(0, static_cast<std::size_t>(limits::kProbeBody.value) - seen_.body.size()));
          if (plan_.expects_events) read_events(piece);
          break;
        case wire::http1::Step::end:
          seen_.reached = Stage::done;
          return tell();
        case wire::http1::Step::refused:
          seen_.protocol_broken = !seen_.status.has_value();
          return give_up(stream);
      }
    }
  }

  void read_events(std::string_view piece) {
    wire::sse::Event event;
    while (events_.read(piece, event) == wire::sse::EventReader::Step::event) {
      ++seen_.events;
      if (event.type == "message_stop") seen_.message_stop = true;
      if (event.type == "error") seen_.stream_error = event.data;
    }
  }

  void give_up(Stream&) { tell(); }

  void on_deadline() {
    if (told_) return;
    seen_.timed_out = true;
    tell();
  }

  // Lets go of the stream, which may outlive this object, and hands the result over from the loop, so that the caller may
  // start the next exchange without deepening this stack. What is posted keeps this object until the stack is gone.
  void tell() {
    told_ = true;
    if (stream_ != nullptr) {
      stream_->set_handler(nobody());
      stream_->abort();
      stream_ = nullptr;
    }
    loop_.cancel(deadline_);
    if (tunnel_ && seen_.reached == Stage::connect) seen_.reached = Stage::tls;
    seen_.total = since(started_);
    loop_.post([keep = std::move(self_), done = std::move(done_), seen = std::move(seen_)]() mutable { done(std::move(seen)); });
  }

  world::Loop& loop_;
  Plan plan_;
  std::move_only_function<void(Observed)> done_;
  ResponseReader reader_;
  wire::sse::EventReader events_;
  Observed seen_;
  std::shared_ptr<Run> self_;
  Stream* stream_ = nullptr;
  world::TimerId deadline_ = 0;
  Tick started_{}, stage_start_{};
  std::size_t next_address_ = 0;
  bool told_ = false;
  bool tunnel_ = false;
};

}  // namespace

std::string_view name(Stage stage) {
  switch (stage) {
    case Stage::resolve:
      return "name look-up";
    case Stage::connect:
      return "connection";
    case Stage::proxy:
      return "proxy";
    case Stage::tls:
      return "TLS";
    case Stage::send:
      return "waiting for an answer";
    case Stage::answer:
      return "answer's head";
    case Stage::body:
      return "answer's body";
    case Stage::done:
      return "done";
  }
  return "done";
}

const std::string* Observed::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return &value;
  }
  return nullptr;
}

void exchange(world::Loop& loop, Plan plan, std::move_only_function<void(Observed)> done) {
  std::make_shared<Run>(loop, std::move(plan), std::move(done))->start();
}

}  // namespace locksmith::upstream
