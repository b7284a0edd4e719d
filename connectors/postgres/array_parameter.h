// array_parameter.h — many values as one parameter of a statement.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

/// An array of one dimension in the server's binary form (array_recv() in the server's arrayfuncs.c): how many dimensions, whether there are NULLs, the type of the elements, size
/// and lower bound, then the elements, each behind its length.
class ArrayParameter {
 public:
  /// Types by their fixed numbers in pg_type.
  enum class Element : std::uint32_t { bytea = 17, bigint = 20, text = 25, timestamptz = 1184 };
  explicit ArrayParameter(Element element) : element_(element) {}

  /// Of text, in the encoding of the session, and of bytea.
  void add(std::string_view bytes);
  /// Of bigint; of timestamptz, microseconds since 2000.
  void add(std::int64_t number);
  void add_null();
  /// The parameter, in binary.
  std::string take();

 private:
  Element element_;
  std::uint32_t count_ = 0;
  bool has_null_ = false;
  std::string elements_;
};

}  // namespace weir
