#include "host/memory.h"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <new>
#include <string>

#include "vocabulary/limits/loop.h"

namespace locksmith::host {
namespace {

std::array<std::atomic<void*>, 2> reserve{};  // the halves, in the order in which they go
std::atomic<Shortage> shortage = Shortage::none;

void* set_half_aside() {
  void* const half = ::mmap(nullptr, limits::kMemoryReserve.value / 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return half == MAP_FAILED ? nullptr : half;
}

// Called by operator new where malloc found nothing; it tries again when this returns.
void use_reserve() {
  constexpr std::array kSteps{Shortage::bodies, Shortage::connections};
  for (std::size_t i = 0; i < reserve.size(); ++i) {
    void* const half = reserve[i].exchange(nullptr);
    if (half == nullptr) continue;
    shortage.store(kSteps[i]);
    ::munmap(half, limits::kMemoryReserve.value / 2);
    return;
  }
  throw std::bad_alloc();
}

std::optional<std::uint64_t> number_in(const std::string& path, std::size_t word = 0) {
  std::ifstream file(path);
  std::string text;
  for (std::size_t i = 0; i <= word; ++i) {
    if (!(file >> text)) return std::nullopt;
  }
  char* end = nullptr;
  const std::uint64_t number = std::strtoull(text.c_str(), &end, 10);
  return end == text.c_str() || *end != '\0' ? std::nullopt : std::optional(number);  // "max" is no limit
}

// The folder of this process in the one hierarchy of version 2; the limits of the folders above hold too.
std::optional<std::uint64_t> group_limit() {
  std::ifstream file("/proc/self/cgroup");
  std::optional<std::uint64_t> least;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("0::/")) continue;
    for (std::string folder = line.substr(3);; folder.erase(folder.rfind('/'))) {
      if (const auto limit = number_in("/sys/fs/cgroup" + folder + "/memory.max")) least = std::min(least.value_or(*limit), *limit);
      if (folder.find('/') == std::string::npos || folder.empty()) break;
    }
  }
  return least;
}

}  // namespace

void set_memory_aside() {
  for (auto& half : reserve) half = set_half_aside();
  std::set_new_handler(&use_reserve);
}

Shortage memory_shortage() { return shortage.load(std::memory_order_relaxed); }

void give_memory_back() {
  if (::mallinfo2().fordblks > limits::kFreeMemory.value) ::malloc_trim(0);
}

void restore_memory() {
  if (shortage.load() == Shortage::none) return;
  ::malloc_trim(0);
  // From behind, so that what is set aside again first is what the last step took.
  for (std::size_t i = reserve.size(); i-- > 0;) {
    if (reserve[i].load() == nullptr) reserve[i] = set_half_aside();
  }
  const bool first = reserve[0].load() != nullptr;
  const bool second = reserve[1].load() != nullptr;
  shortage = !second ? Shortage::connections : !first ? Shortage::bodies : Shortage::none;
}

std::optional<ByteCount> memory_left() {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::optional<std::uint64_t> least;
  const auto take = [&](std::uint64_t bytes) { least = std::min(least.value_or(bytes), bytes); };
  rlimit space{};
  if (::getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) {
    const std::uint64_t used = number_in("/proc/self/statm").value_or(0) * page;
    take(space.rlim_cur - std::min<std::uint64_t>(space.rlim_cur, used));
  }
  if (const auto limit = group_limit()) take(*limit);
  if (const auto pages = ::sysconf(_SC_PHYS_PAGES); pages > 0) take(static_cast<std::uint64_t>(pages) * page);
  if (!least) return std::nullopt;
  return ByteCount{*least};
}

}  // namespace locksmith::host
