// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Written by `npm run generate` from lib/base/capture-schema.ts, which says what each thing means.
// clang-format off
#pragma once

#include <cstdint>
#include <string_view>

namespace asynctb {

enum class FrameKind : int32_t {
  kFunction = 0,
  kGenerator = 1,
  kAsyncFunction = 2,
  kAsyncGenerator = 3,
  kModule = 4,
  kCallback = 5,
  kWasm = 6,
  kNative = 7,
};

constexpr const char* WordOf(FrameKind value) {
  constexpr const char* kWords[] = {"function", "generator", "async-function", "async-generator", "module", "callback", "wasm", "native"};
  return kWords[static_cast<int32_t>(value)];
}

enum class FrameState : int32_t {
  kRunning = 0,
  kSuspended = 1,
  kNotStarted = 2,
};

constexpr const char* WordOf(FrameState value) {
  constexpr const char* kWords[] = {"running", "suspended", "not-started"};
  return kWords[static_cast<int32_t>(value)];
}

enum class ThreadStatus : int32_t {
  kOk = 0,
  kTimedOut = 1,
  kExited = 2,
  kNotRegistered = 3,
};

constexpr const char* WordOf(ThreadStatus value) {
  constexpr const char* kWords[] = {"ok", "timed-out", "exited", "not-registered"};
  return kWords[static_cast<int32_t>(value)];
}

enum class ThreadActivity : int32_t {
  kRunning = 0,
  kIdle = 1,
  kBlockedInNative = 2,
};

constexpr const char* WordOf(ThreadActivity value) {
  constexpr const char* kWords[] = {"running", "idle", "blocked-in-native"};
  return kWords[static_cast<int32_t>(value)];
}

enum class PlainKind : int32_t {
  kUndefined = 0,
  kNull = 1,
  kBoolean = 2,
  kNumber = 3,
  kBigint = 4,
  kString = 5,
  kSymbol = 6,
  kFunction = 7,
  kArray = 8,
  kObject = 9,
  kProxy = 10,
};

constexpr const char* WordOf(PlainKind value) {
  constexpr const char* kWords[] = {"undefined", "null", "boolean", "number", "bigint", "string", "symbol", "function", "array", "object", "proxy"};
  return kWords[static_cast<int32_t>(value)];
}

enum class CombinatorKind : int32_t {
  kAll = 0,
  kAllSettled = 1,
  kAny = 2,
  kRace = 3,
  kModules = 4,
  kResolve = 5,
  kSettlers = 6,
  kFromAsync = 7,
};

enum class NodeType : int32_t {
  kFrame = 0,
  kCombinator = 1,
  kLeaf = 2,
  kCycle = 3,
  kReady = 4,
  kCut = 5,
  kCollected = 6,
  kNever = 7,
};

enum class TargetType : int32_t {
  kOther = 0,
  kGenerator = 1,
  kAsyncGenerator = 2,
  kPendingPromise = 3,
  kSettledPromise = 4,
};

enum class ChainEnd : int32_t {
  kNothing = 0,
  kLeaf = 1,
  kCycle = 2,
  kReady = 3,
  kRunning = 4,
  kTruncated = 5,
  kBranches = 6,
  kCollected = 7,
};

enum class HolderKind : int32_t {
  kClosure = 0,
  kObject = 1,
  kBound = 2,
  kActivation = 3,
  kReaction = 4,
  kOfClosure = 5,
};

enum class EvidenceKind : int32_t {
  kPromise = 0,
  kObject = 1,
  kFunction = 2,
  kActivation = 3,
  kGlobal = 4,
};

enum class WakerVia : int32_t {
  kReleaser = 0,
  kMember = 1,
  kCallback = 2,
  kUser = 3,
};

enum class EvidenceLink : int32_t {
  kSome = 0,
  kProperty = 1,
  kElement = 2,
  kEntry = 3,
  kVariable = 4,
  kHandler = 5,
  kReceiver = 6,
};

enum class FieldType : int32_t {
  kNumber = 0,
  kText = 1,
  kFlag = 2,
  kLength = 3,
};

enum class ThreadState : int32_t {
  kUnknown = 0,
  kRegistered = 1,
  kExited = 2,
};

enum class AnswerState : int32_t {
  kWaiting = 0,
  kAnswered = 1,
  kNobody = 2,
  kTaken = 3,
  kGivenUp = 4,
};

struct Detail {
  enum : int32_t {
    kLocals = 1,
    kResources = 2,
    kStuck = 4,
    kExplain = 8,
  };
};

struct SiteMark {
  enum : int32_t {
    kHide = 1,
    kHideLine = 2,
    kSeveralNames = 4,
    kAwaitsRace = 8,
  };
};

struct EvidenceMark {
  enum : int32_t {
    kNative = 1,
    kHub = 2,
    kCut = 4,
    kLoose = 8,
    kNamed = 16,
  };
};

inline constexpr int32_t kPerhapsRace = -1;

inline constexpr std::string_view kEvidenceFields[] = {
    "_idleTimeout",
    "_idleStart",
    "_repeat",
    "_destroyed",
    "path",
    "fd",
    "flags",
    "bytesRead",
    "bytesWritten",
    "host",
    "defaultAuthority",
    "hostname",
    "_host",
    "port",
    "family",
    "address",
    "connecting",
    "destroyed",
    "timeout",
    "method",
    "kPath",
    "protocol",
    "origin",
    "url",
    "statusCode",
    "reusedSocket",
    "aborted",
    "complete",
    "finished",
    "ended",
    "closed",
    "shouldKeepAlive",
    "connections",
    "queued",
    "running index",
    "pending index",
    "authority",
    "methodName",
    "_readyState",
    "_url",
    "_isServer",
    "connected",
    "nsp",
    "uri",
    "pid",
    "spawnfile",
    "exitCode",
    "signalCode",
    "threadId",
    "text",
    "sql",
    "command",
    "database",
    "collection",
    "authorized",
    "processID",
    "connectionId",
    "topic",
    "queue",
    "name",
    "id",
    "label",
    "type",
    "state",
    "status",
    "readyState",
    "kind",
    "event",
    "max",
    "min",
    "size",
    "limit",
    "count",
    "weight",
    "priority",
    "concurrency",
    "connectionLimit",
    "maxConnections",
    "maxSize",
    "pending",
    "running",
    "active",
    "available",
    "nrTokens",
    "attempts",
    "retries",
    "attemptNumber",
    "_value",
    "_maxConcurrency",
    "broker",
    "connectionStatus",
    "ch",
    "clientId",
};

inline constexpr std::string_view kEvidencePaths[] = {
    "#options.socket.host",
    "#options.socket.port",
    "#socket.#isReady",
    "redis.status",
    "sent-headers.:method",
    "sent-headers.:path",
    "sent-headers.:authority",
    "entry.apiName",
    "options.maxPoolSize",
    "options.hostAddress.host",
    "options.hostAddress.port",
    "waitQueue.count",
    "s.seedlist.0.host",
    "s.seedlist.0.port",
    "s.description.type",
    "established",
    "#size",
    "#pending",
    "#concurrency",
    "#isPaused",
    "#queue.#queue",
    "_timer._idleTimeout",
    "_timer._idleStart",
    "_timer._destroyed",
    "waiting._length",
    "_batch.keys",
    "_batch.hasDispatched",
    "workers.readyItems",
    "taskQueue.tasks",
    "permits",
    "taken",
    "isStopped",
    "@@redux-saga/TASK",
    "meta.name",
};

inline constexpr std::string_view kLacks[][2] = {
    {"native", "suspended tasks cannot be found"},
    {"asyncGenerators", "what asynchronous generators wait for is not shown"},
    {"delegates", "what the last frame delegates to is not shown"},
    {"combinators", "what Promise.all and its like wait for is not shown"},
    {"resolvers", "what a thenable or an executor waits for is not shown"},
    {"callbacks", "finally() callbacks are not shown"},
    {"modules", "what an import waits for is not shown"},
    {"microtasks", "what is ready to go on may as well wait for something that was collected"},
    {"positions", "suspended frames show where their function begins"},
    {"scopes", "locals are not shown"},
    {"functionNames", "functions have the names of their source, whatever they were given"},
    {"asyncContext", "contexts of tasks are not shown"},
    {"holders", "why tasks wait is not told"},
    {"stuck", "what nothing can settle is not told"},
    {"wasmStacks", "the frames of suspended WebAssembly are not shown"},
};

}  // namespace asynctb
