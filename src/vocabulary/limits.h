// Every limit of the program, in one place: what it bounds, its unit, and why it is that large.
//
// Nothing waits without a deadline and nothing grows without a limit. A limit that a user may change has a flag of the
// same name; the number here is then its default.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vocabulary/bytes.h"
#include "vocabulary/instant.h"

namespace locksmith::inline vocabulary::limits {

// --- Files that we read on a user's machine -----------------------------------------------------------------------
// Settings, credential and .env files are a few KiB; Claude Code's own state file reaches some MiB. A larger one is not
// what it claims to be, and is reported instead of read.
inline constexpr ByteCount kConfigFile = 16_MiB;
// A start-up file or .env: written by hand.
inline constexpr ByteCount kTextFile = 1_MiB;
// Dots in a configuration: each may nest a table deeper, and whoever reads it follows by recursion.
inline constexpr std::ptrdiff_t kTomlDots = 2000;
// An evidence document: the largest real one is under 8 KiB.
inline constexpr ByteCount kEvidenceDocument = 4_MiB;
// One line of a --jsonl or --log input; a longer one is reported with its line number and skipped.
inline constexpr ByteCount kInputLine = 4_MiB;
// A HAR file is held in memory while it is read; browsers write up to some 100 MiB.
inline constexpr ByteCount kHarFile = 512_MiB;
// A pasted curl command: the longest carry a conversation in --data. The system's own limit for one argument is 128 KiB.
inline constexpr ByteCount kCommandText = 4_MiB;
// Words of a pasted command: curl commands copied from a browser have about 60.
inline constexpr std::size_t kCommandWords = 4096;
// A header's name in pasted or recorded requests: the longest registered one has under 40 letters.
inline constexpr std::size_t kHeaderName = 200;
// Failing entries of one HAR file that become evidence; a page that fails makes some tens.
inline constexpr std::size_t kHarFindings = 256;
// Of one answer's body in a HAR file: errors are small, and a stream is only searched for its end.
inline constexpr std::size_t kHarBody = 64 * 1024;
// Distinct failures of one log; more means that ids were taken for words, and the rest is counted together.
inline constexpr std::size_t kLogGroups = 256;
// One multi-line entry of a log: a traceback with its chained causes has about 200 lines of 100 bytes.
inline constexpr std::size_t kLogEntryLines = 400;
inline constexpr std::size_t kLogEntry = 64 * 1024;
// Entries whose form is remembered, so that a repeated failure is examined once; some MiB, then it starts anew.
inline constexpr std::size_t kLogSkeletons = 65536;
// Of a line that begins with a time: kept for the entries after it that have none.
inline constexpr std::size_t kLogStamp = 64;
// A longer word with a digit in it is an id, and does not make two entries different failures.
inline constexpr std::size_t kLogWord = 16;
// Bytes of one line that are kept for the example of a group.
inline constexpr std::size_t kLogExample = 4096;
// Lines between two entries of a log that may tell of one failure.
inline constexpr std::uint64_t kLogBeside = 3;
// The variables of a process: Linux allows a quarter of the stack's limit, 2 MiB where nobody changed it.
inline constexpr ByteCount kEnvironment = 8_MiB;
// Entries taken from one .env or settings file: more means it is not one.
inline constexpr std::size_t kEntriesPerFile = 4096;
// Variables of an environment whose values are looked at: shells have some hundred, and a value may hold a credential under any name.
inline constexpr std::size_t kEnvironmentNames = 4096;
// Folders above the working one in which a .env file is looked for: projects nest, and the root of a disk is no project.
inline constexpr std::size_t kFoldersAbove = 8;
// Sources of a program in which a look shows whether it loads its .env file, and of each so much: it is said at the top.
inline constexpr std::size_t kSourcesRead = 40;
inline constexpr ByteCount kSourceFile = 256_KiB;
// Processes above this one that are asked for their names: deeper nesting than cron, make, a shell and a script is not worth a wait.
inline constexpr std::size_t kParentsAsked = 12;

// --- Error text --------------------------------------------------------------------------------------------------------
// What is looked at of one error text: an API error is under 2 KiB, a stack trace around it under 64 KiB.
inline constexpr std::size_t kErrorText = 64 * 1024;
// Of a quoted message that a report says it is not: people quote a sentence, two at most.
inline constexpr std::size_t kDeniedText = 400;
// Words from "not" to that message: "not because of the usual".
inline constexpr std::size_t kDenialWords = 8;

// --- HTTP/1.1 (RFC 9112 leaves these to the recipient) ---------------------------------------------------------------
inline constexpr std::size_t kHeadBytes = 64 * 1024;     // request or status line and all fields together
inline constexpr std::size_t kHeaderFields = 128;        // the SDKs send about 15, a CDN adds about 20
inline constexpr std::size_t kStartLine = 16 * 1024;     // a URL with a long query
inline constexpr std::size_t kMethodBytes = 32;          // the longest registered method has 16 letters
inline constexpr int kInterimResponses = 16;             // 1xx before one answer; proxies send one or two
inline constexpr std::size_t kChunkLine = 256;           // size and extensions of one chunk
inline constexpr std::size_t kTrailerBytes = 8 * 1024;
inline constexpr ByteCount kRequestBody = 32_MiB;        // the API's own limit for Messages
inline constexpr ByteCount kProbeBody = 1_MiB;           // what the doctor keeps of one answer

// --- Server-sent events ----------------------------------------------------------------------------------------------
// One event; the largest seen carries a web search result of some 100 KiB.
inline constexpr std::size_t kSseEvent = 8 * 1024 * 1024;

// --- The event loop --------------------------------------------------------------------------------------------------
inline constexpr std::size_t kReadChunk = 64 * 1024;      // shared scratch buffer of one loop
inline constexpr std::size_t kWriteBacklog = 4 * 1024 * 1024;  // unsent bytes of one stream before its source is paused
inline constexpr int kReadsInTurn = 16;                   // reads of one stream before the others have their turn
inline constexpr std::size_t kWipedHead = 4096;           // of what was sent: where a request has its credential
inline constexpr std::size_t kKeptLargeBuffer = 512 * 1024; // the same, of a few that an io_uring loop keeps for large writes
inline constexpr std::size_t kKeptLargeBuffers = 64;
inline constexpr std::size_t kKeptBuffer = 64 * 1024;     // capacity that an emptied send buffer may keep
inline constexpr std::size_t kRingBuffer = 16 * 1024;     // what the kernel fills at once, of an io_uring loop
inline constexpr std::size_t kRingBuffers = 512;          // of one loop, 8 MiB: a power of two
inline constexpr std::size_t kRingHeld = 256 * 1024;      // bytes that came after a stream was paused, before the kernel is told
inline constexpr Duration kTlsAccept = 10s;               // a client's handshake
inline constexpr Duration kAcceptPause = 100ms;           // after accept() failed for want of descriptors
inline constexpr Duration kPeerGone = 20s;                // a dialled peer whose machine acknowledges nothing: longer than a network that heals
inline constexpr Duration kPeerProbe = 10s;               // of silence, before that machine is asked whether it is there
inline constexpr Duration kPeerProbeAgain = 5s;           // while it does not answer
inline constexpr std::size_t kResolverThreads = 4;        // getaddrinfo blocks and cannot be cancelled
inline constexpr std::size_t kResolverQueue = 256;        // look-ups waiting for such a thread
inline constexpr std::size_t kConnections = 10000;        // of one listener; beyond it a new one is closed at once

// --- The emulator --------------------------------------------------------------------------------------------------
inline constexpr Duration kEmulatorIdle = 60s;       // a keep-alive connection without a request
inline constexpr Duration kEmulatorRequest = 30s;    // from the first byte of a request to its last
inline constexpr Duration kEmulatorLinger = 2s;      // after a refusal: what still comes is read, so that the answer is
inline constexpr Duration kEmulatorPace = 2ms;       // between the events of a stream
inline constexpr Duration kEmulatorResetPause = 20ms;// before a reset, so that what was sent is read first
inline constexpr std::size_t kEmulatorKeys = 100000; // keys that a test may make known
inline constexpr std::size_t kEmulatorRecords = 1000;// requests whose shape is kept for tests
inline constexpr std::size_t kEmulatorFaults = 1024; // faults set at the same time, of all scopes together

// --- The gateway: clients ------------------------------------------------------------------------------------------------
inline constexpr Duration kClientIdle = 75s;         // a kept connection without a request; longer than the SDKs keep one
inline constexpr Duration kClientHead = 10s;         // from a request's first byte to the end of its head
inline constexpr Duration kClientBody = 20s;         // of a body, beside what its size allows at kSlowestBody
inline constexpr std::int64_t kSlowestBody = 16 * 1024; // bytes a second: a slower client holds a place for nothing
inline constexpr Duration kClientStall = 60s;        // a client that takes nothing of its answer
inline constexpr Duration kClientLinger = 2s;        // after a refusal: what still comes is read, so that the answer is
inline constexpr std::size_t kLingerBytes = 64 * 1024 * 1024; // of a refused body, read and dropped: twice the API's largest JSON
                                                     // body, because a client that is cut off while it sends never sees why
inline constexpr std::size_t kClientBacklog = 256 * 1024; // unsent bytes of an answer before upstream is paused
inline constexpr ByteCount kBodyMemory = 512_MiB;    // request bodies held by one worker, all together
inline constexpr std::size_t kKeptRequest = 64 * 1024;  // capacity that a buffer in the pool of buffers may keep
inline constexpr std::size_t kKeptRequests = 1024;   // buffers in that pool
inline constexpr std::size_t kKeptLargeRequest = 512 * 1024;  // the same for large bodies
inline constexpr std::size_t kKeptLargeRequests = 64;
inline constexpr std::uint64_t kForeseenBody = 1024 * 1024;   // of a body whose length is announced: memory is set aside for so much
inline constexpr std::size_t kRelayCopy = 8 * 1024;  // a larger piece of an answer is passed on where it lies
inline constexpr std::size_t kModelName = 200;       // of a model's id that is looked at; the longest has 30 letters
inline constexpr std::int64_t kMostTokens = 10'000'000; // of max_tokens: no model writes as much, and sums stay far from 64 bits
inline constexpr std::int64_t kContextTokens = 1'000'000; // the largest context window there is
inline constexpr std::int64_t kPromptMargin = 5'000; // tokens that the API adds to a prompt for tools; its documents name up to 700
inline constexpr std::size_t kRequestId = 64;        // of upstream's request-id; the API's have under 40 letters
inline constexpr int kStatusClientGone = 499;        // in the log: the client left before an answer; nginx's number for it
inline constexpr std::size_t kFailureText = 2048;     // of upstream's error body, kept for `explain ID`
inline constexpr std::size_t kLoggedPath = 200;      // of a path, in the log
inline constexpr ByteCount kLargestUpload = 512_MiB; // a file, the largest body that any path takes
inline constexpr ByteCount kAdminBody = 64_KiB;      // of a request to the admin address, which reads none
inline constexpr std::size_t kAdminConnections = 16; // at a time: one question each, so more are waiting for nothing
inline constexpr int kDescriptorsOfWorker = 8;       // its loop, what it listens on, and one client with its way to the API
inline constexpr int kDescriptorReserve = 32;        // never for clients or upstream: those of the admin address, and as many for
                                                     // look-ups, a reload's files and a client that is turned away
inline constexpr Duration kAdminVisit = 10s;         // one question and its answer
inline constexpr Duration kFollowStore = 20ms;       // between two looks at the store: a revoked key is dead after at most this
inline constexpr Duration kReadyLook = 10ms;         // while upstream's name is not resolved: between two looks whether it is
inline constexpr Duration kSweep = 250ms;            // deadlines of the gateway are late by at most this
inline constexpr Duration kDrain = 600s;             // after SIGTERM: streams that are under way may end
inline constexpr Duration kDrainNotice = 1s;         // before that, still serving: /readyz says no, and a balancer may see it
inline constexpr std::size_t kKeyName = 100;         // characters of a virtual key's name or workspace: a line of `keys list` holds it
inline constexpr Duration kAskGateway = 5s;          // status and explain: one question to the admin address

// --- The gateway: what may be asked for in its settings ------------------------------------------------------------------
inline constexpr std::int64_t kMostWorkers = 256;    // threads; more than the cores of any one machine that we know of
inline constexpr std::int64_t kMostPerMinute = 1'000'000'000;    // requests of one key; beyond it, a mistyped number
inline constexpr std::int64_t kMostConcurrent = 1'000'000;       // requests of one key under way
inline constexpr double kMostSpendUsd = 1e9;         // US dollars of one key: sums in billionths stay far from 64 bits
inline constexpr Duration kLongestDeadline = 3600s;  // for first_byte, silence and drain: a mistyped unit is more
inline constexpr std::size_t kCredentials = 64;      // of one gateway; choosing among them looks at each
inline constexpr std::size_t kAllowedModels = 256;   // beginnings of names, compared one after the other

// --- The gateway: upstream -----------------------------------------------------------------------------------------------
inline constexpr Duration kLookUp = 5s;              // of the upstream's name
inline constexpr Duration kResolveAgain = 30s;       // the API's records live for minutes
inline constexpr Duration kResolveRetry = 1s;        // while there is no address at all
inline constexpr Duration kConnectUpstream = 5s;     // TCP and TLS together
inline constexpr Duration kFirstByte = 600s;         // the API's own limit for an answer that is not streamed
inline constexpr Duration kStreamSilence = 120s;     // within an answer; the API pings a stream every few seconds
inline constexpr Duration kIdleLink = 30s;           // shorter than any load balancer keeps one, so that we end it first
inline constexpr std::size_t kIdleLinks = 1024;      // of one worker
inline constexpr Duration kLinkLinger = 2s;          // for a peer's FIN after ours
inline constexpr int kBreakerFailures = 5;           // connections in a row that did not come about
inline constexpr Duration kBreakerPause = 1s;        // before the next one is tried
inline constexpr int kAttempts = 3;                  // of one request, the first included
inline constexpr ByteCount kAnswerBody = 4_GiB;      // a file or a batch's results; relayed, never held
inline constexpr std::size_t kErrorBody = 64 * 1024; // of an error answer: held until its cause is known
inline constexpr std::size_t kMeteredBody = 8 * 1024 * 1024; // of an answer that is not streamed, kept to read its usage
inline constexpr std::size_t kKeptParser = 1024 * 1024; // of text for which a worker's JSON readers keep memory, some bytes a byte
inline constexpr std::size_t kUsageBytes = 16 * 1024;// of one event that tells usage
inline constexpr std::size_t kFailuresKept = 1024;   // of one worker, for `explain ID`
inline constexpr std::size_t kLogBacklog = 8 * 1024 * 1024; // log bytes that wait for a slow disk; then lines are dropped
inline constexpr Duration kLogRetry = 200ms;          // before a full disk is tried again
inline constexpr std::size_t kLogBatch = 32 * 1024;  // log bytes that one worker gathers before it hands them over
inline constexpr Duration kLogLastWords = 2s;         // at the end, for what the log still holds; then it is given up

// --- The doctor's probes (all inside kExamination) -------------------------------------------------------------------
inline constexpr Duration kExamination = 10s;
// A key helper, where the user lets it be run: it asks a secret store over the network. The probes begin after it.
inline constexpr Duration kKeyHelper = 5s;
inline constexpr ByteCount kKeyHelperOutput = 64_KiB;  // the longest credential of any kind is a few KiB
inline constexpr Duration kDnsProbe = 3s;
// A question put to a nameserver directly: half of what resolvers wait, because the system's own look-up runs beside it.
inline constexpr Duration kDnsQuestion = 2s;
inline constexpr std::size_t kNameservers = 3;      // asked at most; resolver(5): MAXNS, the system looks at no more
inline constexpr std::size_t kDnsAnswers = 64;      // records read of one reply; 512 bytes hold about 30
inline constexpr Duration kConnectProbe = 3s;
inline constexpr Duration kTlsProbe = 3s;
inline constexpr Duration kHttpProbe = 6s;
inline constexpr Duration kStreamProbe = 6s;
inline constexpr Duration kStatusPage = 3s;         // a page about the API, not the API: never worth the whole time
inline constexpr std::size_t kIsolationTests = 6;   // requests of the second round: enough to separate three causes

}  // namespace locksmith::inline vocabulary::limits
