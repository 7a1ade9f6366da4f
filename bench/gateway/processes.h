// What the kernel says of processes and of the whole machine, from /proc. schedstat counts in nanoseconds and
// is not rounded to ticks; it has no lines for interrupts, whose work on loopback falls to whoever sends.
#pragma once

#include <unistd.h>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace locksmith::bench {

inline std::string read_file(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Processor time of all living threads, in nanoseconds. A process that is gone counts nothing; a thread that
// ended takes its time with it, so measure processes whose threads stay.
inline std::uint64_t cpu_of(const std::vector<std::string>& pids) {
  std::uint64_t sum = 0;
  for (const std::string& pid : pids) {
    std::error_code gone;
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + pid + "/task", gone))
      sum += std::strtoull(read_file(task.path().string() + "/schedstat").c_str(), nullptr, 10);
  }
  return sum;
}

// Resident memory, VmRSS; pages that two of the processes share count twice.
inline std::uint64_t resident_kilobytes(const std::vector<std::string>& pids) {
  std::uint64_t sum = 0;
  for (const std::string& pid : pids) {
    const std::string status = read_file("/proc/" + pid + "/status");
    const std::size_t at = status.find("VmRSS:");
    if (at != std::string::npos) sum += std::strtoull(status.c_str() + at + 6, nullptr, 10);
  }
  return sum;
}

// Seconds since the machine started, over all processors: whatever is not idle or waiting for a disk.
inline double busy_seconds() {
  const std::string stat = read_file("/proc/stat");
  const char* at = stat.c_str() + 3;
  std::array<unsigned long long, 8> fields{};
  for (unsigned long long& field : fields) {
    char* end = nullptr;
    field = std::strtoull(at, &end, 10);
    at = end;
  }
  constexpr std::array kBusy{0, 1, 2, 5, 6, 7};
  unsigned long long ticks = 0;
  for (const int i : kBusy) ticks += fields[static_cast<std::size_t>(i)];
  return static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace locksmith::bench
