#include "wire/http1/reader.h"

#include "vocabulary/assert.h"
#include "vocabulary/limits/http.h"
#include "vocabulary/secret.h"

namespace locksmith::wire::http1 {
namespace {

// Moves the bytes of a head from `input` to `buffer`, and leaves behind it what belongs to the body.
HeadEnd collect_head(HeadScan& scan, std::string& buffer, std::string_view& input) {
  const std::size_t before = buffer.size();
  // Never more than the limit is buffered, whatever the peer sends at once.
  const std::string_view part = input.substr(0, limits::kHeadBytes + 1 - before);
  buffer.append(part);
  const HeadEnd end = scan_head(scan, buffer);
  if (end.progress == Progress::done) {
    input.remove_prefix(end.size - before);
    buffer.resize(end.size);
  } else {
    input.remove_prefix(part.size());
  }
  return end;
}

Step from_body(BodyReader::Step step) {
  switch (step) {
    case BodyReader::Step::need_more:
      return Step::need_more;
    case BodyReader::Step::data:
      return Step::data;
    case BodyReader::Step::end:
      return Step::end;
    case BodyReader::Step::refused:
      return Step::refused;
  }
  return Step::refused;
}

}  // namespace

Step RequestReader::refuse(Refusal why) {
  phase_ = Phase::refused;
  refusal_ = why;
  return Step::refused;
}

Step RequestReader::read_head(std::string_view& input) {
  if (input.empty()) return Step::need_more;
  const HeadEnd end = collect_head(scan_, buffer_, input);
  if (end.progress == Progress::refused) return refuse(end.refusal);
  if (end.progress == Progress::need_more) return Step::need_more;
  if (const Refusal why = parse_request_head(buffer_, head_); why != Refusal::none) return refuse(why);
  framing_ = framing_of(head_);
  body_ = BodyReader(framing_, body_limit_);
  if (body_.refusal() != Refusal::none) return refuse(body_.refusal());
  phase_ = Phase::body;
  return Step::head;
}

void RequestReader::forget() {
  LOCKSMITH_ASSERT(phase_ == Phase::ended);
  wipe(buffer_.data(), buffer_.size());
  buffer_.clear();
  scan_ = {};
  head_.fields.clear();
  phase_ = Phase::head;
}

Step RequestReader::read(std::string_view& input, std::string_view& piece) {
  if (phase_ == Phase::refused) return Step::refused;
  if (phase_ == Phase::ended) {
    buffer_.clear();
    scan_ = {};
    phase_ = Phase::head;
  }
  if (phase_ == Phase::head) return read_head(input);
  const Step step = from_body(body_.read(input, piece));
  if (step == Step::end) phase_ = Phase::ended;
  return step == Step::refused ? refuse(body_.refusal()) : step;
}

Step ResponseReader::refuse(Refusal why) {
  phase_ = Phase::refused;
  refusal_ = why;
  return Step::refused;
}

void ResponseReader::begin() {
  buffer_.clear();
  scan_ = {};
  phase_ = Phase::head;
}

Step ResponseReader::read_head(std::string_view& input) {
  while (!input.empty()) {
    const HeadEnd end = collect_head(scan_, buffer_, input);
    if (end.progress == Progress::refused) return refuse(end.refusal);
    if (end.progress == Progress::need_more) return Step::need_more;
    if (const Refusal why = parse_response_head(buffer_, head_); why != Refusal::none) return refuse(why);
    framing_ = framing_of(head_, method_);
    if (framing_.refusal != Refusal::none) return refuse(framing_.refusal);
    if (head_.status >= 200) {
      body_ = BodyReader(framing_, body_limit_);
      if (body_.refusal() != Refusal::none) return refuse(body_.refusal());
      phase_ = Phase::body;
      return Step::head;
    }
    if (++interim_ > limits::kInterimResponses) return refuse(Refusal::head_too_large);
    begin();
  }
  return Step::need_more;
}

Step ResponseReader::read(std::string_view& input, std::string_view& piece) {
  if (phase_ == Phase::refused) return Step::refused;
  if (phase_ == Phase::ended) {
    interim_ = 0;
    begin();
  }
  if (phase_ == Phase::head) return read_head(input);
  const Step step = from_body(body_.read(input, piece));
  if (step == Step::end) phase_ = Phase::ended;
  return step == Step::refused ? refuse(body_.refusal()) : step;
}

Step ResponseReader::finish() {
  if (phase_ == Phase::refused) return Step::refused;
  if (phase_ == Phase::ended || (phase_ == Phase::body && body_.may_end_here())) {
    phase_ = Phase::ended;
    return Step::end;
  }
  return refuse(Refusal::ended_early);
}

}  // namespace locksmith::wire::http1
