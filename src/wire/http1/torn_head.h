// A head that comes in pieces: kept until it is whole. One that lies whole in one read is found where it lies, and nothing is
// copied.
#pragma once

#include <string>
#include <string_view>

#include "wire/http1/head.h"

namespace locksmith::wire::http1 {

class TornHead {
 public:
  TornHead() = default;
  ~TornHead() { forget(); }
  TornHead(const TornHead&) = delete;
  TornHead& operator=(const TornHead&) = delete;

  // `input` goes on where the last one ended. Progress::done: `head` is the head with its empty line, a view into `input` or
  // into this, valid until forget(), and `input` begins behind it. Progress::need_more: all of `input` was kept.
  HeadEnd take(std::string_view& input, std::string_view& head);

  // Wipes what was kept, which may hold a credential, and begins a new message: owed after done and refused.
  void forget();

  bool empty() const { return kept_.empty(); }

 private:
  void append(std::string_view input);

  HeadScan scan_;
  std::string kept_;
};

}  // namespace locksmith::wire::http1
