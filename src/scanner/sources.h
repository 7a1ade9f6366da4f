// Where bytes come from, for those who look through them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace locksmith::scanner {

// Gives the next bytes: up to `room` of them into `into`; 0 is the end; negative: an errno, negated.
using Source = std::function<std::int64_t(char* into, std::size_t room)>;

// An open file or pipe, from where it stands. It stays the caller's.
Source from_descriptor(int descriptor);
// Bytes that were read already and stay where they are, and then the rest.
Source behind(std::string_view beginning, Source rest);

// Reads until `room` bytes are there or no more come; how many they are. `last`: what the source said last.
std::size_t fill(const Source& source, char* into, std::size_t room, std::int64_t* last = nullptr);

}  // namespace locksmith::scanner
