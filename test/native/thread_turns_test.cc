// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Whose turn it is, with a clock of our own: prints a line a case, `ok` or `failed`.

#include "threads/thread_turns.h"

#include <cstdio>
#include <map>
#include <vector>

using asynctb::ThreadTurns;
using std::chrono::milliseconds;

namespace {

class Case {
 public:
  Case(const char* name, size_t places, int queued) : name_(name) {
    turns_.set_places(places);
    for (int key = 1; key <= queued; key++) turns_.Queue(key);
  }
  ~Case() { printf("%s %s\n", ok_ ? "ok" : "failed", name_); }

  ThreadTurns& turns() { return turns_; }
  std::map<uintptr_t, ThreadTurns::Look>& looks() { return looks_; }
  void Pass(int ms) { now_ += milliseconds(ms); }
  // Those whose turn it is now.
  std::vector<uintptr_t> Next() {
    std::vector<uintptr_t> keys;
    while (const auto key = turns_.Next(now_, [this](uintptr_t k) { return looks_[k]; })) {
      keys.push_back(*key);
    }
    return keys;
  }
  void Expect(bool condition) { ok_ = ok_ && condition; }

 private:
  const char* name_;
  bool ok_ = true;
  ThreadTurns turns_;
  ThreadTurns::Clock::time_point now_;
  std::map<uintptr_t, ThreadTurns::Look> looks_;
};

using Keys = std::vector<uintptr_t>;

void Run() {
  {
    Case c("as many begin as there are places, in the order in which they were queued", 2, 5);
    c.Expect(c.Next() == Keys({1, 2}));
    c.Expect(c.Next().empty());
    c.turns().Begin(2);
    c.turns().End(2);
    c.Expect(c.Next() == Keys({3}));
    c.turns().End(1);
    c.turns().End(3);
    c.Expect(c.Next() == Keys({4, 5}));
    c.Expect(!c.turns().has_queue());
  }
  {
    Case c("who is blocked loses the place to the next", 1, 3);
    c.Expect(c.Next() == Keys({1}));
    c.Expect(c.Next().empty());
    c.Pass(1);
    c.Expect(c.Next() == Keys({2, 3}));
  }
  {
    Case c("all that are blocked are asked after a few looks", 2, 64);
    size_t asked = c.Next().size();
    for (int looks = 0; looks < 4; looks++) {
      c.Pass(1);
      asked += c.Next().size();
    }
    c.Expect(asked == 64);
  }
  {
    Case c("an answer ends that", 1, 9);
    c.Next();
    c.Pass(1);
    c.Expect(c.Next().size() == 3);
    c.turns().Begin(2);
    c.turns().End(2);
    c.Expect(c.Next().empty());
  }
  {
    Case c("who waits for a processor keeps the place, but not for ever", 1, 2);
    c.Next();
    c.looks()[1] = {true, 7};
    for (int i = 0; i < 24; i++) {
      c.Pass(1);
      c.Expect(c.Next().empty());
    }
    c.Pass(1);
    c.Expect(c.Next() == Keys({2}));
  }
  {
    Case c("who computes in native code loses it", 1, 2);
    c.Next();
    c.looks()[1] = {true, 7};
    c.Pass(1);
    c.Expect(c.Next().empty());
    c.looks()[1] = {true, 1'000'000};
    c.Pass(1);
    c.Expect(c.Next() == Keys({2}));
  }
  {
    Case c("a long capture does not keep the others", 1, 3);
    c.Next();
    c.turns().Begin(1);
    c.Pass(24);
    c.Expect(c.Next().empty());
    c.Pass(1);
    c.Expect(c.Next() == Keys({2}));
    c.turns().End(1);
    c.Expect(c.Next().empty());
  }
}

}  // namespace

int main() {
  Run();
  return 0;
}
