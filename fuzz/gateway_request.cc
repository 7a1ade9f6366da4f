// A client's bytes into a connection of the gateway, with an upstream that answers in one way or another.
//
// The first byte decides how the bytes are torn, the second how upstream answers; "@" stands for the virtual key. However
// they are put: every line of the log has its one answer of that status, in that order; what goes on to upstream is
// well-formed with one host and one credential; and when the client has left, nothing is held.
#include "gateway_stage.h"

namespace {

using namespace locksmith;
using fuzz::Reply;
using fuzz::Stage;

constexpr int kClientGone = 499;

const std::string kMessage =
    R"({"type":"message","model":"claude-haiku-4-5","stop_reason":"end_turn","usage":{"input_tokens":20,"output_tokens":7}})";
const std::string kEvents =
    "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-haiku-4-5\",\"usage\":{\"input_tokens\":20,"
    "\"output_tokens\":1}}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
const std::string kError = R"({"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"},"request_id":null})";

std::string with_length(const std::string& start, const std::string& body) {
  return start + "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Upstream does not know whether HEAD was asked, so what it answers with a body to it is one more thing to be survived.
Reply reply_of(unsigned kind) {
  using enum Reply::Then;
  const std::string json = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
  const std::string stream = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
  char size[24];
  std::snprintf(size, sizeof size, "%zx\r\n", kEvents.size());
  switch (kind % 10) {
    case 0: return {{with_length(json, kMessage)}, stay};
    case 1: return {{stream, size + kEvents + "\r\n", "0\r\n\r\n"}, stay};
    case 2: return {{with_length("HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\n", kError)}, stay};
    case 3: return {{with_length("HTTP/1.1 529 X\r\nconnection: close\r\n", kError)}, finish};
    case 4: return {{}, finish};
    case 5: return {{stream, size + kEvents.substr(0, 40)}, reset};
    case 6: return {{"HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n" + kMessage}, finish};
    case 7: return {{}, stay};  // silent
    case 8: return {{"HTTP/1.1 204 No Content\r\n\r\n"}, stay};
    default: return {{with_length("HTTP/1.0 200 OK\r\n", kMessage).substr(0, 60)}, reset};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 8192) return 0;
  std::string bytes;
  for (const char c : fuzz::text_of(data + 2, size - 2)) {
    if (c == '@') {
      bytes += Stage::key();
    } else {
      bytes += c;
    }
  }
  if (bytes.find(Stage::kCredential) != std::string::npos) return 0;  // libFuzzer learns it from our own comparisons
  const unsigned first = data[1];
  Stage stage([first](std::size_t request) { return reply_of(first + static_cast<unsigned>(request)); });
  stage.exchange(data[0] == 0 ? std::vector<std::string>{bytes} : fuzz::torn(bytes, data[0]), std::chrono::seconds(5));
  stage.check_end();
  stage.check_secrets();

  std::vector<fuzz::Logged> requests = stage.logged();
  const std::vector<fuzz::Got> got = stage.answers(requests);
  // Who leaves before the answer gets none; that can only be the last request.
  const bool gone = !requests.empty() && requests.back().status == kClientGone;
  fuzz::must(got.size() == requests.size() || (gone && got.size() + 1 == requests.size()), "every request has one answer");
  for (std::size_t i = 0; i < got.size(); ++i) {
    fuzz::must(got[i].status == requests[i].status, "the answer's status is the one in the log");
    fuzz::must(got[i].whole || i + 1 == got.size(), "only the last answer can have broken off");
  }
  return 0;
}
