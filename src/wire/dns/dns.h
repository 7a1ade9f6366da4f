// The name system's messages, as far as one question for an address needs them: what is asked, and what came back.
//
// Source: RFC 1035 §4 (message, names, compression), RFC 3596 (AAAA), RFC 2181 §11 (what a name may hold). Without EDNS, so
// an answer has at most 512 bytes over UDP; what did not fit is said and not fetched. Whoever reads a reply compares its id,
// its question and the sender: this folder knows neither sockets nor what was asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace locksmith::wire::dns {

enum class Type : std::uint16_t { a = 1, aaaa = 28 };

// Response codes that mean something to the doctor; every other number is kept as it is.
enum class Code : std::uint8_t { no_error = 0, server_failure = 2, no_such_name = 3, refused = 5 };

struct Reply {
  std::uint16_t id = 0;
  bool truncated = false;
  Code code = Code::no_error;
  std::string name;          // of the question: lower case, without the dot at its end
  std::uint16_t type = 0;    // of the question
  std::vector<std::string> addresses;  // 4 or 16 bytes each, of the type that was asked, at most limits::kDnsAnswers
};

// One question with recursion desired. nullopt where the text cannot be a host's name: an empty label, one above 63 bytes,
// more than 253 in all, or a character that no host has.
std::optional<std::string> write_query(std::uint16_t id, std::string_view name, Type type);

// A reply to one question. nullopt: it is no reply, holds not exactly one question, or is torn or malformed anywhere that
// is read. Linear in the bytes: a compressed name only ever points backwards.
std::optional<Reply> read_reply(std::string_view message);

// Is it the reply to this query: the same id and the same question?
bool answers(const Reply& reply, std::uint16_t id, std::string_view name, Type type);

}  // namespace locksmith::wire::dns
