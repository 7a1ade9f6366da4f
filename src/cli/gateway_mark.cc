#include "cli/gateway_mark.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace locksmith::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMark = "-gateway-";

}  // namespace

GatewayMark::GatewayMark(const std::string& store, const world::Address& admin)
    : path_(fs::absolute(store + kMark + to_string(admin)).string()) {
  file_ = ::open(path_.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  // Shared: another gateway may have this address in a network of its own.
  if (file_ >= 0) ::flock(file_, LOCK_SH | LOCK_NB);
}

GatewayMark::~GatewayMark() {
  if (file_ < 0) return;
  ::unlink(path_.c_str());
  ::close(file_);
}

std::vector<std::string> gateways_of(const std::string& store) {
  const fs::path path = fs::absolute(store);
  const std::string beginning = path.filename().string() + kMark;
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator entry(path.parent_path(), error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(beginning)) continue;
    const int file = ::open(entry->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    // What cannot be opened is another user's, who may well be serving.
    const bool dead = file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) == 0;
    if (file >= 0) ::close(file);
    if (!dead) found.push_back(name.substr(beginning.size()));
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace locksmith::cli
