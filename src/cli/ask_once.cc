#include "cli/ask_once.h"

#include <utility>

#include "host/epoll_loop.h"

namespace locksmith::cli {

upstream::Observed ask_once(upstream::Plan plan) {
  host::EpollLoop loop;
  upstream::Observed observed;
  upstream::exchange(loop, std::move(plan), [&](upstream::Observed seen) {
    observed = std::move(seen);
    loop.stop();
  });
  loop.run();
  return observed;
}

}  // namespace locksmith::cli
