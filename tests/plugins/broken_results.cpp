// broken_results.cpp — a plugin whose functions break every promise of a result, each in its own way.
#include <weir_udf.h>

#include <stdexcept>

namespace {

// A result over static buffers; nothing to release.
void give(weir_column* result, const char* format, std::int64_t length, std::int64_t nulls, std::int64_t buffers, const void** places) {
  result->format = format;
  result->array = ArrowArray{};
  result->array.length = length;
  result->array.null_count = nulls;
  result->array.n_buffers = buffers;
  result->array.buffers = places;
  result->array.release = [](ArrowArray* array) { array->release = nullptr; };
}

const std::int64_t numbers[64] = {};
const std::int32_t descending[] = {3, 1};
const std::int32_t one_byte[] = {0, 1};
const std::uint8_t one_valid[8] = {1};
const void* number_places[] = {nullptr, numbers};
const void* no_values[] = {nullptr, nullptr};
const void* valid_places[] = {one_valid, numbers};
const void* descending_places[] = {nullptr, descending, "abc"};
const void* wrong_text_places[] = {nullptr, one_byte, "\xFF"};

using Arguments = const ArrowArray* const*;

int throws(void*, Arguments, std::uint32_t, std::int64_t, weir_column*, const weir_call*) { throw std::runtime_error("out of order"); }
int throws_number(void*, Arguments, std::uint32_t, std::int64_t, weir_column*, const weir_call*) { throw 7; }
int too_long(void*, Arguments, std::uint32_t, std::int64_t rows, weir_column* result, const weir_call*) {
  return give(result, "l", rows + 1, 0, 2, number_places), 0;
}
int wrong_type(void*, Arguments, std::uint32_t, std::int64_t rows, weir_column* result, const weir_call*) {
  return give(result, "g", rows, 0, 2, number_places), 0;
}
int gives_nothing(void*, Arguments, std::uint32_t, std::int64_t, weir_column*, const weir_call*) { return 0; }
int fails_silently(void*, Arguments, std::uint32_t, std::int64_t, weir_column*, const weir_call*) { return 5; }
int without_values(void*, Arguments, std::uint32_t, std::int64_t rows, weir_column* result, const weir_call*) {
  return give(result, "l", rows, 0, 2, no_values), 0;
}
int too_few_buffers(void*, Arguments, std::uint32_t, std::int64_t rows, weir_column* result, const weir_call*) {
  return give(result, "l", rows, 0, 1, number_places), 0;
}
int miscounts_nulls(void*, Arguments, std::uint32_t, std::int64_t rows, weir_column* result, const weir_call*) {
  return give(result, "l", rows, 1, 2, valid_places), 0;
}
int descends(void*, Arguments, std::uint32_t, std::int64_t rows, weir_column* result, const weir_call*) {
  return give(result, "u", rows, 0, 3, descending_places), 0;
}
int no_utf8(void*, Arguments, std::uint32_t, std::int64_t rows, weir_column* result, const weir_call*) {
  return give(result, "u", rows, 0, 3, wrong_text_places), 0;
}
int error_elsewhere(void*, Arguments, std::uint32_t, std::int64_t rows, weir_column* result, const weir_call* call) {
  call->row_error(call, rows + 10, "far_away", "an error of a row that is not there");
  return give(result, "l", rows, 0, 2, number_places), 0;
}

const char* const parameters[] = {"string"};

struct Declared : weir_function {
  Declared(const char* called, const char* type, decltype(weir_function::evaluate) body, const weir_example* shown) : weir_function{} {
    struct_size = sizeof(weir_function);
    kind = WEIR_SCALAR;
    flags = WEIR_STRICT | WEIR_DETERMINISTIC;
    name = called;
    summary = "Breaks a promise.";
    parameters = ::parameters;
    parameter_count = 1;
    result = type;
    evaluate = body;
    examples = shown;
    example_count = 1;
  }
};

#define BROKEN(function, type)                                           \
  const weir_example function##_example = {#function "('x')", "nothing"}; \
  const Declared function##_declared(#function, type, function, &function##_example);

BROKEN(throws, "bigint")
BROKEN(throws_number, "bigint")
BROKEN(too_long, "bigint")
BROKEN(wrong_type, "bigint")
BROKEN(gives_nothing, "bigint")
BROKEN(fails_silently, "bigint")
BROKEN(without_values, "bigint")
BROKEN(too_few_buffers, "bigint")
BROKEN(miscounts_nulls, "bigint")
BROKEN(descends, "string")
BROKEN(no_utf8, "string")
BROKEN(error_elsewhere, "bigint")

const weir_function* const functions[] = {&throws_declared,         &throws_number_declared,   &too_long_declared,        &wrong_type_declared,
                                          &gives_nothing_declared,  &fails_silently_declared,  &without_values_declared,  &too_few_buffers_declared,
                                          &miscounts_nulls_declared, &descends_declared,       &no_utf8_declared,         &error_elsewhere_declared};
const weir_plugin plugin = {sizeof(weir_plugin), WEIR_UDF_MAGIC, WEIR_UDF_MAJOR, WEIR_UDF_MINOR, "broken", "1", functions, 12, 0};

}  // namespace

extern "C" WEIR_EXPORT const weir_plugin* weir_plugin_entry(const weir_host*) { return &plugin; }
