// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/open_requests.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "heap/client_requests.h"
#include "heap/nearby.h"
#include "heap/program_waiters.h"
#include "heap/reactions.h"
#include "layout/heap_text.h"
#include "layout/own_property.h"
#include "v8/handle_address.h"

namespace asynctb {

namespace {

using v8::internal::Internals;

enum Key {
  kMessage,
  kParser,
  kRequest,
  kMethod,
  kUrl,
  kPath,
  kFinished,
  kResponse,
  kComplete,
  kHeader,
  kConnecting,
  kSecureConnecting
};
constexpr const char* kNames[] = {"_httpMessage", "parser",  "req",        "method",
                                  "url",          "path",    "finished",   "res",
                                  "complete",     "_header", "connecting", "secureConnecting"};

constexpr size_t kMostRequests = 10'000;
constexpr int kMostWords = 64;
constexpr size_t kMostText = 2'000;
// So many words of suspended functions are looked at, and what is behind them.
constexpr size_t kMostLooks = 4'000'000;

}  // namespace

RequestKeys::RequestKeys(const EnvData& env) {
  static_assert(sizeof(kNames) / sizeof(kNames[0]) == kCount);
  if (!env.Can("functionNames") || !env.layout().names.proven) return;
  for (int i = 0; i < kCount; i++) {
    if (!v8::String::NewFromUtf8(env.isolate(), kNames[i], v8::NewStringType::kInternalized)
             .ToLocal(&keys_[i])) {
      return;
    }
  }
  is_complete_ = true;
}

class OpenRequestFinder {
 public:
  OpenRequestFinder(const EnvData& env, const RequestKeys& keys, Graph* graph)
      : layout_(env.layout()),
        graph_(*graph),
        resolvers_(env),
        reactions_(env),
        nearby_(env),
        waiters_(env, *graph, reactions_) {
    for (const v8::Local<v8::String>& key : keys.keys_) {
      properties_.emplace_back(layout_.names, ToAddress(key));
    }
    true_ = ToAddress(v8::True(env.isolate()));
    if (ClientRequests::CanUse(env)) {
      const ClientRequestKeys own = {keys.keys_[kConnecting], keys.keys_[kSecureConnecting]};
      clients_.emplace(env, own);
    }
  }

  static bool CanUse(const RequestKeys& keys) { return keys.is_complete_; }

  void Run(ThreadCapture* capture) {
    for (const Address handle : graph_.api_objects()) LookAt(handle);
    AddOthers();
    if (found_.empty()) return;
    FindTasks();
    for (const Found& found : found_) {
      OpenRequest request;
      request.method = TextOf(found.method);
      request.url = found.url_is_header ? TargetOf(TextOf(found.url)) : TextOf(found.url);
      request.is_server = found.is_server;
      request.has_task = found.has_task || looks_ >= kMostLooks;
      const size_t query = request.url.find_first_of("?#");
      if (query != std::string::npos) request.url.resize(query);
      capture->open_requests.push_back(std::move(request));
    }
  }

 private:
  struct Found {
    Address message = kNoAddress, request = kNoAddress;
    Address method = kNoAddress, url = kNoAddress;
    Address handler = kNoAddress;  // of one that has no listeners
    bool is_server = false, has_task = false;
    bool url_is_header = false;  // the path stands in the first line of what is sent
  };

  Address Get(Address object, Key key) { return properties_[key].Of(object); }
  static bool IsObject(Address value) { return HasType(value, Internals::kJSObjectType); }
  bool IsString(Address value) const {
    return IsHeapObject(value) && InstanceType(value) < Internals::kFirstNonstringType;
  }
  std::string TextOf(Address string) const {
    std::string text;
    if (!IsString(string) || !ReadHeapText(layout_.names.strings, string, &text)) return "";
    if (text.size() > kMostText) text.resize(kMostText);
    return text;
  }

  // Of `GET /path HTTP/1.1` and what follows: nothing but the path.
  static std::string TargetOf(const std::string& header) {
    const std::string line = header.substr(0, header.find('\r'));
    const size_t begin = line.find(' ');
    if (begin == std::string::npos) return "";
    const size_t end = line.find(' ', begin + 1);
    return end == std::string::npos ? "" : line.substr(begin + 1, end - begin - 1);
  }

  // Calls `visit(word)` for an object's own fields, its further ones and its elements.
  template <typename Visit>
  void ForEachField(Address object, Visit visit) {
    const int size = std::min(SizeOf(layout_, object), 24 + 8 * kMostWords);
    for (int offset = 24; offset < size; offset += 8) visit(ReadWord(object, offset));
    for (const int offset : {8, 16}) {
      if (offset < size) ForEachOfStore(ReadWord(object, offset), visit);
    }
  }
  template <typename Visit>
  void ForEachOfStore(Address store, Visit visit) {
    if (!IsHeapObject(store)) return;
    const int type = InstanceType(store);
    if (type != layout_.names.fields_type && type != layout_.names.dictionary_type &&
        type != layout_.register_file_type) {
      return;
    }
    const int length =
        type == layout_.names.fields_type ? ReadLength(store) & 1'023 : ReadLength(store);
    const int most = type == layout_.names.dictionary_type ? 16 * kMostWords : kMostWords;
    for (int i = 0; i < std::min(length, most); i++) visit(ReadWord(store, 16 + 8 * i));
  }

  // A handle of Node's refers to its socket, and that to the message that is on it.
  void LookAt(Address handle) {
    if (SizeOf(layout_, handle) == 0) return;
    ForEachField(handle, [&](Address socket) {
      if (!IsObject(socket) || found_.size() >= kMostRequests) return;
      if (clients_.has_value()) clients_->LookAt(socket);
      const Address message = Get(socket, kMessage);
      // A socket that was closed has given its parser back.
      if (!IsObject(message) || !HasType(Get(socket, kParser), Internals::kFirstJSApiObjectType)) {
        return;
      }
      if (!seen_.insert(message).second) return;
      Add(message);
    });
  }

  void Add(Address message) {
    Found found;
    found.message = message;
    const Address request = Get(message, kRequest);
    if (IsObject(request)) {
      found.is_server = true;
      found.request = request;
      if (Get(message, kFinished) == true_) return;
    } else {
      found.request = message;
      const Address response = Get(message, kResponse);
      if (IsObject(response) && Get(response, kComplete) == true_) return;
    }
    found.method = Get(found.request, kMethod);
    found.url = Get(found.request, found.is_server ? kUrl : kPath);
    // Newer Nodes hide the path of what is sent behind a getter.
    if (!found.is_server && !IsString(found.url)) {
      found.url = Get(message, kHeader);
      found.url_is_header = true;
    }
    if (!IsString(found.method) || !IsString(found.url)) return;
    const size_t number = found_.size();
    number_of_[found.message] = number;
    number_of_[found.request] = number;
    found_.push_back(found);
  }

  // Streams of HTTP/2 and requests of undici.
  void AddOthers() {
    if (!clients_.has_value()) return;
    for (const ClientRequest& request : clients_->found()) {
      Found found;
      found.message = found.request = request.request;
      found.handler = request.handler;
      found.method = request.method;
      found.url = request.path;
      number_of_.emplace(found.message, found_.size());
      found_.push_back(found);
    }
  }

  bool Match(Address word) {
    looks_++;
    const auto found = number_of_.find(word);
    if (found == number_of_.end()) return false;
    found_[found->second].has_task = true;
    return true;
  }

  // A suspended function that has the request or the response, or an object that has.
  void FindTasks() {
    for (const Activation& activation : graph_.activations()) {
      if (activation.state != ActivationState::kSuspended) continue;
      if (looks_ >= kMostLooks) return;
      const auto look = [&](Address word) {
        if (!IsHeapObject(word) || Match(word) || !IsObject(word)) return;
        ForEachField(word, [&](Address inner) {
          if (IsHeapObject(inner)) Match(inner);
        });
      };
      look(ReadWord(activation.address, layout_.generator_receiver));
      ForEachOfStore(ReadWord(activation.address, layout_.generator_registers), look);
      LookAtScopes(activation.address, look);
      if (activation.type != ActivationType::kAsyncFunction) continue;
      LookAtCallbacks(ReadWord(activation.address, layout_.async_function_promise), look);
    }
    for (Found& found : found_) {
      if (looks_ >= kMostLooks) return;
      if (found.has_task) continue;
      found.has_task =
          found.handler != kNoAddress ? SettlesByHandler(found) : SettlesSomething(found);
    }
  }

  // What is called once a suspended function has ended may have the request, where that function
  // has not: a framework that sends what a handler returns.
  template <typename Look>
  void LookAtCallbacks(Address start, Look look) {
    constexpr size_t kMostPromises = 16;
    constexpr int kMostReactions = 16;
    std::vector<Address> todo = {start};
    for (size_t i = 0; i < todo.size(); i++) {
      if (!HasType(todo[i], layout_.promise_type) || !reactions_.IsPending(todo[i])) continue;
      int left = kMostReactions;
      reactions_.ForEach(todo[i], [&](Reaction& reaction) {
        if (left-- <= 0 || reaction.kind == ReactionKind::kAwait) return;
        if (reaction.kind == ReactionKind::kCallback) LookAtScopeOf(reaction.function, look);
        if (HasType(reaction.target, layout_.promise_type) && todo.size() < kMostPromises &&
            std::find(todo.begin(), todo.end(), reaction.target) == todo.end()) {
          todo.push_back(reaction.target);
        }
      });
    }
  }

  // The scope that a function was made in; one with many variables is everybody's.
  template <typename Look>
  void LookAtScopeOf(Address function, Look look) {
    if (!HasType(function, layout_.function_type)) return;
    const Address scope = ReadWord(function, layout_.function_context);
    if (!IsHeapObject(scope) || SizeOf(layout_, scope) != 0) return;
    const int length = ReadLength(scope);
    if (length > kMostWords) return;
    for (int k = 2; k < length; k++) look(ReadWord(scope, kContextSlots + 8 * k));
  }

  // Its own scopes: those within the one that its function was made in.
  template <typename Look>
  void LookAtScopes(Address activation, Look look) {
    const Address function = ReadWord(activation, layout_.generator_function);
    if (layout_.generator_context < 0 || !HasType(function, layout_.function_type)) return;
    const Address around = ReadWord(function, layout_.function_context);
    Address scope = ReadWord(activation, layout_.generator_context);
    constexpr int kMostScopes = 16;
    for (int i = 0; i < kMostScopes && IsHeapObject(scope) && scope != around; i++) {
      if (SizeOf(layout_, scope) != 0) return;
      const int length = std::min(ReadLength(scope), kMostWords);
      for (int k = 2; k < length; k++) look(ReadWord(scope, kContextSlots + 8 * k));
      scope = ReadWord(scope, kContextPrevious);
    }
  }

  // Whether one of its listeners settles a promise that something waits for.
  bool SettlesSomething(const Found& found) {
    std::unordered_set<Address> known;
    std::vector<Address> todo;
    const auto note = [&](Address word) {
      constexpr size_t kMostFunctions = 200;
      if (HasType(word, layout_.function_type) && known.size() < kMostFunctions &&
          known.insert(word).second) {
        todo.push_back(word);
      }
    };
    // One that is called once is wrapped in a bound function, of an object that has it.
    const auto note_listener = [&](Address listener) {
      note(listener);
      if (!HasType(listener, layout_.resources.bound_type)) return;
      for (int offset = 8; offset < SizeOf(layout_, listener); offset += 8) {
        const Address inner = ReadWord(listener, offset);
        note(inner);
        if (IsObject(inner)) ForEachField(inner, note);
      }
    };
    // Listeners stand in an object, and several of one event in an array of that.
    for (const Address emitter : {found.message, found.request}) {
      ForEachField(emitter, [&](Address events) {
        if (!IsObject(events)) return;
        ForEachField(events, [&](Address listener) {
          note_listener(listener);
          if (IsHeapObject(listener) && !IsString(listener) && IsListOfFunctions(listener)) {
            ForEachOfStore(ReadWord(listener, 16), note_listener);
          }
        });
      });
    }
    while (!todo.empty()) {
      const Address function = todo.back();
      todo.pop_back();
      looks_++;
      const Address promise = resolvers_.PromiseOf(function);
      if (HasType(promise, layout_.promise_type)) {
        if (reactions_.IsPending(promise) &&
            HasType(ReadWord(promise, layout_.promise_reactions), layout_.reaction_type)) {
          return true;
        }
        continue;
      }
      // Of V8's own functions and Node's, the scope is everybody's.
      const Address scope = ReadWord(function, layout_.function_context);
      if (!IsHeapObject(scope) || SizeOf(layout_, scope) != 0) continue;
      const int length = ReadLength(scope);
      if (length > kMostWords) continue;
      for (int i = 2; i < length; i++) note(ReadWord(scope, kContextSlots + 8 * i));
    }
    return false;
  }

  // Whether its handler settles a promise that something of the program's waits for.
  bool SettlesByHandler(const Found& found) {
    constexpr size_t kMostNearby = 600;
    bool settles = false;
    nearby_.Run({found.handler}, kMostNearby, [&](Address word) {
      looks_++;
      if (settles || word == found.request || number_of_.count(word) > 0) return false;
      const Address promise =
          HasType(word, layout_.function_type) ? resolvers_.PromiseOf(word) : kNoAddress;
      if (!HasType(promise, layout_.promise_type)) return true;
      settles = waiters_.HasProgram(promise);
      return false;
    });
    return settles;
  }

  bool IsListOfFunctions(Address value) const {
    constexpr int kElements = 16;
    return InstanceType(value) > Internals::kJSObjectType && SizeOf(layout_, value) > kElements &&
           HasType(ReadWord(value, kElements), layout_.register_file_type);
  }

  const Layout& layout_;
  Graph& graph_;
  ResolverReader resolvers_;
  ReactionReader reactions_;
  Nearby nearby_;
  ProgramWaiters waiters_;
  std::optional<ClientRequests> clients_;
  std::vector<OwnProperty> properties_;
  Address true_ = kNoAddress;
  std::unordered_set<Address> seen_;
  std::unordered_map<Address, size_t> number_of_;
  std::vector<Found> found_;
  size_t looks_ = 0;
};

void FindOpenRequests(const EnvData& env, const RequestKeys& keys, Graph* graph,
                      ThreadCapture* capture) {
  if (OpenRequestFinder::CanUse(keys)) OpenRequestFinder(env, keys, graph).Run(capture);
}

}  // namespace asynctb
