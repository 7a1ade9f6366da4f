// The upstream of the gateway's benchmark: answers as the Messages API does, as fast as one core can, from
// memory. One thread, level-triggered epoll. It checks nothing that the benchmark does not need checked: the
// emulator of the program does that.
//
//   mock_upstream --port P [--tls-port P --cert FILE --key FILE]
//
// What a request gets is a spec: the path /answer/SPEC, else the header x-mock, else the default, which a
// request to /default/SPEC sets (so that a proxy need not let a foreign header through):
//   json:BYTES        one message of BYTES bytes
//   sse:EVENTS        a stream, one chunk and one send() an event, as fast as the socket takes them
//   sse:EVENTS@RATE   the same, RATE events a second; a delta carries its send time in nanoseconds
//   burst:EVENTS      the same events in one write
// /count says what was seen so far.
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Nanoseconds = std::uint64_t;

constexpr std::size_t kHeadBytes = 64 * 1024;             // the longest request head
constexpr std::size_t kMessageBytes = 16 << 20;           // the longest JSON answer
constexpr std::size_t kStreamEvents = 200'000;            // the longest stream
constexpr std::size_t kReadBytes = 256 * 1024;            // one read takes a whole 100 KB body
constexpr std::string_view kStamp = "@0000000000000000";  // where a paced delta carries its send time

Nanoseconds now() {
  return static_cast<Nanoseconds>(std::chrono::steady_clock::now().time_since_epoch().count());
}

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "mock_upstream: %s\n", what.c_str());
  std::exit(2);
}

// --- what is answered ------------------------------------------------------------------------------------

struct Script {
  std::string bytes;               // the head and everything after it
  std::vector<std::size_t> ends;   // where each send ends; a JSON answer and a burst have one
  std::vector<std::size_t> stamp;  // by send: where its time stands in bytes; npos for none
  Nanoseconds interval = 0;        // between two events; 0 is full speed
  std::size_t events = 0;          // in the whole script
};

// The headers that the API sends beside the content type; the values are made up.
constexpr std::string_view kAnswerHeaders =
    "request-id: req_bench000000000000000000\r\n"
    "anthropic-organization-id: 00000000-0000-4000-8000-000000000000\r\n"
    "anthropic-ratelimit-requests-limit: 4000\r\n"
    "anthropic-ratelimit-requests-remaining: 3999\r\n"
    "anthropic-ratelimit-requests-reset: 2030-01-01T00:00:00Z\r\n"
    "anthropic-ratelimit-input-tokens-limit: 400000\r\n"
    "anthropic-ratelimit-input-tokens-remaining: 399000\r\n"
    "anthropic-ratelimit-input-tokens-reset: 2030-01-01T00:00:00Z\r\n"
    "anthropic-ratelimit-output-tokens-limit: 80000\r\n"
    "anthropic-ratelimit-output-tokens-remaining: 79000\r\n"
    "anthropic-ratelimit-output-tokens-reset: 2030-01-01T00:00:00Z\r\n";

std::string json_answer(std::string_view body, std::string_view status = "200 OK") {
  std::string out = "HTTP/1.1 " + std::string(status) + "\r\ncontent-type: application/json\r\n";
  out += kAnswerHeaders;
  out += "content-length: " + std::to_string(body.size()) + "\r\n\r\n";
  out += body;
  return out;
}

std::string message_of(std::size_t bytes) {
  const std::string before =
      R"({"id":"msg_bench0000000000000000","type":"message","role":"assistant","model":"claude-bench",)"
      R"("content":[{"type":"text","text":")";
  const std::string after =
      R"("}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":312,)"
      R"("cache_creation_input_tokens":0,"cache_read_input_tokens":128,"output_tokens":401,)"
      R"("service_tier":"standard"}})";
  const std::size_t frame = before.size() + after.size();
  std::string text;
  while (frame + text.size() < bytes) text += "The quick brown fox jumps over the lazy dog. ";
  text.resize(bytes > frame ? bytes - frame : 0);
  return before + text + after;
}

std::string event(std::string_view name, std::string_view data) {
  return "event: " + std::string(name) + "\ndata: " + std::string(data) + "\n\n";
}

// The events of one stream in the order of the API: message_start, content_block_start, deltas,
// content_block_stop, message_delta with the cumulative usage, message_stop.
std::vector<std::string> events_of(std::size_t count, bool stamped) {
  constexpr std::size_t kFrame = 5;
  const std::size_t deltas = count > kFrame ? count - kFrame : 1;
  std::vector<std::string> out;
  out.push_back(event(
      "message_start",
      R"({"type":"message_start","message":{"id":"msg_bench0000000000000000","type":"message",)"
      R"("role":"assistant","model":"claude-bench","content":[],"stop_reason":null,"stop_sequence":null,)"
      R"("usage":{"input_tokens":312,"cache_creation_input_tokens":0,"cache_read_input_tokens":128,)"
      R"("output_tokens":1,"service_tier":"standard"}}})"));
  out.push_back(
      event("content_block_start",
            R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"));
  const std::string text = stamped ? std::string(kStamp) : "the quick brown f";
  for (std::size_t i = 0; i < deltas; ++i) {
    out.push_back(event("content_block_delta",
                        R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")" +
                            text + R"("}})"));
  }
  out.push_back(event("content_block_stop", R"({"type":"content_block_stop","index":0})"));
  out.push_back(
      event("message_delta",
            R"({"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":)"
            R"({"output_tokens":)" +
                std::to_string(deltas) + "}}"));
  out.push_back(event("message_stop", R"({"type":"message_stop"})"));
  return out;
}

Script stream_of(std::size_t count, Nanoseconds interval, bool burst) {
  Script script;
  script.interval = interval;
  script.bytes =
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n";
  script.bytes += kAnswerHeaders;
  script.bytes += "transfer-encoding: chunked\r\n\r\n";
  const std::vector<std::string> events = events_of(count, interval != 0);
  script.events = events.size();
  for (std::size_t i = 0; i < events.size(); ++i) {
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", events[i].size());
    script.bytes += size;
    const std::size_t stamp = events[i].find(kStamp);
    script.stamp.push_back(stamp == std::string::npos ? stamp : script.bytes.size() + stamp + 1);
    script.bytes += events[i] + "\r\n";
    if (i + 1 == events.size()) script.bytes += "0\r\n\r\n";
    script.ends.push_back(script.bytes.size());
  }
  if (burst) {
    script.ends = {script.bytes.size()};
    script.stamp = {std::string::npos};
  }
  return script;
}

template <class Number>
bool number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<Script> parse_spec(std::string_view spec) {
  const std::size_t colon = spec.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view kind = spec.substr(0, colon);
  std::string_view rest = spec.substr(colon + 1);
  double rate = 0;
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    if (kind != "sse" || !number(rest.substr(at + 1), rate) || rate <= 0) return std::nullopt;
    rest = rest.substr(0, at);
  }
  std::size_t count = 0;
  if (!number(rest, count)) return std::nullopt;
  if (kind == "json" && count <= kMessageBytes) {
    Script script;
    script.bytes = json_answer(message_of(count));
    script.ends = {script.bytes.size()};
    script.stamp = {std::string::npos};
    return script;
  }
  if ((kind != "sse" && kind != "burst") || count > kStreamEvents) return std::nullopt;
  return stream_of(count, rate > 0 ? static_cast<Nanoseconds>(1e9 / rate) : 0, kind == "burst");
}

// --- connections -----------------------------------------------------------------------------------------

struct Connection {
  int fd = -1;
  SSL* tls = nullptr;
  std::uint64_t serial = 0;   // fds are reused: a timer names its connection by both
  std::string in;             // a head that is not whole yet
  std::size_t body_left = 0;  // of the request's body, still to come
  bool have_request = false;
  const Script* chosen = nullptr;  // by the head, for when the body is whole
  const Script* answer = nullptr;  // being sent; owned by Server::scripts_
  std::shared_ptr<Script> own;     // an answer that is for this request only
  std::size_t sent = 0;            // bytes of the answer
  std::size_t step = 0;            // the next entry of answer->ends
  Nanoseconds due = 0;             // of the next event, when paced
  bool wants_out = false;
};

struct Due {
  Nanoseconds at;
  int fd;
  std::uint64_t serial;
  bool operator<(const Due& other) const { return at > other.at; }  // the earliest on top
};

struct Counts {
  std::uint64_t requests = 0, events = 0, bytes_in = 0, bytes_out = 0, accepted = 0, open = 0;
};

class Server {
 public:
  Server() : epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(kReadBytes) { set_default("json:2048"); }

  void listen_on(std::uint16_t port, SSL_CTX* context) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(fd, 16384) != 0)
      die("cannot listen on port " + std::to_string(port) + ": " + std::strerror(errno));
    watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    listeners_[fd] = context;
  }

  void run() {
    std::vector<epoll_event> events(1024);
    while (true) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout());
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (const auto listener = listeners_.find(fd); listener != listeners_.end()) {
          accept_all(fd, listener->second);
        } else if (Connection* c = at(fd)) {
          const auto what = events[static_cast<std::size_t>(i)].events;
          if ((what & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !on_readable(*c)) continue;
          if ((what & EPOLLOUT) != 0) on_writable(*c);
        }
      }
      run_full_speed();
      run_paced();
    }
  }

 private:
  Connection* at(int fd) {
    const auto i = static_cast<std::size_t>(fd);
    return i < connections_.size() ? connections_[i].get() : nullptr;
  }

  void watch(int fd, int how, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    epoll_ctl(epoll_, how, fd, &event);
  }

  int timeout() const {  // milliseconds; a paced event may be up to one late, which its stamp does not hide
    if (!running_.empty()) return 0;
    if (due_.empty()) return -1;
    const Nanoseconds at = due_.top().at;
    const Nanoseconds time = now();
    return at <= time ? 0 : static_cast<int>((at - time) / 1'000'000 + 1);
  }

  void accept_all(int listener, SSL_CTX* context) {
    while (true) {
      const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      if (connections_.size() <= static_cast<std::size_t>(fd))
        connections_.resize(static_cast<std::size_t>(fd) + 1);
      auto c = std::make_unique<Connection>();
      c->fd = fd;
      c->serial = ++serial_;
      if (context != nullptr) {
        c->tls = SSL_new(context);
        SSL_set_fd(c->tls, fd);
        SSL_set_accept_state(c->tls);
      }
      connections_[static_cast<std::size_t>(fd)] = std::move(c);
      ++counts_.accepted;
      ++counts_.open;
      watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
  }

  void drop(Connection& c) {
    if (c.tls != nullptr) SSL_free(c.tls);
    close(c.fd);
    --counts_.open;
    connections_[static_cast<std::size_t>(c.fd)].reset();
  }

  // Bytes read; 0 where there is nothing now, -1 where there never will be.
  ssize_t read_some(Connection& c) {
    if (c.tls != nullptr) {
      const int got = SSL_read(c.tls, buffer_.data(), static_cast<int>(buffer_.size()));
      if (got > 0) return got;
      const int why = SSL_get_error(c.tls, got);
      return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
    }
    const ssize_t got = recv(c.fd, buffer_.data(), buffer_.size(), 0);
    if (got > 0) return got;
    return got < 0 && errno == EAGAIN ? 0 : -1;
  }

  ssize_t write_some(Connection& c, const char* bytes, std::size_t count) {
    ssize_t sent = 0;
    if (c.tls != nullptr) {
      sent = SSL_write(c.tls, bytes, static_cast<int>(count));
      if (sent <= 0) {
        const int why = SSL_get_error(c.tls, static_cast<int>(sent));
        return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
      }
    } else {
      sent = send(c.fd, bytes, count, MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN ? 0 : -1;
    }
    counts_.bytes_out += static_cast<std::uint64_t>(sent);
    return sent;
  }

  bool on_readable(Connection& c) {  // false: the connection is gone
    while (true) {
      const ssize_t got = read_some(c);
      if (got == 0) return true;
      if (got < 0) {
        drop(c);
        return false;
      }
      counts_.bytes_in += static_cast<std::uint64_t>(got);
      if (!take(c, {buffer_.data(), static_cast<std::size_t>(got)})) return false;
      // A short read has emptied the socket, but not necessarily the TLS layer above it.
      if (c.tls == nullptr && static_cast<std::size_t>(got) < buffer_.size()) return true;
    }
  }

  // Takes request bytes; false: the connection is gone. One request at a time: what comes while an answer is
  // being sent is kept in `in`.
  bool take(Connection& c, std::string_view bytes) {
    if (c.body_left != 0) {
      const std::size_t part = std::min(c.body_left, bytes.size());
      c.body_left -= part;
      bytes.remove_prefix(part);
    }
    if (c.have_request && c.body_left == 0 && c.answer == nullptr && !begin(c)) return false;
    if (!bytes.empty()) c.in.append(bytes);
    return c.answer != nullptr || c.have_request || read_heads(c);
  }

  bool read_heads(Connection& c) {
    while (c.answer == nullptr && !c.have_request && !c.in.empty()) {
      const std::size_t end = c.in.find("\r\n\r\n");
      if (end == std::string::npos) {
        if (c.in.size() <= kHeadBytes) return true;
        drop(c);
        return false;
      }
      read_head(c, std::string_view(c.in).substr(0, end + 2));
      c.in.erase(0, end + 4);
      const std::size_t part = std::min(c.body_left, c.in.size());
      c.in.erase(0, part);
      c.body_left -= part;
      c.have_request = true;
      if (c.body_left == 0 && !begin(c)) return false;
    }
    return true;
  }

  void read_head(Connection& c, std::string_view head) {
    const std::size_t line = head.find("\r\n");
    const std::string_view start = head.substr(0, line);
    const std::size_t blank = start.find(' ');
    std::string_view path = blank == std::string_view::npos ? "" : start.substr(blank + 1);
    path = path.substr(0, path.find(' '));
    std::string_view spec;
    bool chunked = false;
    std::string_view rest = head.substr(line + 2);
    while (!rest.empty()) {
      const std::size_t end = rest.find("\r\n");
      const std::string_view header = rest.substr(0, end);
      rest.remove_prefix(end + 2);
      const std::size_t colon = header.find(':');
      if (colon == std::string_view::npos) continue;
      std::string_view value = header.substr(colon + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      const std::string_view name = header.substr(0, colon);
      const auto is = [&](const char* word) {
        return name.size() == std::strlen(word) && strncasecmp(name.data(), word, name.size()) == 0;
      };
      if (is("content-length") && !number(value, c.body_left)) c.body_left = 0;
      if (is("transfer-encoding")) chunked = true;
      if (is("x-mock")) spec = value;
    }
    choose(c, path, spec, chunked);
  }

  void answer_once(Connection& c, std::string bytes) {
    c.own = std::make_shared<Script>();
    c.own->ends = {bytes.size()};
    c.own->stamp = {std::string::npos};
    c.own->bytes = std::move(bytes);
  }

  void choose(Connection& c, std::string_view path, std::string_view spec, bool chunked) {
    c.own.reset();
    c.chosen = default_;
    if (chunked)
      return answer_once(c, json_answer(R"({"error":"a length is needed"})", "411 Length Required"));
    if (path == "/count") return answer_once(c, json_answer(count_text()));
    constexpr std::string_view kDefault = "/default/";
    constexpr std::string_view kAnswer = "/answer/";
    if (path.starts_with(kDefault)) {
      const bool known = set_default(path.substr(kDefault.size()));
      return answer_once(c, known ? json_answer("{}") : json_answer("{}", "400 Bad Request"));
    }
    if (path.starts_with(kAnswer)) spec = path.substr(kAnswer.size());
    if (spec.empty()) return;
    c.chosen = script(spec);
    if (c.chosen == nullptr) answer_once(c, json_answer(R"({"error":"unknown spec"})", "400 Bad Request"));
  }

  const Script* script(std::string_view spec) {
    auto found = scripts_.find(spec);
    if (found == scripts_.end()) {
      std::optional<Script> made = parse_spec(spec);
      if (!made) return nullptr;
      found = scripts_.emplace(std::string(spec), std::move(*made)).first;
    }
    return &found->second;
  }

  bool set_default(std::string_view spec) {
    const Script* found = script(spec);
    if (found != nullptr) default_ = found;
    return found != nullptr;
  }

  std::string count_text() const {
    const auto member = [](const char* name, std::uint64_t value) {
      return "\"" + std::string(name) + "\":" + std::to_string(value);
    };
    return "{" + member("requests", counts_.requests) + "," + member("events", counts_.events) + "," +
           member("bytes_in", counts_.bytes_in) + "," + member("bytes_out", counts_.bytes_out) + "," +
           member("accepted", counts_.accepted) + "," + member("open", counts_.open) + "}\n";
  }

  bool begin(Connection& c) {  // the request is whole
    if (!c.own) ++counts_.requests;
    c.answer = c.own ? c.own.get() : c.chosen;
    c.sent = 0;
    c.step = 0;
    c.due = now();
    return advance(c);
  }

  // Sends what is due; false: the connection is gone. A stream at full speed sends one event and goes to the
  // end of the line, so that all streams run side by side.
  bool advance(Connection& c) {
    while (c.answer != nullptr) {
      const Script& script = *c.answer;
      if (c.step == script.ends.size()) return finish(c);
      if (script.interval != 0 && now() < c.due) {
        due_.push({c.due, c.fd, c.serial});
        return true;
      }
      const int outcome = send_step(c, script);
      if (outcome < 0) {
        drop(c);
        return false;
      }
      if (outcome == 0) {
        if (!c.wants_out) watch(c.fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
        c.wants_out = true;
        return true;
      }
      if (script.ends.size() > 1 && script.interval == 0 && c.step < script.ends.size()) {
        running_.push_back({0, c.fd, c.serial});
        return true;
      }
      c.due += script.interval;
    }
    return true;
  }

  int send_step(Connection& c, const Script& script) {  // 1 done, 0 the socket is full, -1 broken
    const std::size_t end = script.ends[c.step];
    const char* from = script.bytes.data() + c.sent;
    const std::size_t stamp = script.stamp[c.step];
    if (stamp != std::string::npos && c.sent <= stamp) {
      char digits[17];
      std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(now()));
      scratch_.assign(from, end - c.sent);
      scratch_.replace(stamp - c.sent, 16, digits, 16);
      from = scratch_.data();
    }
    const ssize_t sent = write_some(c, from, end - c.sent);
    if (sent < 0) return -1;
    c.sent += static_cast<std::size_t>(sent);
    if (c.sent < end) return 0;
    ++c.step;
    counts_.events += script.events == 0 ? 0 : script.events / script.ends.size();
    return 1;
  }

  bool finish(Connection& c) {
    c.answer = nullptr;
    c.own.reset();
    c.have_request = false;
    return read_heads(c);
  }

  void on_writable(Connection& c) {
    watch(c.fd, EPOLL_CTL_MOD, EPOLLIN);
    c.wants_out = false;
    advance(c);
  }

  void run_full_speed() {
    std::vector<Due> round;
    round.swap(running_);
    for (const Due& entry : round) {
      Connection* c = at(entry.fd);
      if (c != nullptr && c->serial == entry.serial && !c->wants_out) advance(*c);
    }
  }

  void run_paced() {
    const Nanoseconds time = due_.empty() ? 0 : now();
    while (!due_.empty() && due_.top().at <= time) {
      const Due entry = due_.top();
      due_.pop();
      Connection* c = at(entry.fd);
      if (c != nullptr && c->serial == entry.serial && !c->wants_out) advance(*c);
    }
  }

  int epoll_;
  std::map<int, SSL_CTX*> listeners_;
  std::vector<std::unique_ptr<Connection>> connections_;  // by file descriptor
  std::map<std::string, Script, std::less<>> scripts_;    // by spec; never removed
  const Script* default_ = nullptr;
  std::vector<Due> running_;  // streams at full speed, each to be sent its next event
  std::priority_queue<Due> due_;
  std::vector<char> buffer_;
  std::string scratch_;
  std::uint64_t serial_ = 0;
  Counts counts_;
};

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> options;
  for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  const auto port = [&](const char* name) {
    std::uint16_t value = 0;
    if (!number(std::string_view(options[name]), value)) die(std::string(name) + " wants a port");
    return value;
  };
  if (argc % 2 == 0 || !options.contains("--port"))
    die("usage: mock_upstream --port P [--tls-port P --cert FILE --key FILE]");
  signal(SIGPIPE, SIG_IGN);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  Server server;
  server.listen_on(port("--port"), nullptr);
  if (options.contains("--tls-port")) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (SSL_CTX_use_certificate_chain_file(context, options["--cert"].c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, options["--key"].c_str(), SSL_FILETYPE_PEM) != 1)
      die("cannot read the certificate or its key");
    server.listen_on(port("--tls-port"), context);
  }
  server.run();
}
