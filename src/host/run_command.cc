#include "host/run_command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <utility>

namespace locksmith::host {
namespace {

using End = CommandRun::End;

// The command travels in a variable that its own children do not get: arguments can be read by everybody on the machine.
constexpr std::string_view kVariable = "LOCKSMITH_COMMAND=";
constexpr const char* kScript = "c=$LOCKSMITH_COMMAND; unset LOCKSMITH_COMMAND; eval \"$c\"";
constexpr int kLookEvery = 20;  // milliseconds between two looks at `stop` and at the child

std::string_view name_of(std::string_view pair) { return pair.substr(0, pair.find('=')); }

// Wiped when it dies: a variable may hold a secret.
class Variables {
 public:
  Variables(const Secret& command, const std::vector<Secret>& pairs) {
    for (char** one = environ; *one != nullptr; ++one) {
      if (!is_given(*one, pairs, 0)) add(*one);
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (!is_given(pairs[i].reveal(), pairs, i + 1)) add(pairs[i].reveal());
    }
    add(std::string(kVariable).append(command.reveal()));
    for (std::string& text : texts_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
  }
  ~Variables() {
    for (std::string& text : texts_) wipe(text.data(), text.size());
  }
  Variables(const Variables&) = delete;
  Variables& operator=(const Variables&) = delete;
  char* const* data() const { return pointers_.data(); }

 private:
  static bool is_given(std::string_view pair, const std::vector<Secret>& pairs, std::size_t from) {
    for (std::size_t i = from; i < pairs.size(); ++i) {
      if (name_of(pairs[i].reveal()) == name_of(pair)) return true;
    }
    return false;
  }
  void add(std::string_view text) { texts_.emplace_back(text); }

  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

// Only what is allowed between fork and exec.
[[noreturn]] void become_shell(int output, char* const* variables) {
  ::setpgid(0, 0);
  const int nothing = ::open("/dev/null", O_RDWR);
  if (nothing < 0 || ::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(nothing, STDERR_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0) ::_exit(127);
  const std::array<const char*, 4> words{"sh", "-c", kScript, nullptr};
  ::execve("/bin/sh", const_cast<char* const*>(words.data()), variables);
  ::_exit(127);
}

class Child {
 public:
  Child(pid_t id, int output, ByteCount most) : id_(id), output_(output), printed_(most.value + 1, '\0') {}
  ~Child() {
    ::close(output_);
    wipe(printed_.data(), printed_.size());
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  CommandRun follow(Duration deadline, const std::atomic<bool>& stop) {
    const auto begun = std::chrono::steady_clock::now();
    bool ended = false;
    while (true) {
      ended = ended || ::waitpid(id_, &status_, WNOHANG) == id_;
      const bool more = read_some(ended ? 0 : kLookEvery);
      if (size_ == printed_.size()) return give_up(End::too_long, ended);
      if (ended && !more) return finished();
      if (!ended && stop) return give_up(End::stopped, false);
      if (!ended && std::chrono::steady_clock::now() - begun >= deadline) return give_up(End::too_late, false);
    }
  }

 private:
  // Whether something was read.
  bool read_some(int wait) {
    pollfd one{closed_ ? -1 : output_, POLLIN, 0};
    if (::poll(&one, 1, wait) <= 0 || closed_) return false;
    const ssize_t got = ::read(output_, printed_.data() + size_, printed_.size() - size_);
    closed_ = got == 0;
    if (got > 0) size_ += static_cast<std::size_t>(got);
    return got > 0;
  }
  CommandRun finished() const {
    return {End::exited, WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_), Secret(std::string_view(printed_).substr(0, size_))};
  }
  CommandRun give_up(End end, bool ended) {
    ::kill(-id_, SIGKILL);
    while (!ended && ::waitpid(id_, &status_, 0) < 0 && errno == EINTR) {
    }
    return {end, 0, {}};
  }

  pid_t id_;
  int output_;
  std::string printed_;
  std::size_t size_ = 0;
  bool closed_ = false;
  int status_ = 0;
};

}  // namespace

CommandRun run_command(const Secret& command, const std::vector<Secret>& pairs, Duration deadline, ByteCount most, const std::atomic<bool>& stop) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {End::not_started, 0, {}};
  const Variables variables(command, pairs);
  const pid_t id = ::fork();
  if (id == 0) become_shell(ends[1], variables.data());
  ::close(ends[1]);
  if (id < 0) {
    ::close(ends[0]);
    return {End::not_started, 0, {}};
  }
  ::setpgid(id, id);  // whichever of the two comes first
  return Child(id, ends[0], most).follow(deadline, stop);
}

}  // namespace locksmith::host
