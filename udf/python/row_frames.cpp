// row_frames.cpp — columns as the bytes that go to a worker, and what comes back.
#include "udf/python/row_frames.h"

#include <cstring>

#include "engine/data/utf8.h"
#include "engine/expression/json_text.h"

namespace weir {
namespace {

constexpr const char* bad_result = "udf_bad_result";

bool is_numbers(const Type& type) { return !type.is_text_like() && type.kind != TypeKind::decimal; }

void append_numbers(std::string& frame, const Column& column, std::uint32_t rows) {
  const std::size_t width = column.type.width();
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (column.type.kind == TypeKind::boolean) {
      frame += column.bool_at(row) ? '\1' : '\0';
    } else {
      frame.append(static_cast<const char*>(column.values) + (row & column.row_mask) * width, width);
    }
  }
}

void append_texts(std::string& frame, const Column& column, std::uint32_t rows) {
  std::string bytes;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::size_t before = bytes.size();
    if (!column.is_null(row)) {
      if (column.type.kind == TypeKind::decimal) {
        bytes += decimal_to_string(column.at<Int128>(row), column.type.scale);
      } else {
        bytes += column.text_at(row);
      }
    }
    append_number(frame, static_cast<std::uint32_t>(bytes.size() - before));
  }
  frame += bytes;
}

// Takes bytes off the front of an answer; remembers where there were too few.
class Answer {
 public:
  explicit Answer(std::string_view left) : left_(left) {}
  std::string_view take(std::size_t count) {
    is_short_ = is_short_ || count > left_.size();
    if (is_short_) return {};
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }
  std::uint32_t number() {
    std::uint32_t number = 0;
    const std::string_view bytes = take(sizeof number);
    if (!is_short_) std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }
  bool is_whole() const { return !is_short_ && left_.empty(); }
  bool is_short() const { return is_short_; }

 private:
  std::string_view left_;
  bool is_short_ = false;
};

class Reading {
 public:
  Reading(std::string_view frame, const Type& type, std::uint32_t rows, const std::string& where, Arena& arena)
      : answer_(frame), type_(type), rows_(rows), where_(where), writer_(type, rows, arena) {}

  Result<Column> read() {
    const std::string_view statuses = answer_.take(rows_);
    if (is_numbers(type_)) {
      read_numbers(statuses);
    } else {
      read_texts(statuses);
    }
    for (std::uint32_t row = 0; row < rows_ && !answer_.is_short(); ++row) {
      if (statuses[row] == 2) read_error(row);
    }
    if (!answer_.is_whole()) return Error{ErrorKind::data, "the worker's answer is not of the expected length"};
    return writer_.finish();
  }

 private:
  void read_numbers(std::string_view statuses) {
    const std::size_t width = type_.kind == TypeKind::boolean ? 1 : type_.width();
    const std::string_view values = answer_.take(rows_ * width);
    for (std::uint32_t row = 0; row < rows_ && !answer_.is_short(); ++row) {
      if (statuses[row] != 0) continue;
      const char* value = values.data() + row * width;
      if (width == 1) {
        writer_.set_bool(row, *value != 0);
      } else if (width == 4) {
        write<std::int32_t>(row, value);
      } else {
        write<std::int64_t>(row, value);
      }
    }
  }
  template <typename T>
  void write(std::uint32_t row, const char* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    writer_.set(row, value);
  }

  void read_texts(std::string_view statuses) {
    const std::string_view lengths = answer_.take(rows_ * sizeof(std::uint32_t));
    for (std::uint32_t row = 0; row < rows_ && !answer_.is_short(); ++row) {
      std::uint32_t length = 0;
      std::memcpy(&length, lengths.data() + row * sizeof length, sizeof length);
      const std::string_view text = answer_.take(length);
      if (!answer_.is_short() && statuses[row] == 0) write_text(row, text);
    }
  }

  void write_text(std::uint32_t row, std::string_view text) {
    if (type_.kind == TypeKind::decimal) {
      const auto value = parse_decimal(text, type_.precision, type_.scale);
      if (!value) return refuse(row, "the result does not fit " + to_string(type_));
      return writer_.set(row, *value);
    }
    if (type_.kind != TypeKind::bytes && !is_valid_utf8(text)) return refuse(row, "the result is not valid UTF-8");
    if (type_.kind == TypeKind::json && !is_valid_json(text)) return refuse(row, "the result is not valid JSON");
    writer_.set_text(row, text);
  }

  void read_error(std::uint32_t row) {
    const std::string_view text = answer_.take(answer_.number());
    const std::size_t end = text.find('\0');
    if (end == std::string_view::npos || !is_valid_utf8(text)) return refuse(row, "the error is not readable");
    writer_.set_error(row, std::string(text.substr(0, end)), where_ + ": " + std::string(text.substr(end + 1)));
  }
  void refuse(std::uint32_t row, const std::string& message) { writer_.set_error(row, bad_result, where_ + ": " + message); }

  Answer answer_;
  Type type_;
  std::uint32_t rows_;
  const std::string& where_;
  ColumnWriter writer_;
};

}  // namespace

std::string kind_name(const Type& type) { return type.kind == TypeKind::decimal ? "decimal" : to_string(type); }

void append_number(std::string& frame, std::uint32_t number) {
  frame.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void append_text(std::string& frame, std::string_view text) {
  append_number(frame, static_cast<std::uint32_t>(text.size()));
  frame += text;
}

std::string request_frame(std::span<const Column> arguments, std::uint32_t rows) {
  std::string frame;
  append_number(frame, rows);
  for (const Column& column : arguments) {
    for (std::uint32_t row = 0; row < rows; ++row) frame += column.is_null(row) ? '\0' : '\1';
    if (is_numbers(column.type)) {
      append_numbers(frame, column, rows);
    } else {
      append_texts(frame, column, rows);
    }
  }
  return frame;
}

Result<Column> read_answer(std::string_view frame, const Type& type, std::uint32_t rows, const std::string& where, Arena& arena) {
  return Reading(frame, type, rows, where, arena).read();
}

}  // namespace weir
