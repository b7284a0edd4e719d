// builtin_functions.cpp — the one list of all families of built-in functions.
#include "engine/expression/function.h"
#include "engine/expression/functions/families.h"

namespace weir {

void register_builtin_functions(FunctionRegistry& registry) {
  register_operators(registry);
  register_cast(registry);
  register_named_casts(registry);
  register_conditional(registry);
  register_zero_or_null(registry);
  register_value_tests(registry);
  register_concatenation(registry);
  register_letter_case(registry);
  register_ilike(registry);
  register_padding(registry);
  register_text_parts(registry);
  register_text_search(registry);
  register_text_codes(registry);
  register_text_forms(registry);
  register_number_formats(registry);
  register_text_masks(registry);
  register_binary_texts(registry);
  register_format_string(registry);
  register_regexps(registry);
  register_digests(registry);
  register_row_hashes(registry);
  register_date_parts(registry);
  register_date_arithmetic(registry);
  register_epochs(registry);
  register_windows(registry);
  register_date_fields(registry);
  register_date_units(registry);
  register_time_zones(registry);
  register_date_formats(registry);
  register_json(registry);
  register_json_schema(registry);
  register_math(registry);
  register_trigonometry(registry);
  register_try_arithmetic(registry);
  register_rounding(registry);
  register_integers(registry);
  register_nested(registry);
  register_array_edits(registry);
  register_array_sets(registry);
  register_array_search(registry);
  register_array_order(registry);
  register_array_sequence(registry);
  register_array_texts(registry);
  register_map_makers(registry);
  register_map_from_text(registry);
  register_map_reads(registry);
  register_struct_zip(registry);
  register_urls(registry);
}

}  // namespace weir
