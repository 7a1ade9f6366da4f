// The outside of the Claude API: a request becomes an answer. No sockets, no clock of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/answer.h"
#include "emulator/batches.h"
#include "emulator/bill.h"
#include "emulator/catalogue.h"
#include "emulator/credential.h"
#include "emulator/fault_rules.h"
#include "emulator/key_register.h"
#include "serving/router.h"
#include "wire/json/json.h"

namespace locksmith::emulator {

struct ErrorText;

// A field as it arrived. Of a value that may be a secret only its digest is kept, so that two places can compare what they
// have without showing it.
struct RecordedField {
  std::string name;   // redacted; a key can stand where none belongs
  std::string value;  // of the few that never hold a secret; empty otherwise
  std::string sha256; // of the value, 64 hexadecimal digits, where `value` is empty
};

// The shape of a request that was answered: nothing of a credential or a body.
struct Record {
  std::uint64_t number = 0;
  Instant at{};
  std::string method;
  std::string path;
  std::vector<RecordedField> fields;      // as sent, in their order
  std::string credential_header;          // "x-api-key", "authorization", "none"
  std::string credential_shape;           // the word of the evidence document, empty where there is none
  std::size_t credential_length = 0;
  std::string version;
  std::size_t body_bytes = 0;
  int status = 0;
  std::string fault;
  std::string request_id;
};

class Api {
 public:
  Api();
  Api(const Api&) = delete;  // its routes know where it is
  Api& operator=(const Api&) = delete;

  // `request` lives until this returns.
  Answer answer(const Request& request, Instant now, Tick tick);
  // A message that is no valid request never reaches the API: the edge answers in HTML. 413 has the API's envelope.
  Answer refuse(int status, std::string_view why);

  // A stream went out to its end, or no further than so many of its events.
  void bill_stream(const Charge& charge, std::size_t events) { bill_.add_part(charge, events); }
  Bill& bill() { return bill_; }
  Manner& manner() { return manner_; }
  FaultRules& faults() { return faults_; }
  KeyRegister& keys() { return keys_; }
  const std::deque<Record>& records() const { return records_; }  // the last limits::kEmulatorRecords
  void forget_records() { records_.clear(); }

 private:
  struct Context;  // what is known of the request at hand
  // --- control.cc: what a test sets and asks, as handlers of a router
  void add_control_routes();
  Answer control(Context& context);
  Answer show_faults(std::string_view body);
  Answer replace_faults(std::string_view body) { return set_faults(body, true); }
  Answer add_faults(std::string_view body) { return set_faults(body, false); }
  Answer set_faults(std::string_view body, bool replaces);
  Answer clear_faults(std::string_view body);
  Answer show_keys(std::string_view body);
  Answer set_keys(std::string_view body);
  Answer clear_keys(std::string_view body);
  Answer show_records(std::string_view body);
  Answer clear_records(std::string_view body);
  Answer show_bill(std::string_view body);
  Answer clear_bill(std::string_view body);
  Answer show_manner(std::string_view body);
  Answer set_manner(std::string_view body);
  Answer clear_manner(std::string_view body);

  // --- api.cc
  Answer faulty(Context& context, const Fault& fault);
  Answer ordinary(Context& context);
  Answer authenticated(Context& context);
  Answer messages(Context& context, bool count_only);
  Answer batches(Context& context);
  std::optional<Answer> check_headers(Context& context);
  std::string filled_in(Context& context, std::string_view text);
  Answer error(Context& context, const ErrorText& text);
  Answer json(Context& context, std::string body);
  void record(Context& context, const Answer& answer);

  Catalogue catalogue_;
  FaultRules faults_;
  KeyRegister keys_;
  Bill bill_;
  Batches batches_;
  Manner manner_;
  std::deque<Record> records_;
  wire::json::Reader reader_;
  std::uint64_t number_ = 0;
  serving::Router control_;
  Tick tick_{};  // of the control request at hand
};

}  // namespace locksmith::emulator
