#include "gateway/http1_downstream.h"

#include <string>

#include "gateway/connection.h"
#include "gateway/worker.h"
#include "vocabulary/limits/gateway.h"
#include "wire/http1/write.h"

namespace locksmith::gateway {

using wire::http1::Field;

std::string& Http1Downstream::gathered() { return worker_.gathering().of(this); }

void Http1Downstream::begin(const Admitted& request) {
  client_ = {request.http10, request.head_method, request.keep_alive && !worker_.about_to_end()};
  delivery_ = Delivery::none;
}

bool Http1Downstream::is_late() const { return connection_.is_late(); }

bool Http1Downstream::over_tls() const { return connection_.over_tls(); }

std::string_view Http1Downstream::address() const { return connection_.address(); }

// An HTTP/1.0 client does not know interim answers (RFC 9110 section 10.1.1).
void Http1Downstream::ask_for_body() {
  if (!client_.http10) connection_.send("HTTP/1.1 100 Continue\r\n\r\n");
}

void Http1Downstream::pause_body() { connection_.pause(); }

void Http1Downstream::resume_body() { connection_.resume(); }

void Http1Downstream::send_head(const wire::http1::ResponseHead& head, const wire::http1::Framing& framing,
                                std::span<const Field> own) {
  delivery_ = delivery_of(framing, client_);
  if (delivery_ == Delivery::until_close) client_.keep_alive = false;
  std::string& out = gathered();
  append_answer_head(out, head, delivery_, client_);
  for (const Field& field : own) wire::http1::append_field(out, field.name, field.value);
  wire::http1::end_head(out);
}

void Http1Downstream::send_piece(std::string_view piece) {
  std::string& out = gathered();
  if (piece.size() <= limits::kRelayCopy) return append_piece(out, delivery_, piece);
  // A large piece goes out from where it lies.
  if (delivery_ == Delivery::chunked) wire::http1::append_chunk_size(out, piece.size());
  connection_.send(out);
  connection_.send(piece);
  out.assign(delivery_ == Delivery::chunked ? "\r\n" : "");
}

void Http1Downstream::send_end() { append_body_end(gathered(), delivery_); }

void Http1Downstream::flush() {
  std::string& out = gathered();
  if (!out.empty()) connection_.send(out);
  out.clear();
}

void Http1Downstream::send_own(int status, std::span<const Field> fields, std::string_view body) {
  using namespace wire::http1;
  std::string& out = gathered();
  out.clear();  // a head that was not sent yet is not sent at all
  begin_response(out, status, reason_phrase(status));
  append_field(out, "date", to_http_date(worker_.now()));
  append_field(out, "content-type", "application/json");
  append_field(out, "content-length", std::to_string(body.size()));
  for (const Field& field : fields) append_field(out, field.name, field.value);
  if (!client_.keep_alive) append_field(out, "connection", "close");
  if (client_.keep_alive && client_.http10) append_field(out, "connection", "keep-alive");
  end_head(out);
  if (!client_.head_method) out.append(body);
  flush();
}

std::size_t Http1Downstream::unsent() const { return connection_.unsent(); }

void Http1Downstream::wait_until(Tick deadline) { connection_.wait_until(deadline); }

void Http1Downstream::finish() { connection_.answered(client_.keep_alive); }

// Where the framing tells the end, an early FIN is seen as one; else a reset says it.
void Http1Downstream::break_off() {
  if (delivery_ == Delivery::until_close) connection_.abort();
  connection_.answered(false);
}

}  // namespace locksmith::gateway
