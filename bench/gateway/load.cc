// The load generator of the gateway's benchmark: requests as an SDK of the Claude API sends them, from one
// thread, level-triggered epoll. Prints one line of JSON.
//
//   KEY=… load --port P [--connections C] [--seconds S] [--warmup S] [--rate R] [--body BYTES] …   (see
//   kUsage)
//
// A closed loop keeps every connection busy. With --rate a request's latency counts from when it was meant to
// be sent, so that a stall is seen in all the requests that it delayed. The processor time of the processes
// named with --watch is read at the two ends of the measured window, by this process, so that it belongs to
// exactly the requests that are counted. Every answer is checked: status, length or number of events, and its
// orderly end.
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
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
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "histogram.h"
#include "load_options.h"
#include "processes.h"

namespace {

using locksmith::bench::busy_seconds;
using locksmith::bench::cpu_of;
using locksmith::bench::die;
using locksmith::bench::Histogram;
using locksmith::bench::Mode;
using locksmith::bench::Options;
using locksmith::bench::parse;
using locksmith::bench::resident_kilobytes;
using Nanoseconds = std::uint64_t;

constexpr std::size_t kReadBytes = 256 * 1024;
constexpr std::size_t kConnecting =
    64;  // connections that may be without their first answer at a time, while opening
constexpr std::string_view kStampMark = "\"text\":\"@";
constexpr std::size_t kStampDigits = 16;
constexpr Nanoseconds kSecond = 1'000'000'000;
constexpr Nanoseconds kGiveUp = 60 * kSecond;  // until all connections have their first answer

Nanoseconds now() {
  return static_cast<Nanoseconds>(std::chrono::steady_clock::now().time_since_epoch().count());
}

// The headers that the TypeScript SDK sends, in its order; the key comes from the environment.
std::string request_of(const Options& o) {
  const char* key = std::getenv("KEY");
  if (key == nullptr || *key == '\0') die("the variable KEY holds no key");
  const std::string before = std::string(R"({"model":"claude-bench","max_tokens":1024,"stream":)") +
                             (o.stream ? "true" : "false") + R"(,"messages":[{"role":"user","content":")";
  const std::string after = R"("}]})";
  std::string text;
  while (before.size() + after.size() + text.size() < o.body)
    text += "What does this sentence say about a fox? ";
  text.resize(o.body > before.size() + after.size() ? o.body - before.size() - after.size() : 0);
  const std::string body = before + text + after;
  std::string head =
      "POST " + o.path + " HTTP/1.1\r\nhost: 127.0.0.1:" + std::to_string(o.port) +
      "\r\naccept: application/json\r\ncontent-type: application/json\r\n"
      "user-agent: Anthropic/JS 0.60.0\r\nx-stainless-retry-count: 0\r\nx-stainless-timeout: 600\r\n"
      "x-stainless-lang: js\r\nx-stainless-package-version: 0.60.0\r\nx-stainless-os: Linux\r\n"
      "x-stainless-arch: x64\r\nx-stainless-runtime: node\r\nx-stainless-runtime-version: v18.20.4\r\n"
      "anthropic-version: 2023-06-01\r\naccept-language: *\r\nsec-fetch-mode: cors\r\n"
      "accept-encoding: identity\r\nconnection: keep-alive\r\n";
  head += "x-api-key: " + std::string(key) + "\r\n";
  if (!o.answer.empty()) head += "x-mock: " + o.answer + "\r\n";
  return head + "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// --- one connection
// ------------------------------------------------------------------------------------------

// Where an answer stands; the chunk states follow one another in this order.
enum class Part { kNone, kHead, kBody, kChunkSize, kChunkData, kChunkEnd, kTrailer };

struct Connection {
  int fd = -1;
  SSL* tls = nullptr;
  bool connected = false, wants_out = false, answered = false;  // answered: the first head has come
  std::size_t sent = 0;                                         // of the request
  Nanoseconds since = 0;  // when the request was sent, or was meant to be
  Part part = Part::kNone;
  std::string head;          // a head or a chunk's size line that is not whole yet
  std::string tail;          // of a paced stream: the last bytes, so that a time stamp may be torn
  std::uint64_t left = 0;    // of the body or the chunk
  std::uint64_t bytes = 0;   // of the payload so far
  std::uint64_t events = 0;  // so far
  char last = 0;             // payload byte, to see the empty line that ends an event
  bool bad = false;          // not 200, or not what was expected
};

struct Sample {
  Nanoseconds at = 0, watched = 0, upstream = 0, own = 0;
  double busy = 0;
  std::uint64_t resident = 0;
};

class Load {
 public:
  explicit Load(const Options& options)
      : o_(options),
        request_(request_of(options)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        buffer_(kReadBytes) {
    if (o_.tls) {
      context_ = SSL_CTX_new(TLS_client_method());
      SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    }
    connections_.resize(o_.connections);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() {
    for (Connection& c : connections_)
      if (c.fd >= 0) close_connection(c);
    SSL_CTX_free(context_);
    close(epoll_);
  }

  int run() {
    const std::uint64_t resident_before = resident_kilobytes(o_.watch);
    const Nanoseconds opened_at = now();
    if (o_.requests != 0) first_ = sample();
    std::vector<epoll_event> events(1024);
    while (!done_) {
      open_some();
      const int count = wait(events);
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        on_event(connections_[event.data.u32], event.events);
      }
      turn();
      if (answered_ < o_.connections && now() - opened_at > kGiveUp)
        die("only " + std::to_string(answered_) + " connections got an answer within a minute");
    }
    count_stalled();
    print(resident_before);
    return errors_ == 0 ? 0 : 1;
  }

 private:
  Sample sample() const {
    return {now(),
            cpu_of(o_.watch),
            cpu_of(o_.upstream),
            cpu_of({"self"}),
            busy_seconds(),
            resident_kilobytes(o_.watch)};
  }

  bool all_answered() const { return answered_ == o_.connections; }

  void open_some() {
    while (opened_ < o_.connections && opened_ - answered_ < kConnecting) open(connections_[opened_++]);
  }

  // Until the next thing that time brings: the window's ends, or a request that is due.
  int wait(std::vector<epoll_event>& events) {
    if (o_.spin) return epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
    Nanoseconds until = now() + kSecond / 10;
    if (phase_at_ != 0) until = std::min(until, phase_at_);
    if (o_.rate > 0 && all_answered() && !idle_.empty()) until = std::min(until, due_);
    const Nanoseconds time = now();
    const Nanoseconds left = until > time ? until - time : 0;
    const timespec timeout{static_cast<time_t>(left / kSecond), static_cast<long>(left % kSecond)};
    return epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  }

  void turn() {
    const Nanoseconds time = now();
    if (all_answered() && phase_at_ == 0 && o_.requests == 0) {
      phase_at_ = time + static_cast<Nanoseconds>(o_.warmup * 1e9);
      due_ = time;
    }
    if (o_.rate > 0 && all_answered()) send_due(time);
    if (phase_at_ == 0 || time < phase_at_) return;
    if (in_window_) {
      done_ = true;
    } else {
      in_window_ = true;
      phase_at_ = time + static_cast<Nanoseconds>(o_.seconds * 1e9);
      completed_ = events_ = 0;
      latency_ = event_latency_ = {};
      first_ = sample();
    }
  }

  void send_due(Nanoseconds time) {
    while (due_ <= time && !idle_.empty()) {
      Connection& c = connections_[idle_.front()];
      idle_.pop_front();
      begin(c, due_);
      due_ += static_cast<Nanoseconds>(1e9 / o_.rate);
    }
  }

  std::uint32_t index_of(const Connection& c) const {
    return static_cast<std::uint32_t>(&c - connections_.data());
  }

  void watch(Connection& c, int how, std::uint32_t what) {
    epoll_event event{};
    event.events = what;
    event.data.u32 = index_of(c);
    epoll_ctl(epoll_, how, c.fd, &event);
  }

  void open(Connection& c) {
    c.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c.fd < 0) die(std::string("cannot open a socket: ") + std::strerror(errno));
    const int on = 1;
    setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (o_.sources != 0) {
      setsockopt(c.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
      address.sin_addr.s_addr =
          htonl(INADDR_LOOPBACK + 1 + static_cast<std::uint32_t>(source_++ % o_.sources));
      if (bind(c.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        die("cannot bind a source address");
    }
    address.sin_port = htons(o_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int outcome = connect(c.fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (outcome != 0 && errno != EINPROGRESS) die(std::string("cannot connect: ") + std::strerror(errno));
    c.connected = false;
    c.wants_out = true;
    watch(c, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
    if (context_ != nullptr) {
      c.tls = SSL_new(context_);
      SSL_set_fd(c.tls, c.fd);
      SSL_set_connect_state(c.tls);
    }
    c.part = Part::kHead;
    c.sent = 0;
    c.since = now();
  }

  void begin(Connection& c, Nanoseconds since) {
    c.since = since;
    c.sent = 0;
    c.part = Part::kHead;
    c.events = c.bytes = 0;
    c.bad = false;
    c.head.clear();
    if (!flush(c)) broken(c);
  }

  void close_connection(Connection& c) {
    if (c.tls != nullptr) SSL_free(c.tls);
    close(c.fd);
    const bool answered = c.answered;
    c = Connection{};
    c.answered = answered;
  }

  void broken(Connection& c) {
    ++errors_;
    if (errors_ > 100 + 2 * completed_)
      die("the server fails more than it answers; the last status was " + std::to_string(last_status_));
    close_connection(c);
    open(c);
  }

  bool flush(Connection& c) {  // false: the connection is broken
    while (c.sent < request_.size()) {
      const char* from = request_.data() + c.sent;
      const std::size_t count = request_.size() - c.sent;
      ssize_t sent = 0;
      bool wants_out = true;
      if (c.tls != nullptr) {
        sent = SSL_write(c.tls, from, static_cast<int>(count));
        if (sent <= 0) {
          const int why = SSL_get_error(c.tls, static_cast<int>(sent));
          if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return false;
          wants_out = why == SSL_ERROR_WANT_WRITE;
        }
      } else {
        sent = send(c.fd, from, count, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) return false;
      }
      if (sent <= 0) {
        want_out(c, wants_out);
        return true;
      }
      c.sent += static_cast<std::size_t>(sent);
    }
    want_out(c, false);
    return true;
  }

  void want_out(Connection& c, bool wanted) {
    if (c.wants_out == wanted) return;
    c.wants_out = wanted;
    watch(c, EPOLL_CTL_MOD, wanted ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }

  void on_event(Connection& c, std::uint32_t what) {
    if (!c.connected) {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(c.fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) return broken(c);
      c.connected = true;
    }
    if (c.part != Part::kNone && c.sent < request_.size() && !flush(c)) return broken(c);
    if ((what & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_all(c);
  }

  void read_all(Connection& c) {
    const int fd = c.fd;
    while (c.fd == fd && !done_) {
      ssize_t got = 0;
      if (c.tls != nullptr) {
        got = SSL_read(c.tls, buffer_.data(), static_cast<int>(buffer_.size()));
        if (got <= 0) {
          const int why = SSL_get_error(c.tls, static_cast<int>(got));
          if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return;
        }
      } else {
        got = recv(c.fd, buffer_.data(), buffer_.size(), 0);
        if (got < 0 && errno == EAGAIN) return;
      }
      if (got <= 0) return on_end(c);
      if (!take(c, {buffer_.data(), static_cast<std::size_t>(got)})) return;
      if (c.tls == nullptr && static_cast<std::size_t>(got) < buffer_.size()) return;
    }
  }

  void on_end(Connection& c) {
    if (c.part != Part::kNone || o_.mode == Mode::kIdle) return broken(c);
    // Between two requests a server may close; it costs a new connection.
    ++reconnects_;
    std::erase(idle_, index_of(c));
    close_connection(c);
    open(c);
  }

  bool take(Connection& c, std::string_view in) {  // false: leave this connection, it has begun anew
    while (!in.empty()) {
      switch (c.part) {
        case Part::kNone:
          broken(c);  // bytes that nobody asked for
          return false;
        case Part::kHead: {
          const std::size_t old = c.head.size();
          c.head.append(in);
          const std::size_t end = c.head.find("\r\n\r\n", old < 3 ? 0 : old - 3);
          if (end == std::string::npos) return true;
          in.remove_prefix(end + 4 - old);
          if (!on_head(c, std::string_view(c.head).substr(0, end + 2))) return false;
          break;
        }
        case Part::kBody:
        case Part::kChunkData: {
          const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(c.left, in.size()));
          payload(c, in.substr(0, count));
          in.remove_prefix(count);
          c.left -= count;
          if (c.left != 0) return true;
          if (c.part == Part::kBody) return finish(c);
          c.part = Part::kChunkEnd;
          break;
        }
        case Part::kChunkEnd:
        case Part::kChunkSize:
        case Part::kTrailer: {
          const std::size_t end = in.find('\n');
          c.head.append(in.substr(0, end));
          if (end == std::string_view::npos) return true;
          in.remove_prefix(end + 1);
          const bool empty = c.head.empty() || c.head == "\r";
          if (c.part == Part::kChunkEnd) {
            c.part = Part::kChunkSize;
          } else if (c.part == Part::kChunkSize) {
            c.left = std::strtoull(c.head.c_str(), nullptr, 16);
            c.part = c.left == 0 ? Part::kTrailer : Part::kChunkData;
          } else if (empty) {
            return finish(c);
          }
          c.head.clear();
          break;
        }
      }
    }
    return true;
  }

  bool on_head(Connection& c, std::string_view head) {
    last_status_ = head.size() > 12 ? std::atoi(head.data() + 9) : 0;
    c.bad = last_status_ != 200;
    bool chunked = false;
    c.left = 0;
    while (!head.empty()) {
      const std::string_view line = head.substr(0, head.find("\r\n"));
      head.remove_prefix(line.size() + 2);
      const auto starts = [&](std::string_view name) {
        return line.size() > name.size() && strncasecmp(line.data(), name.data(), name.size()) == 0;
      };
      constexpr std::string_view kLength = "content-length:";
      if (starts(kLength)) c.left = std::strtoull(line.data() + kLength.size(), nullptr, 10);
      if (starts("transfer-encoding:")) chunked = true;
    }
    c.head.clear();
    if (!c.answered) {
      c.answered = true;
      ++answered_;
    }
    c.part = chunked ? Part::kChunkSize : Part::kBody;
    return chunked || c.left != 0 || finish(c);
  }

  void payload(Connection& c, std::string_view bytes) {
    c.bytes += bytes.size();
    if (!o_.stream) return;
    std::uint64_t events = 0;
    char last = c.last;
    for (std::size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1))
      if ((at == 0 ? last : bytes[at - 1]) == '\n') ++events;
    c.last = bytes.back();
    c.events += events;
    events_ += events;
    if (o_.stamps) read_stamps(c, bytes);
  }

  void read_stamps(Connection& c, std::string_view bytes) {
    const Nanoseconds time = now();
    c.tail.append(bytes);
    std::size_t done = 0;
    for (std::size_t at = c.tail.find(kStampMark); at != std::string::npos;
         at = c.tail.find(kStampMark, done)) {
      const std::size_t digits = at + kStampMark.size();
      if (digits + kStampDigits > c.tail.size()) break;
      Nanoseconds sent = 0;
      std::from_chars(c.tail.data() + digits, c.tail.data() + digits + kStampDigits, sent, 16);
      event_latency_.add(time > sent ? time - sent : 0);
      done = digits + kStampDigits;
    }
    constexpr std::size_t kKeep = kStampMark.size() + kStampDigits;
    if (c.tail.size() - done > kKeep) done = c.tail.size() - kKeep;
    c.tail.erase(0, done);
  }

  bool finish(Connection& c) {  // false, so that take() leaves the connection
    if (o_.bytes != 0 && c.bytes != o_.bytes) c.bad = true;
    if (o_.events != 0 && c.events != o_.events) c.bad = true;
    if (c.bad || o_.mode == Mode::kHold) {
      broken(c);
      return false;
    }
    const Nanoseconds time = now();
    latency_.add(time - c.since);
    ++completed_;
    c.part = Part::kNone;
    c.last = 0;
    if (o_.requests != 0 && completed_ == o_.requests) {
      done_ = true;
    } else if (o_.mode == Mode::kClose) {
      close_connection(c);
      open(c);
    } else if (o_.rate > 0) {
      idle_.push_back(index_of(c));
    } else if (o_.mode == Mode::kLoop) {
      begin(c, time);
    }
    return false;
  }

  // A request from before the window that has no answer at its end will not get one: without this, a server
  // that stops answering would show no error at all.
  void count_stalled() {
    if (o_.mode == Mode::kHold || o_.mode == Mode::kIdle || o_.requests != 0) return;
    for (const Connection& c : connections_)
      if (c.part != Part::kNone && c.since < first_.at) ++errors_;
  }

  void print(std::uint64_t resident_before) const {
    const Sample last = sample();
    const auto micro = [](Nanoseconds later, Nanoseconds earlier) {
      return static_cast<double>(later - earlier) / 1000;
    };
    const double wall = micro(last.at, first_.at) / 1e6;
    const double ours = (micro(last.watched, first_.watched) + micro(last.upstream, first_.upstream) +
                         micro(last.own, first_.own)) /
                        1e6;
    std::printf("{\"requests\":%zu,\"events\":%zu,\"errors\":%zu,\"reconnects\":%zu,\"status\":%d,",
                completed_, events_, errors_, reconnects_, last_status_);
    std::printf("\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f,",
                latency_.microseconds(0.5), latency_.microseconds(0.9), latency_.microseconds(0.99),
                latency_.max());
    std::printf("\"event_p50_us\":%.1f,\"event_p99_us\":%.1f,\"event_max_us\":%.1f,",
                event_latency_.microseconds(0.5), event_latency_.microseconds(0.99), event_latency_.max());
    std::printf("\"wall_s\":%.4f,\"cpu_us\":%.0f,\"upstream_cpu_us\":%.0f,\"load_cpu_us\":%.0f,", wall,
                micro(last.watched, first_.watched), micro(last.upstream, first_.upstream),
                micro(last.own, first_.own));
    std::printf("\"foreign_cores\":%.3f,\"rss_before_kb\":%zu,\"rss_end_kb\":%zu,\"connections\":%zu}\n",
                std::max(0.0, (last.busy - first_.busy - ours) / wall), resident_before, last.resident,
                o_.connections);
  }

  const Options& o_;
  const std::string request_;
  int epoll_;
  SSL_CTX* context_ = nullptr;
  std::vector<char> buffer_;
  std::vector<Connection> connections_;
  std::deque<std::uint32_t> idle_;  // with --rate: connections without a request
  std::size_t opened_ = 0, answered_ = 0, source_ = 0, completed_ = 0, events_ = 0, errors_ = 0,
              reconnects_ = 0;
  Nanoseconds phase_at_ = 0;  // when the window begins, then when it ends; 0 while connections are opened
  Nanoseconds due_ = 0;       // with --rate: when the next request is meant to be sent
  bool in_window_ = false, done_ = false;
  int last_status_ = 0;
  Histogram latency_, event_latency_;
  Sample first_;
};

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1UL);  // nanoseconds: or a sleep until the next request is 50 us too long
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  return Load(options).run();
}
