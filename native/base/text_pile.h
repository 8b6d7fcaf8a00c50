// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Text that is made before anybody reads it, piece by piece, in plain memory that belongs to nobody
// but its holder. It is bounded, and memory that is not to be had is an answer, not an end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace asynctb {

class TextPile {
 public:
  explicit TextPile(size_t most_bytes) : most_bytes_(most_bytes) {}
  ~TextPile() {
    while (first_ != nullptr) free(std::exchange(first_, first_->next));
  }
  TextPile(const TextPile&) = delete;
  TextPile& operator=(const TextPile&) = delete;

  bool empty() const { return bytes_ == 0; }
  size_t bytes() const { return bytes_; }

  // Where a piece of at most so many bytes may be put; then Added says how many there were. Null
  // when it is too much, or there is no memory. The first piece may be of any size.
  char* RoomFor(size_t bytes) {
    if (bytes_ > 0 && bytes > most_bytes_ - std::min(most_bytes_, bytes_)) return nullptr;
    if (last_ == nullptr || last_->capacity - last_->used < bytes) {
      const size_t capacity = std::max(bytes, kBlockBytes);
      auto* block = static_cast<Block*>(malloc(sizeof(Block) + capacity));
      if (block == nullptr) return nullptr;
      *block = {nullptr, 0, capacity};
      (last_ == nullptr ? first_ : last_->next) = block;
      last_ = block;
    }
    return last_->text() + last_->used;
  }
  void Added(size_t bytes) {
    last_->used += bytes;
    bytes_ += bytes;
  }

  bool Add(std::string_view text) {
    char* room = RoomFor(text.size());
    if (room == nullptr) return false;
    std::copy(text.begin(), text.end(), room);
    Added(text.size());
    return true;
  }

  // Gives the blocks to `write(std::string_view) → bool` until that says false.
  template <typename Write>
  bool WriteTo(Write&& write) const {
    for (const Block* block = first_; block != nullptr; block = block->next) {
      if (block->used > 0 && !write(std::string_view(block->text(), block->used))) return false;
    }
    return true;
  }

 private:
  static constexpr size_t kBlockBytes = 64 * 1024;

  struct Block {
    Block* next;
    size_t used, capacity;
    char* text() { return reinterpret_cast<char*>(this + 1); }
    const char* text() const { return reinterpret_cast<const char*>(this + 1); }
  };

  const size_t most_bytes_;
  size_t bytes_ = 0;
  Block* first_ = nullptr;
  Block* last_ = nullptr;
};

}  // namespace asynctb
