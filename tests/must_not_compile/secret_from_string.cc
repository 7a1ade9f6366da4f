// A string does not become a Secret unnoticed: the caller's copy is the caller's to wipe.
// expect: conversion from | no viable conversion | could not convert
#include <string>

#include "vocabulary/secret.h"

int main() {
  const std::string text("bytes");
#ifdef OFFENDING
  const locksmith::Secret secret = text;
#else
  const locksmith::Secret secret(text);
#endif
  return static_cast<int>(secret.size());
}
