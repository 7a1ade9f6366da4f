#include "cli/doctor_watch.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "cli/duration_text.h"
#include "cli/run.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

using doctor::examination::Verdict;

constexpr auto kPause = std::chrono::seconds(5);  // a request or two each time: far below every limit

// What a line says of a run: verdict, cause and what was answered.
std::string state_of(const DoctorRun& run) {
  if (run.verdict == Verdict::healthy) return "works";
  const auto& error = run.examination.evidence.error;
  std::string text = run.verdict == Verdict::problem ? "problem " + std::string(run.diagnosis.findings.front().code->name) : "unknown";
  if (error.status) {
    text += " (" + std::to_string(*error.status) + (error.type.empty() ? "" : " " + error.type) + ")";
  } else if (!error.transport.empty()) {
    text += " (" + error.transport + ")";
  }
  return text;
}

int badness(Verdict verdict) { return verdict == Verdict::problem ? 2 : verdict == Verdict::undetermined ? 1 : 0; }

void print_change(Instant at, const std::string& state, std::uint64_t times, const Shell& shell) {
  if (shell.json) {
    std::string out;
    wire::json::Writer(out).begin_object().member("schema", "locksmith.watch/1").member("at", to_rfc3339(at)).member("state", std::string_view(state)).member("before_times", times).end_object();
    fmt::print("{}\n", out);
  } else if (times == 0) {
    fmt::print("{}  {}\n", to_rfc3339(at), state);
  } else {
    fmt::print("{}  {}  (the state before: {} times)\n", to_rfc3339(at), state, times);
  }
  std::fflush(stdout);
}

}  // namespace

int watch(Doctor& doctor, const std::string& how_long, const Shell& shell) {
  std::optional<Duration> limit;
  if (!how_long.empty()) {
    const auto parsed = parse_duration(how_long, "--for 10m");
    if (!parsed) return report(parsed.error(), shell);
    limit = *parsed;
  }
  const Instant began = doctor.now();
  const auto is_over = [&] { return doctor.interrupted() || (limit && doctor.now() - began >= *limit); };
  std::string last;
  std::uint64_t times = 0;
  Verdict worst = Verdict::healthy;
  do {
    const auto run = doctor.run();
    if (!run) return report(run.error(), shell);
    if (doctor.interrupted()) break;
    if (badness(run->verdict) > badness(worst)) worst = run->verdict;
    if (const std::string state = state_of(*run); state != last) {
      print_change(doctor.now(), state, times, shell);
      last = state;
      times = 0;
    }
    ++times;
    if (is_over()) break;
    doctor.wait(limit ? std::min<Duration>(kPause, *limit - (doctor.now() - began)) : Duration(kPause));
  } while (!is_over());
  return exit_code_of(worst);
}

}  // namespace locksmith::cli
