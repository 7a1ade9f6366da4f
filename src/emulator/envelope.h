// The API's answers: ids, the error envelope, the fields that every answer carries.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/answer.h"
#include "emulator/credential.h"
#include "vocabulary/instant.h"

namespace locksmith::emulator {

// "req_011C…", "msg_01…": 24 characters after the prefix, as the API's. The same number gives the same id, so that a run
// can be repeated.
std::string make_id(std::string_view prefix, std::uint64_t number);

struct ErrorText {
  int status = 400;
  std::string type = "invalid_request_error";
  std::string message;
  std::string code;             // details.error_code; empty: details is null
  std::vector<Header> details;  // further members
};

// {"type":"error","error":{…},"request_id":…}; an empty id is written as null.
std::string error_body(const ErrorText& error, std::string_view request_id);

// With content-type and request-id.
Answer error_answer(const ErrorText& error, std::string_view request_id);

// Fields of an answer that passed authentication: organization and workspace.
void add_identity(Answer& answer, const Identity& identity);
// The rate limit fields of a Messages answer, far from any limit.
void add_rate_limits(Answer& answer, Instant now);
// Fields that Cloudflare adds on the way out.
void add_edge(Answer& answer, std::uint64_t number);
std::string ray(std::uint64_t number);

}  // namespace locksmith::emulator
