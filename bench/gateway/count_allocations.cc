// Counts the allocations of a process from outside: preloaded, it stands before glibc's allocator and adds to
// three numbers in the file that COUNT_ALLOCATIONS_FILE names, which another process may read at any time:
// allocations, blocks given back, bytes asked for; 64 bits each. realloc is one allocation and one block
// given back. Without the variable it counts into the void. Not for a program that is linked statically or
// brings an allocator of its own.
#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" {
// glibc's own names, so that the first call needs no dlsym, which allocates itself.
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace {

struct Counters {
  std::atomic<std::uint64_t> allocations, given_back, bytes;
};
static_assert(sizeof(Counters) == 24 && std::atomic<std::uint64_t>::is_always_lock_free);

Counters nobody_reads{};
std::atomic<Counters*> counters{&nobody_reads};

[[gnu::constructor]] void map_counters() {
  const char* path = std::getenv("COUNT_ALLOCATIONS_FILE");
  if (path == nullptr) return;
  const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return;
  if (ftruncate(file, sizeof(Counters)) == 0) {
    void* shared = mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED) counters = static_cast<Counters*>(shared);
  }
  close(file);
}

void count(std::size_t bytes) {
  Counters& all = *counters.load(std::memory_order_relaxed);
  all.allocations.fetch_add(1, std::memory_order_relaxed);
  all.bytes.fetch_add(bytes, std::memory_order_relaxed);
}

void count_back() {
  counters.load(std::memory_order_relaxed)->given_back.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

extern "C" {

void* malloc(std::size_t bytes) {
  count(bytes);
  return __libc_malloc(bytes);
}

void* calloc(std::size_t many, std::size_t bytes) {
  count(many * bytes);
  return __libc_calloc(many, bytes);
}

void* realloc(void* old, std::size_t bytes) {
  count(bytes);
  if (old != nullptr) count_back();
  return __libc_realloc(old, bytes);
}

void free(void* block) {
  if (block != nullptr) count_back();
  __libc_free(block);
}

void* memalign(std::size_t alignment, std::size_t bytes) {
  count(bytes);
  return __libc_memalign(alignment, bytes);
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  count(bytes);
  return __libc_memalign(alignment, bytes);
}

int posix_memalign(void** out, std::size_t alignment, std::size_t bytes) {
  count(bytes);
  void* block = __libc_memalign(alignment, bytes);
  if (block == nullptr) return ENOMEM;
  *out = block;
  return 0;
}

}  // extern "C"
