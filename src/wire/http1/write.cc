#include "wire/http1/write.h"

#include <array>
#include <charconv>

#include "wire/http1/characters.h"

namespace locksmith::wire::http1 {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 407: return "Proxy Authentication Required";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 529: return "Overloaded";
    default: return "";
  }
}

bool append_field(std::string& out, std::string_view name, std::string_view value) {
  if (name.empty() || !all(name, kToken) || (!value.empty() && !all(value, kValue))) return false;
  out.append(name).append(": ").append(value).append("\r\n");
  return true;
}

void begin_response(std::string& out, int status, std::string_view reason) {
  std::array<char, 12> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), status).ptr;
  out.append("HTTP/1.1 ", 9).append(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out.append(" ", 1).append(reason).append("\r\n", 2);
}

bool begin_request(std::string& out, std::string_view method, std::string_view target) {
  if (method.empty() || !all(method, kToken) || target.empty() || !all(target, kTarget)) return false;
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  return true;
}

void end_head(std::string& out) { out.append("\r\n"); }

void append_chunk(std::string& out, std::string_view data) {
  if (data.empty()) return;
  append_chunk_size(out, data.size());
  out.append(data).append("\r\n", 2);
}

void append_chunk_size(std::string& out, std::size_t size) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data())).append("\r\n", 2);
}

}  // namespace locksmith::wire::http1
