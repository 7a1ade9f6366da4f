// The command line of the load generator: pairs of an option and its value, nothing else.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace locksmith::bench {

inline constexpr const char* kUsage =
    "usage: KEY=… load --port P [option value]…\n"
    "  --connections C   keep-alive connections (1)          --seconds S   length of the measured window "
    "(1)\n"
    "  --warmup S        before the window (0.1)             --requests N  end after N, no warm-up, no "
    "window\n"
    "  --rate R          requests a second, fixed; without it, a closed loop\n"
    "  --body BYTES      of a request (1024)                 --stream 1    ask for a stream and count its "
    "events\n"
    "  --bytes N         a JSON answer has N bytes           --events N    a stream has N events\n"
    "  --mode M          loop, hold (each connection keeps its one stream), idle (one request, then "
    "silence),\n"
    "                    close (a new connection for every request)\n"
    "  --sources N       connect from 127.0.0.2 and the N-1 addresses after it\n"
    "  --stamps 1        read the send times in the deltas of a paced stream\n"
    "  --spin 1          never sleep: for latencies, where the load has a core of its own\n"
    "  --tls 1           TLS to the server, unverified       --answer SPEC the header x-mock\n"
    "  --path P          (/v1/messages)                      --watch PID,… processes to measure\n"
    "  --upstream PID    another, measured apart\n";

[[noreturn]] inline void die(const std::string& what) {
  std::fprintf(stderr, "load: %s\n", what.c_str());
  std::exit(2);
}

enum class Mode { kLoop, kHold, kIdle, kClose };

struct Options {
  std::uint16_t port = 0;
  std::size_t connections = 1, body = 1024, bytes = 0, events = 0, sources = 0;
  std::size_t requests = 0;
  double seconds = 1, warmup = 0.1, rate = 0;
  bool stream = false, stamps = false, tls = false, spin = false;
  Mode mode = Mode::kLoop;
  std::string answer, path = "/v1/messages";
  std::vector<std::string> watch, upstream;
};

inline std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (end != 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

template <class Number>
void read_number(std::string_view name, std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) die(std::string(name) + " wants a number");
}

// Ends the program, with exit code 2, where an option or its value is not understood.
inline Options parse(int argc, char** argv) {
  Options o;
  if (argc % 2 == 0) die(kUsage);
  const std::map<std::string_view, std::size_t*> sizes{
      {"--connections", &o.connections}, {"--body", &o.body},       {"--bytes", &o.bytes},
      {"--events", &o.events},           {"--sources", &o.sources}, {"--requests", &o.requests}};
  const std::map<std::string_view, double*> reals{
      {"--seconds", &o.seconds}, {"--warmup", &o.warmup}, {"--rate", &o.rate}};
  const std::map<std::string_view, bool*> switches{
      {"--stream", &o.stream}, {"--stamps", &o.stamps}, {"--tls", &o.tls}, {"--spin", &o.spin}};
  const std::map<std::string_view, std::string*> texts{{"--answer", &o.answer}, {"--path", &o.path}};
  const std::map<std::string_view, std::vector<std::string>*> lists{{"--watch", &o.watch},
                                                                    {"--upstream", &o.upstream}};
  const std::map<std::string_view, Mode> modes{
      {"loop", Mode::kLoop}, {"hold", Mode::kHold}, {"idle", Mode::kIdle}, {"close", Mode::kClose}};
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string_view value = argv[i + 1];
    if (name == "--port") {
      read_number(name, value, o.port);
    } else if (sizes.contains(name)) {
      read_number(name, value, *sizes.at(name));
    } else if (reals.contains(name)) {
      read_number(name, value, *reals.at(name));
    } else if (switches.contains(name)) {
      *switches.at(name) = value == "1";
    } else if (texts.contains(name)) {
      *texts.at(name) = value;
    } else if (lists.contains(name)) {
      *lists.at(name) = split(value);
    } else if (name == "--mode" && modes.contains(value)) {
      o.mode = modes.at(value);
    } else {
      die("unknown option " + std::string(name) + "\n" + kUsage);
    }
  }
  if (o.port == 0 || o.connections == 0) die(kUsage);
  if (o.rate > 0 && o.mode != Mode::kLoop) die("--rate is for --mode loop");
  return o;
}

}  // namespace locksmith::bench
