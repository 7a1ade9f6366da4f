# What every preset shares, and the switches by which they differ.

option(LOCKSMITH_SANITIZE_ADDRESS "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(LOCKSMITH_SANITIZE_THREAD "ThreadSanitizer" OFF)
option(LOCKSMITH_HARDEN "The OpenSSF compiler hardening flags" OFF)
option(LOCKSMITH_LTO "Link-time optimization" OFF)
# Only where the time of a build counts: the release is compiled without it, so that a missing include shows.
option(LOCKSMITH_PRECOMPILE "Precompiled headers for the tests and the standard library" OFF)

add_library(locksmith_settings INTERFACE)
target_compile_options(locksmith_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Werror
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=." -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 warns of uninitialized members inside std::expected and std::optional that it cannot follow.
  target_compile_options(locksmith_settings INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
else()
  # clang takes libstdc++ 12's own use of get_temporary_buffer, in stable_sort, for ours.
  target_compile_options(locksmith_settings INTERFACE -Wno-deprecated-declarations)
endif()

if(LOCKSMITH_SANITIZE_ADDRESS)
  target_compile_options(locksmith_settings INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(locksmith_settings INTERFACE -fsanitize=address,undefined)
endif()
if(LOCKSMITH_SANITIZE_THREAD)
  target_compile_options(locksmith_settings INTERFACE -fsanitize=thread)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The instrumented code leads g++ 12 to bounds it invents for strings that move; the other presets keep these warnings.
    target_compile_options(locksmith_settings INTERFACE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
  target_link_options(locksmith_settings INTERFACE -fsanitize=thread)
endif()
if(LOCKSMITH_HARDEN)
  # OpenSSF "Compiler Options Hardening Guide for C and C++", the set for released code on x86-64 and arm64.
  target_compile_options(locksmith_settings INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong
    -fstack-clash-protection -fPIE -ftrivial-auto-var-init=zero)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(locksmith_settings INTERFACE -fcf-protection=full)
  endif()
  target_link_options(locksmith_settings INTERFACE -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,-z,nodlopen
    -Wl,--as-needed)
endif()
if(LOCKSMITH_LTO)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()

# mold links a test program in a tenth of the time that ld takes; the release keeps ld, which is what its optimizer is for.
find_program(MOLD mold)
if(MOLD AND NOT LOCKSMITH_LTO)
  target_link_options(locksmith_settings INTERFACE -fuse-ld=mold)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # What ccache asks for where there are precompiled headers (its manual, "Precompiled headers").
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE}")
endif()
