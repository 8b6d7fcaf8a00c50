// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What the rows of `capture_rows.h` are made of.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

namespace asynctb {

// A field that cannot be left out: it has no default, and numbers are not converted.
template <typename T>
class Field {
 public:
  template <typename Given>
    requires std::convertible_to<Given, T> &&
             (!std::is_arithmetic_v<T> || std::same_as<std::remove_cvref_t<Given>, T>)
  Field(Given&& given) : value_(std::forward<Given>(given)) {}

  const T& value() const { return value_; }

 private:
  T value_;
};

// A member of an enum that crosses as its word.
template <typename Enum>
struct Word {
  Word(Enum given) : value(given) {}
  Enum value;
};

}  // namespace asynctb
