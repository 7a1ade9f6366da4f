#include "scanner/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "scanner/archive.h"
#include "vocabulary/limits/scan.h"

namespace locksmith::scanner {
namespace {

constexpr std::size_t kFilesTogether = 256;              // of one folder, a task: so that a folder of a million is shared
constexpr std::uint64_t kPartOfFile = 64 * 1024 * 1024;  // of a file that several threads read
constexpr std::size_t kSegments = 4096;                  // of data in a sparse file
constexpr auto kProgressEvery = std::chrono::milliseconds(200);

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

struct Task {
  std::string path;                // of a folder, or of a file
  std::vector<std::string> names;  // files of the folder; empty: the folder itself, or the file
  bool is_file = false;
  Part part;                       // of the file, where part.end is not 0
  dev_t device = 0;                // of the folder above
  std::size_t depth = 0;
};

std::string words_of(int error) { return std::generic_category().message(error); }

std::string joined(const std::string& folder, std::string_view name) {
  if (folder == ".") return std::string(name);
  return folder.ends_with('/') ? folder + std::string(name) : folder + "/" + std::string(name);
}

// File systems whose files are made up by the kernel as they are read.
bool holds_nothing(int fd) {
  struct statfs about {};
  if (fstatfs(fd, &about) != 0) return false;
  constexpr std::array<unsigned long, 8> kKinds{PROC_SUPER_MAGIC, SYSFS_MAGIC,         DEVPTS_SUPER_MAGIC, DEBUGFS_MAGIC,
                                                TRACEFS_MAGIC,    CGROUP2_SUPER_MAGIC, CGROUP_SUPER_MAGIC, BPF_FS_MAGIC};
  return std::ranges::find(kKinds, static_cast<unsigned long>(about.f_type)) != kKinds.end();
}

class Walk {
 public:
  Walk(Scan& scan, const TreeOptions& options, std::vector<std::string>& repositories) : scan_(scan), options_(options), repositories_(repositories) {}

  void add(Task task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    changed_.notify_one();
  }

  Covered run(const std::function<void(const Covered&)>& progress) {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < options_.threads; ++i) threads.emplace_back([this] { work(); });
    std::unique_lock lock(mutex_);
    while (!is_over()) {
      changed_.wait_for(lock, kProgressEvery);
      const Covered so_far = covered_;
      lock.unlock();
      if (progress) progress(so_far);
      lock.lock();
    }
    lock.unlock();
    changed_.notify_all();
    threads.clear();
    return covered_;
  }

 private:
  bool is_over() const { return (tasks_.empty() && at_work_ == 0) || scan_.stop.load(std::memory_order_relaxed); }

  void work() {
    Reading reading(scan_);
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return !tasks_.empty() || is_over(); });
      if (is_over()) break;
      // The newest: depth first, so that the list stays short.
      Task task = std::move(tasks_.back());
      tasks_.pop_back();
      ++at_work_;
      lock.unlock();
      run_task(reading, std::move(task));
      lock.lock();
      --at_work_;
      covered_.add(std::exchange(reading.covered(), {}));
      if (is_over()) break;
    }
    lock.unlock();
    changed_.notify_all();
  }

  void run_task(Reading& reading, Task task) {
    if (task.is_file) return file_at(reading, AT_FDCWD, task.path.c_str(), task.path, task.part);
    if (task.names.empty()) return folder(reading, std::move(task));
    const Descriptor descriptor(open(task.path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor) return cannot(task.path, errno);
    for (const std::string& name : task.names) {
      if (scan_.stop.load(std::memory_order_relaxed)) return;
      file_at(reading, descriptor.get(), name.c_str(), joined(task.path, name), {});
    }
  }

  void cannot(std::string path, int error) { scan_.findings.cannot_read(std::move(path), {}, words_of(error)); }

  void folder(Reading& reading, Task task) {
    Descriptor descriptor(open(task.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | (task.depth == 0 ? 0 : O_NOFOLLOW)));
    if (!descriptor) return cannot(task.path, errno);
    struct stat about {};
    if (fstat(descriptor.get(), &about) != 0) return cannot(task.path, errno);
    if (about.st_dev != task.device && holds_nothing(descriptor.get())) return;
    const int fd = descriptor.get();
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(fd), closedir);
    if (stream == nullptr) return cannot(task.path, errno);
    descriptor.release();
    Task files{task.path, {}, false, {}, about.st_dev, task.depth};
    std::size_t in_folder = 0;
    while (true) {
      errno = 0;
      const dirent* const entry = readdir(stream.get());
      if (entry == nullptr) {
        if (errno != 0) cannot(task.path, errno);
        break;
      }
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      const unsigned char type = entry->d_type == DT_UNKNOWN ? type_of(fd, entry->d_name) : entry->d_type;
      if (type == DT_DIR) {
        sub_folder(task, about.st_dev, name);
      } else if (type == DT_REG) {
        // The first ones here and now, without their names being kept.
        if (in_folder++ < kFilesTogether) {
          if (!scan_.stop.load(std::memory_order_relaxed)) file_at(reading, fd, entry->d_name, joined(task.path, name), {});
          continue;
        }
        files.names.emplace_back(name);
        if (files.names.size() == kFilesTogether) add(std::exchange(files, {task.path, {}, false, {}, about.st_dev, task.depth}));
      }
    }
    if (!files.names.empty()) add(std::move(files));
  }

  static unsigned char type_of(int folder, const char* name) {
    struct stat about {};
    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0) return DT_UNKNOWN;
    return S_ISDIR(about.st_mode) ? DT_DIR : S_ISREG(about.st_mode) ? DT_REG : DT_UNKNOWN;
  }

  void sub_folder(const Task& above, dev_t device, std::string_view name) {
    const std::string path = joined(above.path, name);
    if (name == ".git") {
      const std::lock_guard lock(mutex_);
      repositories_.push_back(above.path);
    }
    // Packed: its contents are a repository's history, which is looked at as such or said to be left out.
    if (name == "objects" && (above.path.ends_with("/.git") || above.path == ".git")) return;
    if (above.depth + 1 > limits::kScanFolderDepth) return scan_.findings.cannot_read(path, {}, "folders are nested too deep");
    add({path, {}, false, {}, device, above.depth + 1});
  }

  void file_at(Reading& reading, int folder, const char* name, const std::string& path, const Part& part) {
    // Without waiting: what was a file when the folder was listed may be a pipe now.
    const Descriptor descriptor(openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (folder == AT_FDCWD ? 0 : O_NOFOLLOW)));
    if (!descriptor) return cannot(path, errno);
    const int fd = descriptor.get();
    const Origin origin{path, {}};
    const Source source = from_descriptor(fd);
    if (part.end != 0) {
      if (lseek(fd, static_cast<off_t>(part.base), SEEK_SET) < 0) return cannot(path, errno);
      return reading.part_of(origin, source, part);
    }
    ++reading.covered().files;
    reading.name_of(origin, name);
    bool archive = false;
    std::string small;  // a small archive is kept: reading it once more would cost as much as unpacking it
    reading.all_of(origin, source, [&](std::string_view first) {
      archive = is_archive(first);
      if (first.size() >= limits::kScanPart) return !share(path, fd);
      if (archive) small = first;
      return true;
    });
    if (!archive || scan_.stop.load(std::memory_order_relaxed)) return;
    if (!small.empty()) return unpack(reading, origin, small);
    unpack_file(reading, origin, fd, source);
  }

  void unpack_file(Reading& reading, const Origin& origin, int fd, const Source& source) {
    struct stat about {};
    if (fstat(fd, &about) != 0 || lseek(fd, 0, SEEK_SET) != 0) return cannot(origin.path, errno);
    const auto seek = [fd](std::int64_t offset, int whence) -> std::int64_t { return lseek(fd, offset, whence); };
    unpack(reading, origin, {source, seek}, static_cast<std::uint64_t>(about.st_size));
  }

  // A long file becomes a task a part, and what is a hole in it none. False: it is not long.
  bool share(const std::string& path, int fd) {
    struct stat about {};
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) return false;
    const auto size = static_cast<std::uint64_t>(about.st_size);
    if (size < 2 * kPartOfFile) return false;
    std::size_t segments = 0;
    for (std::uint64_t at = 0; at < size;) {
      const off_t data = lseek(fd, static_cast<off_t>(at), SEEK_DATA);
      if (data < 0 && errno == ENXIO) break;
      const off_t hole = data < 0 || ++segments > kSegments ? -1 : lseek(fd, data, SEEK_HOLE);
      const std::uint64_t begin = data < 0 ? at : static_cast<std::uint64_t>(data);
      const std::uint64_t end = hole < 0 ? size : static_cast<std::uint64_t>(hole);
      for (std::uint64_t from = begin; from < end; from += kPartOfFile) {
        const auto skip = static_cast<std::size_t>(std::min<std::uint64_t>(from, model::finding::kLookBehind));
        add({path, {}, true, {from - skip, skip, std::min(end, from + kPartOfFile)}, 0, 0});
      }
      at = end;
    }
    return true;
  }

  Scan& scan_;
  const TreeOptions& options_;
  std::vector<std::string>& repositories_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  std::size_t at_work_ = 0;
  Covered covered_;
};

// As it comes: a pipe cannot be read twice, so an archive's raw bytes are not looked at.
void look_through_stream(Scan& scan, const std::string& path, int fd, Covered& covered) {
  Reading reading(scan);
  std::string beginning(64 * 1024, '\0');
  const Source source = from_descriptor(fd);
  std::int64_t last = 0;
  beginning.resize(fill(source, beginning.data(), beginning.size(), &last));
  if (last < 0) scan.findings.cannot_read(path, {}, words_of(static_cast<int>(-last)));
  const Source all = behind(beginning, source);
  ++reading.covered().files;
  if (is_archive(beginning)) {
    unpack(reading, {path, {}}, {all, {}}, 0);
  } else {
    reading.all_of({path, {}}, all);
  }
  covered.add(reading.covered());
}

}  // namespace

Covered look_through(Scan& scan, const std::vector<std::string>& paths, const TreeOptions& options, const std::function<void(const Covered&)>& progress,
                     std::vector<std::string>& repositories) {
  Walk walk(scan, options, repositories);
  Covered streams;
  for (const std::string& path : paths) {
    struct stat about {};
    if (path == "-") {
      look_through_stream(scan, path, STDIN_FILENO, streams);
    } else if (stat(path.c_str(), &about) != 0) {
      scan.findings.cannot_read(path, {}, words_of(errno));
    } else if (S_ISDIR(about.st_mode)) {
      walk.add({path, {}, false, {}, 0, 0});
    } else if (S_ISREG(about.st_mode)) {
      walk.add({path, {}, true, {}, 0, 0});
    } else if (S_ISFIFO(about.st_mode)) {
      const Descriptor descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
      if (descriptor) look_through_stream(scan, path, descriptor.get(), streams);
    } else {
      scan.findings.cannot_read(path, {}, "it is neither a file nor a folder");
    }
  }
  Covered covered = walk.run(progress);
  covered.add(streams);
  return covered;
}

}  // namespace locksmith::scanner
