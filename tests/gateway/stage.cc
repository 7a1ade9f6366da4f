#include "stage.h"

#include <algorithm>
#include <cctype>

#include "knowledge/knowledge.h"
#include "knowledge/prices.h"
#include "vocabulary/limits/gateway.h"
#include "vocabulary/limits/upstream.h"
#include "wire/digest/sha256.h"
#include "wire/http1/reader.h"
#include "wire/json/json.h"

namespace locksmith::gateway {
namespace {

using wire::http1::Step;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::vector<std::pair<std::string, std::string>> copy(const wire::http1::Fields& fields) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& field : fields) out.emplace_back(lower(field.name), field.value);
  return out;
}

std::string only(const std::vector<std::pair<std::string, std::string>>& fields, const std::string& name) {
  std::string found = "(none)";
  for (const auto& [each, value] : fields) {
    if (each == name) found = found == "(none)" ? value : "(several)";
  }
  return found;
}

}  // namespace

// --- Upstream ----------------------------------------------------------------------------------------------------------

std::vector<std::string> Seen::all(const std::string& name) const {
  std::vector<std::string> out;
  for (const auto& [each, value] : fields) {
    if (each == name) out.push_back(value);
  }
  return out;
}
std::string Seen::one(const std::string& name) const { return only(fields, name); }

struct Upstream::Peer final : world::StreamHandler {
  Peer(Upstream& owner, world::Stream& s, int n) : up(owner), stream(&s), connection(n) {}
  void on_open(world::Stream&) override {}
  void on_bytes(world::Stream& s, std::string_view bytes) override {
    raw += bytes;
    if (up.on_part) up.on_part(s, raw);
    std::string_view piece;
    for (;;) {
      const std::size_t before = bytes.size();
      const Step step = reader.read(bytes, piece);
      used += before - bytes.size();
      if (step == Step::need_more || step == Step::refused) return;
      if (step == Step::head) {
        now = {};
        now.method = reader.head().method;
        now.target = reader.head().target;
        now.fields = copy(reader.head().fields);
      }
      if (step == Step::data) now.body += piece;
      if (step != Step::end) continue;
      now.trailers = reader.trailers();
      now.raw = raw.substr(0, used);
      raw.erase(0, used);
      used = 0;
      now.connection = connection;
      now.number = count++;
      up.seen.push_back(now);
      play(up.script ? up.script(now) : Reply{answer(200, "content-type: application/json\r\n", "{}")});
      if (stream == nullptr) return;
    }
  }
  void play(Reply reply) {
    if (!reply.bytes.empty()) stream->write(reply.bytes);
    Duration at{};
    for (auto& [wait, bytes] : reply.later) {
      at += wait;
      up.loop_.after(at, [this, text = std::move(bytes)] {
        if (stream != nullptr) stream->write(text);
      });
    }
    const auto end = [this, then = reply.then] {
      if (stream == nullptr) return;
      if (then == Reply::Then::finish) stream->finish();
      if (then == Reply::Then::reset) stream->abort();
    };
    // A reset overtakes nothing that was sent before it.
    if (reply.then != Reply::Then::stay) up.loop_.after(at + 5ms, end);
  }
  void on_drained(world::Stream&) override {}
  void on_peer_finished(world::Stream& s) override { s.finish(); }
  void on_closed(world::Stream&, const world::Closing& closing) override {
    stream = nullptr;
    --up.open;
    if (closing.reason == world::CloseReason::reset) ++up.reset;
  }

  Upstream& up;
  world::Stream* stream;
  int connection, count = 0;
  std::size_t used = 0;
  std::string raw;
  wire::http1::RequestReader reader{limits::kLargestUpload};
  Seen now;
};

Upstream::Upstream(world::Loop& loop) : loop_(loop) {}
Upstream::~Upstream() = default;

void Upstream::on_accept(world::Stream& stream) {
  peers_.push_back(std::make_unique<Peer>(*this, stream, accepted++));
  ++open;
  stream.set_handler(*peers_.back());
}

void Upstream::end_all() {
  for (const auto& peer : peers_) {
    if (peer->stream != nullptr) peer->stream->finish();
  }
}

std::size_t Upstream::unsent() const {
  std::size_t sum = 0;
  for (const auto& peer : peers_) sum += peer->stream != nullptr ? peer->stream->unsent() : 0;
  return sum;
}

std::string answer(int status, const std::string& fields, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + fields + "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string chunked(const std::vector<std::string>& pieces) {
  std::string out;
  for (const std::string& piece : pieces) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx", piece.size());
    out += std::string(size) + "\r\n" + piece + "\r\n";
  }
  return out;
}

std::string stream_answer(const std::string& events) {
  return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nrequest-id: req_fake\r\n"
         "transfer-encoding: chunked\r\n\r\n" + chunked({events}) + "0\r\n\r\n";
}

// --- Answers -------------------------------------------------------------------------------------------------------------

std::string Got::one(const std::string& name) const { return only(fields, name); }

std::string Got::error_code() const {
  wire::json::Reader reader;
  const auto document = reader.parse(body);
  return document ? std::string((*document)["error"]["details"]["error_code"].string_or("(none)")) : "(no JSON)";
}

std::string Got::error_type() const {
  wire::json::Reader reader;
  const auto document = reader.parse(body);
  return document ? std::string((*document)["error"]["type"].string_or("(none)")) : "(no JSON)";
}

std::vector<Got> answers_in(std::string_view bytes, bool ended, const std::vector<std::string>& methods) {
  std::vector<Got> all;
  wire::http1::ResponseReader reader(limits::kAnswerBody);
  std::string_view piece;
  for (;;) {
    reader.expect(all.size() < methods.size() ? methods[all.size()] : "GET");
    Got got;
    for (;;) {
      Step step = reader.read(bytes, piece);
      if (step == Step::need_more && ended && got.status != 0) step = reader.finish();
      if (step == Step::head) {
        got.status = reader.head().status;
        got.fields = copy(reader.head().fields);
      }
      if (step == Step::data) got.body += piece;
      if (step == Step::end) got.whole = true;
      if (step == Step::need_more || step == Step::refused) {
        if (got.status != 0) all.push_back(std::move(got));
        return all;
      }
      if (step == Step::end) break;
    }
    all.push_back(std::move(got));
  }
}

std::string message_body(const std::string& more) {
  return R"({"model":"claude-haiku-4-5","max_tokens":100,)" + more + R"("messages":[{"role":"user","content":"Hi"}]})";
}

std::string event(const std::string& type, const std::string& members) {
  return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + (members.empty() ? "" : "," + members) + "}\n\n";
}

std::string stream_of_message() {
  return event("message_start", R"("message":{"id":"msg_1","model":"claude-haiku-4-5","usage":{"input_tokens":20,"output_tokens":1}})") +
         event("content_block_start", R"("index":0,"content_block":{"type":"text","text":""})") + event("ping", "") +
         event("content_block_delta", R"("index":0,"delta":{"type":"text_delta","text":"Hello there"})") +
         event("content_block_stop", R"("index":0)") +
         event("message_delta", R"("delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7})") + event("message_stop", "");
}

// --- The stage -------------------------------------------------------------------------------------------------------------

Stage::Stage() : prices(knowledge::read_prices().value()), examiner(knowledge::make_examiner().value()) {
  front = {world::Family::ipv4, {10, 0, 0, 1}, 80};
  back = {world::Family::ipv4, {10, 0, 0, 2}, 80};
  loop.set_name("api.test", {back});
  EXPECT_TRUE(loop.listen(back, {}, upstream));
  key = make_key();
}

Stage::~Stage() = default;

void Stage::TearDown() {
  if (!worker) return;
  for (const auto& client : clients_) {
    if (client->stream != nullptr) client->stream->abort();
  }
  run(3s);
  EXPECT_EQ(worker->connections(), 0U);
  for (const KnownKey& known : keys_) {
    EXPECT_EQ(known.account->held().nano_usd, 0);
    EXPECT_EQ(known.account->in_flight(), 0);
  }
  EXPECT_EQ(worker->counters().streams_in_flight.read(), 0U);
}

std::unique_ptr<Settings> Stage::make_settings(std::vector<std::string> credentials) const {
  auto settings = std::make_unique<Settings>();
  settings->upstream.target = upstream::parse_target("http://api.test").value();
  // Each is of an organization of its own, named as the credential.
  for (const std::string& name : credentials) {
    settings->credentials.push_back({name, Secret("fake-upstream-" + name), false, "org-" + name});
  }
  return settings;
}

void Stage::open(std::unique_ptr<Settings> settings) {
  if (!settings) settings = make_settings();
  worker = std::make_unique<Worker>(loop, Shared{prices, *examiner, *this}, std::shared_ptr<const Settings>(std::move(settings)), ring(), 7);
  EXPECT_TRUE(loop.listen(front, {}, *worker));
  worker->start();
  run(10ms);
}

std::shared_ptr<const KeyRing> Stage::ring() { return std::make_shared<const KeyRing>(keys_); }

std::string Stage::make_key(model::tenant::KeyState state, std::optional<Instant> expires, const std::string& workspace) {
  std::array<std::uint8_t, model::tenant::kKeyRandomBytes> random{};
  random[0] = static_cast<std::uint8_t>(keys_.size() + 1);
  std::array<std::uint8_t, 12> id{};
  id[0] = random[0];
  const std::string text(model::tenant::make_key_text(random).reveal());
  KnownKey known;
  known.key.id = model::tenant::make_key_id(id);
  known.key.workspace = model::tenant::WorkspaceName(workspace);
  known.key.digest = wire::digest::sha256(text);
  known.key.state = state;
  known.key.expires = expires;
  known.account = std::make_shared<store::Account>();
  keys_.push_back(std::move(known));
  texts_.push_back(text);
  if (worker) worker->set_keys(ring());
  return text;
}

void Stage::set_state(const std::string& text, model::tenant::KeyState state) {
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (texts_[i] == text) keys_[i].key.state = state;
  }
  worker->set_keys(ring());
}

store::Account& Stage::account(const std::string& text) {
  const auto at = std::ranges::find(texts_, text) - texts_.begin();
  return *keys_[static_cast<std::size_t>(at)].account;
}

void Stage::nobody_listens() {
  sim::HostBehaviour behaviour;
  behaviour.connect = sim::HostBehaviour::Connect::refuses;
  loop.set_host(back, behaviour);
}

void Stage::run(Duration time) {
  loop.after(time, [this] { loop.stop(); });
  loop.run();
}

Caller& Stage::dial() {
  clients_.push_back(std::make_unique<Caller>());
  clients_.back()->stream = &loop.dial(front, {5s}, *clients_.back());
  run(5ms);
  return *clients_.back();
}

Caller& Stage::exchange(const std::string& bytes, Duration time) {
  Caller& client = dial();
  client.send(bytes);
  run(time);
  return client;
}

Got Stage::ask(const std::string& bytes, Duration time) {
  Caller& client = exchange(bytes, time);
  const std::string method = bytes.substr(0, bytes.find(' '));
  const auto all = answers_in(client.received, client.finished, {method});
  if (client.stream != nullptr) client.stream->abort();
  run(5ms);
  EXPECT_LE(all.size(), 1U);
  return all.empty() ? Got{} : all.front();
}

std::string Stage::get(const std::string& path, const std::string& fields) {
  return "GET " + path + " HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\n" + fields + "\r\n";
}

std::string Stage::post(const std::string& path, const std::string& body, const std::string& fields) {
  return "POST " + path + " HTTP/1.1\r\nHost: gw\r\nx-api-key: " + key + "\r\ncontent-type: application/json\r\n" + fields +
         "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::vector<std::string> Stage::log_lines() {
  run(limits::kSweep + 10ms);
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = log.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(log.substr(begin, end - begin));
  }
  return lines;
}

}  // namespace locksmith::gateway
