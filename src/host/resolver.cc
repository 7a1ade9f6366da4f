#include "host/resolver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

#include "host/real_clock.h"
#include "host/socket_address.h"
#include "vocabulary/limits/loop.h"

namespace locksmith::host {
namespace {

std::string error_name(int code) {
  switch (code) {
    case EAI_AGAIN: return "EAI_AGAIN";
    case EAI_BADFLAGS: return "EAI_BADFLAGS";
    case EAI_FAIL: return "EAI_FAIL";
    case EAI_FAMILY: return "EAI_FAMILY";
    case EAI_MEMORY: return "EAI_MEMORY";
    case EAI_NONAME: return "EAI_NONAME";
    case EAI_SERVICE: return "EAI_SERVICE";
    case EAI_SOCKTYPE: return "EAI_SOCKTYPE";
    case EAI_SYSTEM: return "EAI_SYSTEM";
#ifdef EAI_NODATA
    case EAI_NODATA: return "EAI_NODATA";
#endif
#ifdef EAI_ADDRFAMILY
    case EAI_ADDRFAMILY: return "EAI_ADDRFAMILY";
#endif
    default: return "EAI_" + std::to_string(code);
  }
}

int family_number(world::Family family) {
  switch (family) {
    case world::Family::ipv4: return AF_INET;
    case world::Family::ipv6: return AF_INET6;
    case world::Family::any: return AF_UNSPEC;
  }
  return AF_UNSPEC;
}

world::Resolution look_up_now(const std::string& host, std::uint16_t port, world::Family family) {
  const RealClock clock;
  const Tick begin = clock.tick();
  addrinfo hints{};
  hints.ai_family = family_number(family);
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  world::Resolution result;
  if (const int code = getaddrinfo(host.c_str(), nullptr, &hints, &list); code != 0) {
    result.error = error_name(code);
  } else {
    for (const addrinfo* info = list; info != nullptr; info = info->ai_next) {
      world::Address address = from_socket_address(*info->ai_addr);
      address.port = port;
      if (std::ranges::find(result.addresses, address) == result.addresses.end()) result.addresses.push_back(address);
    }
    freeaddrinfo(list);
  }
  result.took = clock.tick() - begin;
  return result;
}

struct Job {
  std::string host;
  std::uint16_t port;
  world::Family family;
  Resolver::Done done;
};

}  // namespace

struct Resolver::Shared {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Job> jobs;
  std::size_t threads = 0;
  std::size_t idle = 0;
  bool ending = false;

  static void work(const std::shared_ptr<Shared>& self) {
    std::unique_lock lock(self->mutex);
    for (;;) {
      ++self->idle;
      self->wake.wait(lock, [&self] { return self->ending || !self->jobs.empty(); });
      --self->idle;
      if (self->ending) return;
      Job job = std::move(self->jobs.front());
      self->jobs.pop_front();
      lock.unlock();
      world::Resolution result = look_up_now(job.host, job.port, job.family);
      lock.lock();
      // Under the lock, so that the owner of `done` is not gone half-way.
      if (!self->ending) job.done(std::move(result));
    }
  }
};

Resolver::Resolver() : shared_(std::make_shared<Shared>()) {}

Resolver::~Resolver() {
  std::deque<Job> dropped;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->ending = true;
    dropped.swap(shared_->jobs);
  }
  shared_->wake.notify_all();
}

bool Resolver::look_up(std::string host, std::uint16_t port, world::Family family, Done done) {
  const std::lock_guard lock(shared_->mutex);
  if (shared_->jobs.size() >= limits::kResolverQueue) return false;
  shared_->jobs.push_back({std::move(host), port, family, std::move(done)});
  if (shared_->jobs.size() > shared_->idle && shared_->threads < limits::kResolverThreads) {
    ++shared_->threads;
    std::thread([shared = shared_] { Shared::work(shared); }).detach();
  }
  shared_->wake.notify_one();
  return true;
}

}  // namespace locksmith::host
