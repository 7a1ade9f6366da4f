// Reads the messages of one connection, one after another, from bytes that may be torn anywhere.
//
//   while (true) {
//     switch (reader.read(input, piece)) { case Step::need_more: return; case Step::head: … } }
//
// The head is kept in the reader (its buffer is reused, so that nothing is allocated in steady state); content is handed
// on as views into the input. A gateway that forwards without copying uses TornHead and BodyReader itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vocabulary/bytes.h"
#include "wire/http1/body.h"
#include "wire/http1/head.h"

namespace locksmith::wire::http1 {

enum class Step : std::uint8_t { need_more, head, data, end, refused };

class RequestReader {
 public:
  explicit RequestReader(ByteCount body_limit) : body_limit_(body_limit) {}

  // Takes from the front of `input`. Step::head: head() and framing() are set. Step::data: `piece` is content, valid as
  // long as the input. Step::end: the request is complete; the next call begins the next one. Step::refused: refusal()
  // says why, and every later call refuses too.
  Step read(std::string_view& input, std::string_view& piece);

  // Valid from Step::head until the call after Step::end.
  const RequestHead& head() const { return head_; }
  const Framing& framing() const { return framing_; }
  std::string_view trailers() const { return body_.trailers(); }
  Refusal refusal() const { return refusal_; }

  // Wipes the head's bytes, which may hold a credential; head() is no longer valid. Only after Step::end.
  void forget();

  // True between messages: the connection may end here, and is idle.
  bool idle() const { return phase_ == Phase::head && buffer_.empty(); }

 private:
  enum class Phase : std::uint8_t { head, body, ended, refused };
  Step refuse(Refusal why);
  Step read_head(std::string_view& input);

  ByteCount body_limit_;
  Phase phase_ = Phase::head;
  Refusal refusal_ = Refusal::none;
  HeadScan scan_;
  std::string buffer_;
  RequestHead head_;
  Framing framing_;
  BodyReader body_;
};

class ResponseReader {
 public:
  explicit ResponseReader(ByteCount body_limit) : body_limit_(body_limit) {}

  // The method of the request that the next response answers.
  void expect(std::string_view method) { method_ = method; }

  // As RequestReader::read. Interim responses (1xx but 101) are passed over, limits::kInterimResponses of them.
  Step read(std::string_view& input, std::string_view& piece);

  // The peer ended the connection: Step::end where the response may end so, else Step::refused with ended_early.
  Step finish();

  const ResponseHead& head() const { return head_; }
  const Framing& framing() const { return framing_; }
  std::string_view trailers() const { return body_.trailers(); }
  Refusal refusal() const { return refusal_; }
  bool idle() const { return phase_ == Phase::head && buffer_.empty(); }
  int interim_responses() const { return interim_; }

 private:
  enum class Phase : std::uint8_t { head, body, ended, refused };
  Step refuse(Refusal why);
  Step read_head(std::string_view& input);
  void begin();

  ByteCount body_limit_;
  std::string method_ = "GET";
  Phase phase_ = Phase::head;
  Refusal refusal_ = Refusal::none;
  int interim_ = 0;
  HeadScan scan_;
  std::string buffer_;
  ResponseHead head_;
  Framing framing_;
  BodyReader body_;
};

}  // namespace locksmith::wire::http1
