// A Secret does not turn into a view of its bytes unless reveal() is said.
// expect: conversion from | no viable conversion
#include "vocabulary/secret.h"

int main() {
  const locksmith::Secret secret("bytes");
#ifdef OFFENDING
  const std::string_view view = secret;
#else
  const std::string_view view = secret.reveal();
#endif
  return static_cast<int>(view.size());
}
