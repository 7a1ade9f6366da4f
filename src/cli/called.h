// The program as a user calls it, inside a test's process: what it printed, what it returned, and a folder of its own.
// Only tests include this. What it prints goes through a file, as long as that is, or to a terminal where colours matter.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/run.h"
#include "vocabulary/assert.h"

namespace locksmith::cli {

struct Called {
  int code = 0;
  std::string out, err;
};

// Another file in the place of stdout or stderr, until it dies.
class Diverted {
 public:
  Diverted(std::FILE* stream, int to) : stream_(stream), own_(dup(fileno(stream))) {
    std::fflush(stream_);
    LOCKSMITH_ASSERT(own_ >= 0 && dup2(to, fileno(stream_)) >= 0);
  }
  ~Diverted() {
    std::fflush(stream_);
    std::clearerr(stream_);
    LOCKSMITH_ASSERT(dup2(own_, fileno(stream_)) >= 0);
    close(own_);
  }
  Diverted(const Diverted&) = delete;
  Diverted& operator=(const Diverted&) = delete;

 private:
  std::FILE* stream_;
  int own_;
};

inline int run_words(std::vector<std::string> words) {
  words.insert(words.begin(), "locksmith");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  return run(static_cast<int>(argv.size()), argv.data());
}

inline std::string text_of(std::FILE* file) {
  std::string text;
  char buffer[4096];
  std::rewind(file);
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file)) != 0;) text.append(buffer, n);
  std::fclose(file);
  return text;
}

// `locksmith WORDS`; its output goes to `out` instead of Called::out where that is a descriptor.
inline Called call(std::vector<std::string> words, int out = -1) {
  std::FILE* const printed = std::tmpfile();
  std::FILE* const complained = std::tmpfile();
  LOCKSMITH_ASSERT(printed != nullptr && complained != nullptr);
  Called called;
  {
    const Diverted first(stdout, out >= 0 ? out : fileno(printed));
    const Diverted second(stderr, fileno(complained));
    called.code = run_words(std::move(words));
  }
  called.out = text_of(printed);
  called.err = text_of(complained);
  return called;
}

// The same with a terminal as its stdout. Only for what fits into a terminal's buffer: some 4 KiB.
inline Called call_on_terminal(std::vector<std::string> words) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  LOCKSMITH_ASSERT(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
  const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
  LOCKSMITH_ASSERT(terminal >= 0);
  Called called = call(std::move(words), terminal);
  LOCKSMITH_ASSERT(fcntl(master, F_SETFL, O_NONBLOCK) == 0);
  char buffer[4096];
  for (ssize_t n = 0; (n = read(master, buffer, sizeof buffer)) > 0;) called.out.append(buffer, static_cast<std::size_t>(n));
  close(terminal);
  close(master);
  return called;
}

// A folder that is gone when the test is.
class OwnFolder {
 public:
  OwnFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "locksmith-cli-XXXXXX";
    LOCKSMITH_ASSERT(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~OwnFolder() { std::filesystem::remove_all(path_); }
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace locksmith::cli
