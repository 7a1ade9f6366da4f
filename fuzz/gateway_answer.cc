// An upstream's bytes through a link and a passage to a client.
//
// The first byte decides how the bytes are torn, the second what was asked and how upstream ends. However the bytes come: the
// client gets one status line and one answer, never one that is whole unless upstream's was; torn and whole give the same
// answer for the same money; what is an answer to a strict reader arrives as that answer.
#include "gateway_stage.h"

#include "vocabulary/limits/upstream.h"

namespace {

using namespace locksmith;
using fuzz::Got;
using fuzz::Reply;
using fuzz::Stage;

std::string request_of(unsigned kind) {
  const std::string fields = "Host: gw\r\nx-api-key: " + Stage::key() + "\r\n";
  const std::string body = R"({"model":"claude-haiku-4-5","max_tokens":100,"stream":true,"messages":[]})";
  const std::string post = fields + "content-type: application/json\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  switch (kind % 4) {
    case 0: return "POST /v1/messages HTTP/1.1\r\n" + post;
    case 1: return "GET /v1/models HTTP/1.1\r\n" + fields + "\r\n";
    case 2: return "HEAD /v1/models HTTP/1.1\r\n" + fields + "\r\n";
    default: return "POST /v1/messages HTTP/1.0\r\n" + post;
  }
}

struct Outcome {
  Got got;
  std::int64_t spent = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome play(const std::vector<std::string>& pieces, unsigned kind, Reply::Then then) {
  Stage stage([&](std::size_t) { return Reply{pieces, then}; });
  stage.exchange({request_of(kind)}, std::chrono::seconds(5) + std::chrono::milliseconds(pieces.size()));
  stage.check_end();
  const std::vector<fuzz::Logged> requests = stage.logged();
  fuzz::must(requests.size() == 1, "one request has one line");
  fuzz::must(stage.seen().size() == 1, "an answered request is not sent again");
  const std::vector<Got> got = stage.answers(requests);
  fuzz::must(got.size() == 1, "one request has one answer");
  fuzz::must(got[0].status == requests[0].status, "the answer's status is the one in the log");
  return {got[0], stage.spent().nano_usd};
}

// What a strict reader takes these bytes for; status 0 where they are no answer.
Got read(std::string_view bytes, std::string_view method, bool ends) {
  wire::http1::ResponseReader reader(limits::kAnswerBody);
  reader.expect(method);
  Got got;
  while (true) {
    std::string_view piece;
    wire::http1::Step step = reader.read(bytes, piece);
    if (step == wire::http1::Step::need_more && ends) step = reader.finish();
    if (step == wire::http1::Step::head) got.status = reader.head().status;
    if (step == wire::http1::Step::data) got.body += piece;
    if (step == wire::http1::Step::end) got.whole = true;
    if (step == wire::http1::Step::end || step == wire::http1::Step::refused || step == wire::http1::Step::need_more) return got;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 4096) return 0;
  const std::string_view bytes = fuzz::text_of(data + 2, size - 2);
  const unsigned kind = data[1];
  const auto then = static_cast<Reply::Then>((kind / 4) % 3);
  const Outcome whole = play({std::string(bytes)}, kind, then);
  const Outcome torn = play(fuzz::torn(bytes, data[0]), kind, then);
  fuzz::must(whole == torn, "a torn answer is passed on as the whole one");

  const Got meant = read(bytes, kind % 4 == 2 ? "HEAD" : "GET", then == Reply::Then::finish);
  if (meant.whole) {
    fuzz::must(whole.got == meant, "a whole answer arrives as it was");
  } else if (kind % 4 != 3 && whole.got.status < 500) {
    // To HTTP/1.0 a reset says that the answer broke off, and this reader is not told of it.
    fuzz::must(!whole.got.whole, "what broke off does not arrive as whole");
  }
  return 0;
}
