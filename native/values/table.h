// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Tables and records of `capture_rows.h` as JavaScript values. They work in any isolate, and run
// nothing: names are data properties of fresh objects.
#pragma once

#include <v8.h>

#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "values/capture_rows.h"

namespace asynctb {

// A text that is too long for V8 is empty.
v8::Local<v8::String> ToText(v8::Isolate* isolate, std::string_view text);

// Defines a property of an object of ours; the name is ASCII.
void SetProperty(v8::Isolate* isolate, v8::Local<v8::Context> context, v8::Local<v8::Object> object,
                 std::string_view name, v8::Local<v8::Value> value);

inline v8::Local<v8::Value> ToValue(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  return value.IsEmpty() ? v8::Undefined(isolate).As<v8::Value>() : value;
}
inline v8::Local<v8::Value> ToValue(v8::Isolate* isolate, std::string_view text) {
  return ToText(isolate, text);
}
inline v8::Local<v8::Value> ToValue(v8::Isolate* isolate, double number) {
  return v8::Number::New(isolate, number);
}
inline v8::Local<v8::Value> ToValue(v8::Isolate* isolate, int32_t number) {
  return v8::Integer::New(isolate, number);
}
inline v8::Local<v8::Value> ToValue(v8::Isolate* isolate, bool flag) {
  return v8::Boolean::New(isolate, flag);
}
template <typename Enum>
  requires std::is_enum_v<Enum>
v8::Local<v8::Value> ToValue(v8::Isolate* isolate, Enum value) {
  return v8::Integer::New(isolate, static_cast<int32_t>(value));
}
template <typename Enum>
v8::Local<v8::Value> ToValue(v8::Isolate* isolate, Word<Enum> word) {
  return ToText(isolate, WordOf(word.value));
}
// What is not known is null.
template <typename T>
v8::Local<v8::Value> ToValue(v8::Isolate* isolate, const std::optional<T>& value) {
  if (!value.has_value()) return v8::Null(isolate);
  return ToValue(isolate, *value);
}

template <typename Row>
v8::Local<v8::Object> RecordToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                 const Row& row) {
  v8::Local<v8::Object> result = v8::Object::New(isolate);
  size_t field = 0;
  row.Each([&](const auto& value) {
    SetProperty(isolate, context, result, Row::kNames[field++], ToValue(isolate, value));
  });
  return result;
}

// Takes as many rows as it was made for. The caller's HandleScope must outlive it.
template <typename Row>
class Table {
 public:
  Table(v8::Isolate* isolate, size_t rows) : isolate_(isolate), rows_(rows) {
    if constexpr (Row::kPacked) {
      buffer_ = v8::ArrayBuffer::New(isolate, kColumns * rows * sizeof(int32_t));
      // SAFETY: the buffer's memory is outside of the heap, and lives as long as its handle.
      words_ = static_cast<int32_t*>(buffer_->GetBackingStore()->Data());
    } else {
      values_.resize(kColumns * rows);
    }
  }

  void Add(const Row& row) {
    if (added_ == rows_) return;
    size_t at = added_++;
    row.Each([&](const auto& field) {
      if constexpr (Row::kPacked) {
        words_[at] = static_cast<int32_t>(field);
      } else {
        values_[at] = ToValue(isolate_, field);
      }
      at += rows_;
    });
  }

  v8::Local<v8::Object> ToJs(v8::Local<v8::Context> context) {
    v8::Local<v8::Object> result = v8::Object::New(isolate_);
    SetProperty(isolate_, context, result, "length",
                v8::Integer::NewFromUnsigned(isolate_, static_cast<uint32_t>(added_)));
    for (size_t column = 0; column < kColumns; column++) {
      v8::Local<v8::Value> values;
      if constexpr (Row::kPacked) {
        values = v8::Int32Array::New(buffer_, column * rows_ * sizeof(int32_t), added_);
      } else {
        values = v8::Array::New(isolate_, values_.data() + column * rows_, added_);
      }
      SetProperty(isolate_, context, result, Row::kNames[column], values);
    }
    return result;
  }

 private:
  static constexpr size_t kColumns = std::size(Row::kNames);

  v8::Isolate* isolate_;
  const size_t rows_;
  size_t added_ = 0;
  v8::Local<v8::ArrayBuffer> buffer_;
  int32_t* words_ = nullptr;
  std::vector<v8::Local<v8::Value>> values_;  // column after column
};

// A table of a list. `row_of(element)` gives its row.
template <typename List, typename RowOf>
v8::Local<v8::Object> TableToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                const List& list, RowOf row_of) {
  Table<std::remove_cvref_t<std::invoke_result_t<RowOf, decltype(*list.begin())>>> table(
      isolate, list.size());
  for (const auto& element : list) table.Add(row_of(element));
  return table.ToJs(context);
}

// The same of rows.
template <typename Row>
v8::Local<v8::Object> RowsToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                               const std::vector<Row>& rows) {
  return TableToJs(isolate, context, rows, [](const Row& row) { return row; });
}

// Undefined when there are none.
template <typename Row>
v8::Local<v8::Value> SomeRowsToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                  const std::vector<Row>& rows) {
  if (rows.empty()) return v8::Undefined(isolate);
  return RowsToJs(isolate, context, rows);
}

// An array of records.
template <typename List, typename RowOf>
v8::Local<v8::Array> RecordsToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                 const List& list, RowOf row_of) {
  std::vector<v8::Local<v8::Value>> records;
  records.reserve(list.size());
  for (const auto& element : list) {
    records.push_back(RecordToJs(isolate, context, row_of(element)));
  }
  return v8::Array::New(isolate, records.data(), records.size());
}

}  // namespace asynctb
