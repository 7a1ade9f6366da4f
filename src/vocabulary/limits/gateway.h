// Of the data path: a client's request, what is held of it, and what is kept of its answer.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vocabulary/bytes.h"
#include "vocabulary/instant.h"

namespace locksmith::inline vocabulary::limits {

// --- Clients -------------------------------------------------------------------------------------------------------
inline constexpr Duration kClientIdle = 75s;         // a kept connection without a request; longer than the SDKs keep one
inline constexpr Duration kClientHead = 10s;         // from a request's first byte to the end of its head
inline constexpr Duration kClientBody = 20s;         // of a body, beside what its size allows at kSlowestBody
inline constexpr std::int64_t kSlowestBody = 16 * 1024; // bytes a second: a slower client holds a place for nothing
inline constexpr Duration kClientStall = 60s;        // a client that takes nothing of its answer
inline constexpr Duration kClientLinger = 2s;        // after a refusal: what still comes is read, so that the answer is
inline constexpr std::size_t kLingerBytes = 64 * 1024 * 1024; // of a refused body, read and dropped: twice the API's largest JSON
                                                     // body, because a client that is cut off while it sends never sees why
inline constexpr std::size_t kClientBacklog = 64 * 1024;  // unsent bytes of an answer before upstream is paused
inline constexpr ByteCount kBodyMemory = 512_MiB;    // request bodies held by one worker, all together
inline constexpr std::size_t kKeptShares = 1024;     // keys whose share of that memory is kept for their next request
inline constexpr std::uint64_t kUndoneRatio = 50;    // of a compressed body: conversations are undone to 3 to 10 times their size
inline constexpr ByteCount kUndoneAnyway = 1_MiB;    // to so much a body may be undone however small it is
inline constexpr std::size_t kKeptRequest = 64 * 1024;  // capacity that a buffer in the pool of buffers may keep
inline constexpr std::size_t kKeptRequests = 1024;   // buffers in that pool
inline constexpr std::size_t kKeptLargeRequest = 512 * 1024;  // the same for large bodies
inline constexpr std::size_t kKeptLargeRequests = 64;  // of those: 32 MiB of one worker
inline constexpr std::uint64_t kForeseenBody = 32 * 1024 * 1024; // of a body whose length is announced: so large its memory becomes at once when it comes
inline constexpr std::size_t kReservedBody = 64 * 1024;       // of it, before a byte has come: an announcement costs its sender nothing
inline constexpr ByteCount kLeastBodyMemory = 8_MiB;   // of a worker, where memory is short; a limit below it would refuse ordinary requests
inline constexpr std::uint64_t kBodyMemoryShare = 4;   // all bodies together hold this part of what memory is left: their buffers grow by doubling
inline constexpr std::size_t kRelayCopy = 8 * 1024;  // a larger piece of an answer is passed on where it lies
inline constexpr std::size_t kModelName = 200;       // of a model's id that is looked at; the longest has 30 letters
inline constexpr std::int64_t kPromptMargin = 1'000; // tokens that the API adds to a prompt, for tools; its documents name up to 700
inline constexpr std::int64_t kToolMargin = 1'000;   // and for each tool that it defines itself; its documents name up to 735
inline constexpr std::int64_t kSlice = 2'000;        // tokens of output: a stream's hold grows by so much under on_limit = cut
inline constexpr std::int64_t kUnseenOutput = 1'000; // tokens: written, and not here yet when an answer is given up
inline constexpr std::int64_t kFastestOutput = 500;  // tokens a second: no model writes faster, so unseen thinking has a bound
inline constexpr std::size_t kDeltaFrame = 86;       // bytes of a stream's line around a piece of text: {"type":"content_block_delta"…
inline constexpr std::size_t kKeptBatches = 256;     // of one key, until their results tell what they cost
inline constexpr std::size_t kDrained = 256;         // answers of one worker that are read on although their client left
inline constexpr Duration kDrainedFor = 300s;        // of one of them; then it is given up
inline constexpr std::uint64_t kDrainedBytes = 32 * 1024 * 1024; // of one of them: 128,000 tokens one by one take about 16 million
inline constexpr std::size_t kErrorType = 64;        // of error.type in a stream's error event; the API's have under 30 letters
inline constexpr std::int64_t kImageTokens = 5'000;  // of one image: those of the newest models have up to 4,784
inline constexpr std::int64_t kToolUses = 1'000;     // of a tool's max_uses; a hold for more would be no hold any more
inline constexpr std::size_t kWalkDepth = 64;        // of JSON that is judged; the API's requests nest about 12 deep
inline constexpr std::size_t kRequestId = 64;        // of upstream's request-id; the API's have under 40 letters
inline constexpr int kStatusClientGone = 499;        // in the log: the client left before an answer; nginx's number for it
inline constexpr std::size_t kFailureText = 2048;     // of upstream's error body, kept for `explain ID`
inline constexpr std::size_t kShownAddress = 54;     // of a client's address in the log: the longest of IPv6 with its port
inline constexpr std::size_t kLoggedPath = 200;      // of a path, in the log
inline constexpr ByteCount kLargestUpload = 512_MiB; // a file, the largest body that any path takes
inline constexpr Duration kMoneyWait = 20s;          // of a request, until money that others of its key hold comes free; SDKs wait longer
inline constexpr Duration kMoneyLook = 20ms;         // between two looks whether it has
inline constexpr std::size_t kMoneyWaiters = 1024;   // requests of one worker that wait so; more are refused at once
inline constexpr Duration kHeldRetry = 5s;           // told to whom that wait did not help: most answers end within it
inline constexpr Duration kReadyLook = 10ms;         // while upstream's name is not resolved: between two looks whether it is
inline constexpr Duration kSweep = 250ms;            // deadlines of the gateway are late by at most this

// --- Answers -------------------------------------------------------------------------------------------------------
inline constexpr std::size_t kErrorBody = 64 * 1024; // of an error answer: held until its cause is known
inline constexpr std::size_t kMeteredBody = 8 * 1024 * 1024; // of an answer that is not streamed, kept to read its usage
inline constexpr std::size_t kNamingBody = 8 * 1024 * 1024; // of an answer about batches, held until its addresses are the gateway's own:
                                                     // the largest list, of 1,000, has under 1 MiB
inline constexpr std::size_t kKeptParser = 1024 * 1024; // of text for which a worker's JSON readers keep memory, some bytes a byte
inline constexpr std::size_t kUsageBytes = 16 * 1024;// of one event that tells usage

// --- Credentials ---------------------------------------------------------------------------------------------------
inline constexpr Duration kSuspicion = 60s;          // within which a second refusal confirms what a first one said of a credential
inline constexpr std::size_t kKindsResting = 8;      // kinds of request (endpoint and model) for which one credential may rest

// --- Log and failures ----------------------------------------------------------------------------------------------
inline constexpr std::size_t kTalliedKeys = 256;     // virtual keys with counts of their own in the metrics; the rest is "other"
inline constexpr std::size_t kTalliedModels = 64;    // models, the same: clients may name what they like
inline constexpr std::size_t kTalliedLabel = 64;     // of such a label; the longest model has 30 letters
inline constexpr std::size_t kTalliedCredentials = 64; // upstream credentials whose state the metrics show
inline constexpr std::size_t kFailuresKept = 1024;   // of one worker, for `explain ID`
inline constexpr std::size_t kLogBacklog = 8 * 1024 * 1024; // log bytes that wait for a slow disk; then lines are dropped
inline constexpr Duration kLogRetry = 200ms;          // before a full disk is tried again
inline constexpr std::size_t kLogBatch = 32 * 1024;  // log bytes that one worker gathers before it hands them over
inline constexpr Duration kLogLastWords = 2s;         // at the end, for what the log still holds; then it is given up

}  // namespace locksmith::inline vocabulary::limits
