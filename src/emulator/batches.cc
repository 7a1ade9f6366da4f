#include "emulator/batches.h"

#include <algorithm>

#include "vocabulary/limits/emulator.h"

namespace locksmith::emulator {
namespace {

using wire::json::Kind;
using wire::json::Value;
using wire::json::Writer;

void write_batch(Writer& json, const Batch& batch, bool ended, std::string_view origin) {
  json.begin_object().member("id", batch.id).member("type", "message_batch");
  json.member("processing_status", ended ? "ended" : "in_progress").key("request_counts").begin_object();
  json.member("processing", ended ? 0 : batch.succeeded + batch.errored).member("succeeded", ended ? batch.succeeded : 0);
  json.member("errored", ended ? batch.errored : 0).member("canceled", 0).member("expired", 0).end_object();
  const std::string created = to_rfc3339(batch.created);
  json.member("created_at", created).member("expires_at", to_rfc3339(batch.created + std::chrono::hours(24)));
  json.key("cancel_initiated_at").null().key("archived_at").null().key("ended_at");
  if (ended) {
    json.string(created).member("results_url", std::string(origin) + "/v1/messages/batches/" + batch.id + "/results");
  } else {
    json.null().key("results_url").null();
  }
  json.end_object();
}

void write_error(Writer& json, const ErrorText& error) {
  json.member("type", "errored").key("error").raw(error_body(error, {}));
}

}  // namespace

std::expected<std::string, ErrorText> Batches::create(const Value& body, const Catalogue& catalogue, const Manner& manner, std::uint64_t number,
                                                      const Declared& declared, Instant now, Bill& bill) {
  const Value requests = body["requests"];
  const auto invalid = [](std::string message) { return std::unexpected(ErrorText{400, "invalid_request_error", std::move(message), {}, {}}); };
  if (!requests) return invalid("requests: Field required");
  if (requests.kind() != Kind::array) return invalid("requests: Input should be a valid list");
  if (requests.size() == 0) return invalid("requests: List should have at least 1 item after validation, not 0");
  Batch batch{.id = make_id("msgbatch_01", number), .created = now, .results = {}};
  std::uint64_t at = 0;
  requests.for_each_element([&](Value request) {
    Writer json(batch.results);
    json.begin_object().member("custom_id", request["custom_id"].string_or("")).key("result").begin_object();
    const Value params = request["params"];
    if (const auto wrong = check_message(params, catalogue, declared, Purpose::create)) {
      ++batch.errored;
      write_error(json, *wrong);
    } else {
      ++batch.succeeded;
      Reply reply = make_reply(params, *catalogue.find(params["model"].string_or("")), catalogue, manner, number * limits::kEmulatorRecords + at, declared);
      reply.charge.batch = true;
      bill.add(reply.charge);
      json.member("type", "succeeded").key("message").raw(message_body(reply));
    }
    json.end_object().end_object();
    batch.results += '\n';
    ++at;
  });
  batches_.push_front(std::move(batch));
  if (batches_.size() > limits::kEmulatorBatches) batches_.pop_back();
  return batch_body(batches_.front(), false, {});
}

const Batch* Batches::find(std::string_view id) const {
  const auto found = std::ranges::find(batches_, id, &Batch::id);
  return found == batches_.end() ? nullptr : &*found;
}

std::string Batches::list(std::string_view origin) const {
  std::string out;
  Writer json(out);
  json.begin_object().key("data").begin_array();
  for (const Batch& batch : batches_) write_batch(json, batch, true, origin);
  json.end_array().member("has_more", false).key("first_id");
  batches_.empty() ? json.null() : json.string(batches_.front().id);
  json.key("last_id");
  batches_.empty() ? json.null() : json.string(batches_.back().id);
  json.end_object();
  return out;
}

std::string batch_body(const Batch& batch, bool ended, std::string_view origin) {
  std::string out;
  Writer json(out);
  write_batch(json, batch, ended, origin);
  return out;
}

}  // namespace locksmith::emulator
