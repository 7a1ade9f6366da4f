// A bare number is no count of bytes: 5_B says the unit.
// expect: conversion from | no viable conversion
#include "vocabulary/bytes.h"

int main() {
  using namespace locksmith;
#ifdef OFFENDING
  const ByteCount count = 5;
#else
  const ByteCount count = 5_B;
#endif
  return static_cast<int>(count.value);
}
