#include "host/machine.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "vocabulary/limits/input.h"

namespace locksmith::host {
namespace {

std::unexpected<Failure> unreadable(std::string why) {
  return fail(FailureCode("file_unreadable"), "This file cannot be read: " + why + ".", "Check its permissions and that it is a file.");
}

std::unexpected<Failure> from_errno(int error) {
  if (error == ENOENT || error == ENOTDIR) return fail(FailureCode("file_not_found"), "There is no such file.");
  if (error == ELOOP) return unreadable("its symbolic links go in a circle");
  if (error == EACCES || error == EPERM) return unreadable("permission denied");
  return unreadable(std::strerror(error));
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

Result<Secret> read_all(int descriptor, std::size_t expected, ByteCount limit) {
  std::string content;
  content.reserve(expected + 1);
  char piece[16 * 1024];
  while (true) {
    const ssize_t got = ::read(descriptor, piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return from_errno(errno);
    if (got == 0) break;
    content.append(piece, static_cast<std::size_t>(got));
    if (content.size() > limit.value) {
      return fail(FailureCode("file_too_large"), "This file grew above " + to_words(limit) + " while it was read.");
    }
  }
  Secret secret(content);
  wipe(content.data(), content.size());
  wipe(piece, sizeof piece);
  return secret;
}

}  // namespace

std::optional<Secret> RealEnvironment::variable(std::string_view name) const {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return Secret(value);
}

std::vector<std::string> RealEnvironment::names() const {
  std::vector<std::string> names;
  for (char** one = environ; one != nullptr && *one != nullptr && names.size() < limits::kEnvironmentNames; ++one) {
    const std::string_view assignment(*one);
    const std::size_t equals = assignment.find('=');
    if (equals != std::string_view::npos && equals != 0) names.emplace_back(assignment.substr(0, equals));
  }
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

std::optional<std::string> RealEnvironment::home() const {
  const char* value = std::getenv("HOME");
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

std::string RealEnvironment::working_directory() const {
  char path[PATH_MAX];
  return ::getcwd(path, sizeof path) == nullptr ? "." : path;
}

world::Os RealEnvironment::os() const {
#if defined(__APPLE__)
  return world::Os::macos;
#else
  return world::Os::linux_os;
#endif
}

std::string RealEnvironment::os_description() const {
  std::string description;
  if (const auto release = RealFiles().read("/etc/os-release", 64_KiB)) {
    const std::string_view text = release->reveal();
    constexpr std::string_view kKey = "PRETTY_NAME=\"";
    const std::size_t start = text.find(kKey);
    if (start != std::string_view::npos) {
      const std::string_view rest = text.substr(start + kKey.size());
      description = rest.substr(0, rest.find('"'));
    }
  }
  utsname system{};
  if (::uname(&system) == 0) {
    if (!description.empty()) description += ", ";
    description += std::string(system.sysname) + " " + system.release + " " + system.machine;
  }
  return description;
}

bool RealEnvironment::in_container() const {
  // Docker and Podman leave these files; systemd sets the variable for the containers that it starts.
  return ::access("/.dockerenv", F_OK) == 0 || ::access("/run/.containerenv", F_OK) == 0 || std::getenv("KUBERNETES_SERVICE_HOST") != nullptr;
}

Result<Secret> RealFiles::read(const std::string& path, ByteCount limit) const {
  // O_NONBLOCK: opening a pipe must not wait for its other end.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) return from_errno(errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return from_errno(errno);
  if (S_ISDIR(info.st_mode)) return unreadable("it is a directory");
  if (!S_ISREG(info.st_mode)) return unreadable("it is a device or a pipe, not a file");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > limit.value) {
    return fail(FailureCode("file_too_large"),
                "This file has " + to_words(ByteCount{size}) + ", more than the " + to_words(limit) + " that such a file may have; it was not read.");
  }
  return read_all(file.get(), static_cast<std::size_t>(size), limit);
}

world::FileFacts RealFiles::facts(const std::string& path) const {
  world::FileFacts facts;
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return facts;
  facts.exists = true;
  facts.is_regular = S_ISREG(info.st_mode);
  facts.size = ByteCount{static_cast<std::uint64_t>(info.st_size)};
  facts.mode = info.st_mode & 07777U;
  facts.owned_by_us = info.st_uid == ::geteuid();
  return facts;
}

std::vector<std::string> RealFiles::list(const std::string& folder) const {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), &::closedir);
  if (open == nullptr) return names;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names.size() == limits::kEntriesPerFile) break;
    names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

std::optional<std::string> RealFiles::link_target(const std::string& path) const {
  char target[PATH_MAX];
  const ssize_t size = ::readlink(path.c_str(), target, sizeof target);
  return size > 0 ? std::optional(std::string(target, static_cast<std::size_t>(size))) : std::nullopt;
}

}  // namespace locksmith::host
