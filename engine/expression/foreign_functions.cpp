// foreign_functions.cpp — what functions of other databases and languages are called here.
#include "engine/expression/foreign_functions.h"

#include <algorithm>
#include <array>

namespace weir {
namespace {

constexpr std::array<ForeignFunction, 82> functions = {{
    {"array_agg", "string_agg(CAST(value AS string), ',')"},
    {"array_length", "size(array)"},
    {"arraylength", "size(array)"},
    {"bool", "CAST(value AS bool)"},
    {"charindex", "locate(part, text)"},
    {"collect_list", "string_agg(CAST(value AS string), ',')"},
    {"collect_set", "string_agg(DISTINCT CAST(value AS string), ',')"},
    {"count_distinct", "count(DISTINCT value)"},
    {"countdistinct", "count(DISTINCT value)"},
    {"countif", "count_if(condition)"},
    {"cumulate_end", "window_end, a column that a window makes"},
    {"cumulate_start", "window_start, a column that a window makes"},
    {"date_parse", "to_timestamp(text, pattern)"},
    {"datetime", "CAST(value AS timestamp)"},
    {"datetrunc", "date_trunc(unit, time)"},
    {"endofmonth", "last_day(date)"},
    {"eomonth", "last_day(date)"},
    {"epoch", "unix_seconds(time)"},
    {"float", "CAST(value AS double)"},
    {"format", "format_string(pattern, values ...)"},
    {"format_datetime", "date_format(time, pattern)"},
    {"format_timestamp", "date_format(time, pattern)"},
    {"formatdatetime", "date_format(time, pattern)"},
    {"from_unixtimestamp", "timestamp_seconds(number)"},
    {"gen_random_uuid", "xxhash64(columns ...) or sha2(text, 256): rows have no random ids, which would differ after a restart"},
    {"generate_series", "sequence(from, to)"},
    {"generate_uuid", "xxhash64(columns ...) or sha2(text, 256): rows have no random ids, which would differ after a restart"},
    {"getdate", "current_timestamp()"},
    {"group_concat", "string_agg(value, ',')"},
    {"groupconcat", "string_agg(value, ',')"},
    {"has", "array_contains(array, value)"},
    {"hash64", "xxhash64(values ...)"},
    {"hop_end", "window_end, a column that a window makes"},
    {"hop_rowtime", "window_end, a column that a window makes"},
    {"hop_start", "window_start, a column that a window makes"},
    {"iff", "if(condition, value, otherwise)"},
    {"iif", "if(condition, value, otherwise)"},
    {"indexof", "locate(part, text)"},
    {"json_extract", "json_value(json, '$.path'), or json:path"},
    {"json_extract_path_text", "json_value(json, '$.path'), or json:path"},
    {"json_extract_scalar", "json_value(json, '$.path'), or json:path"},
    {"json_extract_string", "json_value(json, '$.path'), or json:path"},
    {"json_parse", "CAST(text AS json)"},
    {"jsonextractstring", "json_value(json, '$.path'), or json:path"},
    {"list_contains", "array_contains(array, value)"},
    {"lowercase", "lower(text)"},
    {"md5_hex", "md5(text)"},
    {"parse_json", "CAST(text AS json)"},
    {"parse_timestamp", "to_timestamp(text, pattern)"},
    {"proctime", "commit_time(), when rows are written; windows go by event time"},
    {"quantile", "percentile(value, share)"},
    {"rand", "xxhash64(columns ...): random values would differ after a restart"},
    {"random", "xxhash64(columns ...): random values would differ after a restart"},
    {"regex_replace", "regexp_replace(text, pattern, replacement)"},
    {"regexp_match", "regexp_extract(text, pattern, group)"},
    {"regexp_matches", "regexp_extract_all(text, pattern, group), or text RLIKE pattern"},
    {"safe_cast", "TRY_CAST(value AS type)"},
    {"safe_divide", "try_divide(a, b)"},
    {"session_end", "window_end, a column that a window makes"},
    {"session_start", "window_start, a column that a window makes"},
    {"session_window", "a window of an aggregate: GROUP BY SESSION(time, INTERVAL 5 MINUTES)"},
    {"sha256", "sha2(text, 256)"},
    {"sha512", "sha2(text, 512)"},
    {"str", "CAST(value AS string)"},
    {"str_split", "split(text, pattern)"},
    {"strftime", "date_format(time, pattern)"},
    {"string_split", "split(text, pattern)"},
    {"string_to_array", "split(text, pattern)"},
    {"strptime", "to_timestamp(text, pattern)"},
    {"struct_pack", "named_struct('name', value, ...)"},
    {"sysdate", "current_timestamp()"},
    {"time_bucket", "date_bin(interval, time), or a window: GROUP BY TUMBLE(time, INTERVAL 5 MINUTES)"},
    {"to_json_string", "to_json(value)"},
    {"to_text", "CAST(value AS string)"},
    {"todate", "to_date(text)"},
    {"tonumber", "to_number(text, format)"},
    {"tostring", "CAST(value AS string)"},
    {"tumble_rowtime", "window_end, a column that a window makes"},
    {"unnest", "explode(array)"},
    {"uppercase", "upper(text)"},
    {"uuid", "xxhash64(columns ...) or sha2(text, 256): rows have no random ids, which would differ after a restart"},
    {"window", "a window of an aggregate: GROUP BY TUMBLE(time, INTERVAL 5 MINUTES)"},
}};

}  // namespace

std::span<const ForeignFunction> foreign_functions() { return functions; }

std::string_view foreign_function(std::string_view name) {
  const auto found = std::find_if(functions.begin(), functions.end(), [&](const ForeignFunction& one) { return one.name == name; });
  return found == functions.end() ? std::string_view() : found->here;
}

}  // namespace weir
