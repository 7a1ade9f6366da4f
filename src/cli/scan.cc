// locksmith scan: finds keys where they must not be.
#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>
#include <utility>

#include "cli/command.h"
#include "cli/scan_baseline.h"
#include "cli/scan_output.h"
#include "cli/scan_verify.h"
#include "cli/tell.h"
#include "host/real_clock.h"
#include "host/sandbox.h"
#include "model/evidence/claude_hosts.h"
#include "scanner/history.h"
#include "scanner/tree.h"
#include "vocabulary/limits/scan.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

constexpr const char* kExample =
    "Examples:\n"
    "  locksmith scan .                        files, archives and what is encoded in them\n"
    "  locksmith scan . --git                  the whole history too, also what no branch has any more\n"
    "  docker save IMAGE | locksmith scan -    an image, layer by layer\n"
    "  locksmith scan --staged                 what the next commit holds\n"
    "  locksmith scan . --format sarif > scan.sarif\n\n"
    "No key is printed: its short form (sk-ant-api03-R2D...igAA) finds it in the Console. A line that says locksmith:allow is passed\n"
    "over. Ends with 0 where no key was found, 1 where one was, 2 where not everything could be looked at.";

struct Options {
  std::vector<std::string> paths;
  bool git = false;
  bool staged = false;
  bool no_archives = false;
  bool placeholders = false;
  bool verify = false;
  bool install_hook = false;
  std::string verify_at = std::string(model::evidence::kApiBase);
  std::string format = "text";
  std::string baseline, write_baseline;
  int threads = 0;
};

std::atomic<bool> must_stop = false;
static_assert(std::atomic<bool>::is_always_lock_free);

// The first ends the scan, which then says what it has found; a second ends the program.
extern "C" void stop_scan(int) {
  must_stop = true;
  static_cast<void>(signal(SIGINT, SIG_DFL));
}

// A line on the terminal that tells how far it is, and goes away.
class Progress {
 public:
  explicit Progress(bool wanted) : shown_(wanted && isatty(STDERR_FILENO) == 1) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const std::string& text) {
    const Tick now = host::RealClock().tick();
    if (!shown_ || now - began_ < kQuietAtFirst || (dirty_ && now - told_ < kBetween)) return;
    tell("\r\x1b[K{}", text);
    dirty_ = true;
    told_ = now;
  }
  void clear() {
    if (dirty_) tell("\r\x1b[K");
    dirty_ = false;
  }

 private:
  bool shown_;
  static constexpr Duration kQuietAtFirst = std::chrono::milliseconds(400);
  static constexpr Duration kBetween = std::chrono::milliseconds(200);

  bool dirty_ = false;
  Tick began_ = host::RealClock().tick();
  Tick told_{};
};

std::string print(const ScanResult& result, const Options& options, const Shell& shell) {
  if (shell.json || options.format == "json") return scan_json(result);
  if (options.format == "sarif") return scan_sarif(result);
  if (options.format == "github") return scan_github(result);
  if (options.format == "gitlab") return scan_gitlab(result);
  return scan_text(result, {use_color(shell), shell.plain});
}

int exit_code(const ScanResult& result) {
  if (!result.findings.empty()) return ExitCode::problem_found;
  return result.complete() ? ExitCode::healthy : ExitCode::wrong_use;
}

// Looks through what the options name.
void look(const Options& options, scanner::Scan& scan, ScanResult& result, Progress& progress) {
  const auto tell_progress = [&](const scanner::Covered& so_far) {
    progress.show(fmt::format("{} files, {} objects, {}, {} keys … (Ctrl-C ends it and shows what was found)", so_far.files, so_far.objects, to_words(ByteCount{so_far.bytes}), scan.findings.keys_so_far()));
  };
  const auto threads = static_cast<std::size_t>(options.threads > 0 ? options.threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
  std::vector<std::string> paths = options.paths;
  if (paths.empty()) paths.emplace_back(".");
  if (options.staged) {
    result.covered.add(scanner::look_through_staged(scan, paths.front()));
    return;
  }
  std::vector<std::string> repositories;
  result.covered.add(scanner::look_through(scan, paths, {std::min(threads, limits::kScanThreads)}, tell_progress, repositories));
  for (const std::string& path : paths) {
    if (scanner::is_bare_repository(path)) repositories.push_back(path);
  }
  std::ranges::sort(repositories);
  result.covered.repositories = repositories.size();
  if (!options.git) return;
  if (repositories.empty()) scan.findings.cannot_read(paths.front(), {}, "there is no git repository here, and --git was asked for");
  for (const std::string& repository : repositories) {
    if (must_stop) break;
    result.covered.add(scanner::look_through_history(scan, repository, std::min(threads, limits::kScanThreads), tell_progress));
  }
}

int scan_for_keys(const Options& options, const Shell& shell) {
  Baseline baseline;
  if (!options.baseline.empty()) {
    auto read = read_baseline(options.baseline);
    if (!read) return report(read.error(), shell);
    baseline = std::move(*read);
  }
  // What is read may hold keys; none of it may end in a core.
  if (!host::keep_memory_private()) tell("locksmith: this kernel keeps no core files from being written.\n");
  struct sigaction action {};
  action.sa_handler = &stop_scan;
  sigaction(SIGINT, &action, nullptr);

  const Tick began = host::RealClock().tick();
  scanner::Findings findings(options.verify);
  scanner::Scan scan{findings, must_stop, options.placeholders, !options.no_archives};
  ScanResult result;
  result.with_history = options.git;
  result.staged = options.staged;
  Progress progress(options.format == "text" && !shell.json);
  look(options, scan, result, progress);
  std::vector<scanner::Finding> found = findings.take();
  result.unread = findings.take_unread(result.more_unread);
  result.interrupted = must_stop;
  if (!options.write_baseline.empty()) {
    if (const auto written = write_baseline(options.write_baseline, found); !written) return report(written.error(), shell);
    tell("locksmith: wrote {} with what was found; --baseline {} leaves it out from now on.\n", options.write_baseline, options.write_baseline);
  }
  result.known = leave_out_known(found, baseline);
  for (scanner::Finding& finding : found) result.findings.push_back({std::move(finding), Alive::not_asked, {}, {}});
  if (options.verify) {
    const auto verified = verify(result.findings, options.verify_at, must_stop, [&](std::size_t done) { progress.show(fmt::format("Asking the API about {} of {} keys …", done + 1, result.findings.size())); });
    if (!verified) return report(verified.error(), shell);
  }
  result.seconds = std::chrono::duration<double>(host::RealClock().tick() - began).count();
  progress.clear();
  if (options.verify && !result.findings.empty()) tell("locksmith: each key was asked about once; its owner can see that request.\n");
  fmt::print("{}", print(result, options, shell));
  return exit_code(result);
}

int install_hook(const Shell& shell) {
  const auto hooks = scanner::hooks_folder(".");
  if (!hooks) return report(hooks.error(), shell);
  static_cast<void>(mkdir(hooks->c_str(), 0777));
  const std::string file = *hooks + "/pre-commit";
  constexpr std::string_view kHook = "#!/bin/sh\n# Refuses a commit that holds a Claude key. Written by: locksmith scan --install-hook\nexec locksmith scan --staged\n";
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0777);
  if (fd < 0 && errno == EEXIST) {
    return report(Failure{FailureCode("hook_exists"), "There is a hook already: " + file + ".", "Add this line to it: locksmith scan --staged || exit 1", Blame::user}, shell);
  }
  const bool written = fd >= 0 && write(fd, kHook.data(), kHook.size()) == static_cast<ssize_t>(kHook.size());
  const int error = errno;
  if (fd >= 0) close(fd);
  if (!written) {
    if (fd >= 0) unlink(file.c_str());
    return report(Failure{FailureCode("hook_not_written"), "The hook " + file + " could not be written: " + std::strerror(error) + ".", "Check the folder and the space there.", Blame::user}, shell);
  }
  if (shell.json) {
    std::string out;
    wire::json::Writer(out).begin_object().member("schema", "locksmith.hook/1").member("file", std::string_view(file)).end_object();
    fmt::print("{}\n", out);
  } else {
    fmt::print("{}: every commit is looked at from now on. git commit --no-verify passes it by.\n", file);
  }
  return ExitCode::healthy;
}

}  // namespace

void add_scan(const Command& root, Shell& shell) {
  auto options = std::make_shared<Options>();
  const Command command = root.command("scan", "Find Claude keys in files, archives, images and git histories");
  command.option("PATH", options->paths, "Files and folders; - reads standard input; without one, this folder");
  command.flag("--git", options->git, "The histories of the repositories found, too: every object, also unreachable ones");
  command.flag("--staged", options->staged, "Only what the next commit of this repository adds or changes");
  command.flag("--no-archives", options->no_archives, "Look at archives as bytes only, and say how many there were");
  command.option("--format", options->format, "How the result is written").one_of({"text", "json", "sarif", "github", "gitlab"}).shows_default();
  command.option("--baseline", options->baseline, "Known places, which are left out").takes("FILE");
  command.option("--write-baseline", options->write_baseline, "Write what is found as known places").takes("FILE");
  command.flag("--verify", options->verify, "Ask the API about each key, once, by a request that costs nothing; its owner can see it");
  command.option("--verify-at", options->verify_at, "Ask there instead; this machine only").takes("URL");
  command.flag("--placeholders", options->placeholders, "Count placeholders and parts of keys");
  command.option("--threads", options->threads, "Threads; 0 is one a core").between(0, static_cast<int>(limits::kScanThreads));
  command.flag("--install-hook", options->install_hook, "Make git ask before every commit in this repository");
  command.footer(kExample);
  command.run([options, &shell] { shell.exit_code = options->install_hook ? install_hook(shell) : scan_for_keys(*options, shell); });
}

}  // namespace locksmith::cli
