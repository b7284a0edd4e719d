// families.h — every built-in family of functions, one declaration a family; builtin_functions.cpp calls them
// all.
#pragma once

namespace weir {

class FunctionRegistry;

// and or not = < + - * / % || in between like rlike is_null case ...
void register_operators(FunctionRegistry& registry);
// cast, try_cast
void register_cast(FunctionRegistry& registry);
// boolean, int, bigint, double, decimal, string, binary, date, timestamp
void register_named_casts(FunctionRegistry& registry);
// coalesce, nullif, if, ifnull, nvl2, greatest, least
void register_conditional(FunctionRegistry& registry);
// zeroifnull, nullifzero
void register_zero_or_null(FunctionRegistry& registry);
// isnull, isnotnull, isnan, typeof ...
void register_value_tests(FunctionRegistry& registry);
// concat, concat_ws
void register_concatenation(FunctionRegistry& registry);
// lower, upper, initcap
void register_letter_case(FunctionRegistry& registry);
// ilike
void register_ilike(FunctionRegistry& registry);
// trim, ltrim, rtrim, btrim, lpad, rpad, repeat
void register_padding(FunctionRegistry& registry);
// length, substring, left, right, split_part ...
void register_text_parts(FunctionRegistry& registry);
// replace, locate, instr, startswith, translate, levenshtein ...
void register_text_search(FunctionRegistry& registry);
// ascii, chr, hex, unhex, base64 ...
void register_text_codes(FunctionRegistry& registry);
// format_number, soundex, luhn_check
void register_text_forms(FunctionRegistry& registry);
// to_char, to_number, try_to_number
void register_number_formats(FunctionRegistry& registry);
// mask
void register_text_masks(FunctionRegistry& registry);
// to_binary, encode, decode
void register_binary_texts(FunctionRegistry& registry);
// format_string
void register_format_string(FunctionRegistry& registry);
// regexp_extract, regexp_replace ...
void register_regexps(FunctionRegistry& registry);
// sha2, sha1, md5, crc32
void register_digests(FunctionRegistry& registry);
// xxhash64, hash
void register_row_hashes(FunctionRegistry& registry);
// year, month, hour, weekofyear ...
void register_date_parts(FunctionRegistry& registry);
// date_add, datediff, add_months, date_trunc, make_date ...
void register_date_arithmetic(FunctionRegistry& registry);
// timestamp_seconds, unix_seconds, current_timestamp ...
void register_epochs(FunctionRegistry& registry);
// tumble_start, tumble_end
void register_windows(FunctionRegistry& registry);
// make_timestamp, next_day, monthname, dayname
void register_date_fields(FunctionRegistry& registry);
// timestampadd, timestampdiff, date_bin, make_interval
void register_date_units(FunctionRegistry& registry);
// from_utc_timestamp, to_utc_timestamp, convert_timezone
void register_time_zones(FunctionRegistry& registry);
// date_format, to_timestamp, to_date
void register_date_formats(FunctionRegistry& registry);
// json_value, json_path, to_json
void register_json(FunctionRegistry& registry);
// schema_of_json
void register_json_schema(FunctionRegistry& registry);
// abs, sqrt, power, ln, pmod ...
void register_math(FunctionRegistry& registry);
// sec, csc, cot, sinh, cosh, tanh, asinh, acosh, atanh
void register_trigonometry(FunctionRegistry& registry);
// try_add, try_subtract, try_multiply, try_divide, try_mod
void register_try_arithmetic(FunctionRegistry& registry);
// round, bround, floor, ceil
void register_rounding(FunctionRegistry& registry);
// bin, conv, bit_count, shiftleft, factorial ...
void register_integers(FunctionRegistry& registry);
// array, named_struct, from_json, get_item, size ...
void register_nested(FunctionRegistry& registry);
// array_append, array_insert, array_remove, slice, flatten ...
void register_array_edits(FunctionRegistry& registry);
// array_distinct, array_union, arrays_overlap ...
void register_array_sets(FunctionRegistry& registry);
// array_contains, array_position, array_max, array_min
void register_array_search(FunctionRegistry& registry);
// sort_array, array_sort
void register_array_order(FunctionRegistry& registry);
// sequence
void register_array_sequence(FunctionRegistry& registry);
// array_join, split, regexp_extract_all, json_object_keys
void register_array_texts(FunctionRegistry& registry);
// map, map_concat, map_from_arrays, map_from_entries
void register_map_makers(FunctionRegistry& registry);
// str_to_map
void register_map_from_text(FunctionRegistry& registry);
// map_keys, map_values, map_entries, map_contains_key
void register_map_reads(FunctionRegistry& registry);
// arrays_zip
void register_struct_zip(FunctionRegistry& registry);
// url_host, url_path, url_query ...
void register_urls(FunctionRegistry& registry);

}  // namespace weir
