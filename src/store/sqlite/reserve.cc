#include "store/sqlite/reserve.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vocabulary/limits/serving.h"

namespace locksmith::store::sqlite {

bool Reserve::fill() const {
  constexpr auto kWhole = static_cast<off_t>(limits::kStoreReserve.value);
  constexpr off_t kStep = kWhole / 16;
  constexpr off_t kBlock = 512;  // what st_blocks counts in, stat(3)
  struct stat facts {};
  const off_t held = ::stat(path_.c_str(), &facts) == 0 ? facts.st_blocks * kBlock : 0;
  if (held >= kWhole) return true;
  const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (file < 0) return false;
  off_t size = kWhole;
  while (size > held && ::posix_fallocate(file, 0, size) != 0) size -= kStep;
  ::close(file);
  return size == kWhole;
}

void Reserve::release() const { ::unlink(path_.c_str()); }

}  // namespace locksmith::store::sqlite
