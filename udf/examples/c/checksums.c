/* checksums.c — a plugin in plain C: two checksums of texts, against weir_udf.h alone. */
#include <stdlib.h>
#include <weir_udf.h>

/* ---- Results: fixed-width numbers, no NULLs -------------------------------------------------------------------------------------------------- */

struct numbers {
  const void* buffers[2];
  int64_t values[];
};

static void release_numbers(struct ArrowArray* array) {
  free(array->private_data);
  array->release = NULL;
}

/* Room for one bigint per row, owned by `result`; NULL if there is no memory. */
static int64_t* make_numbers(int64_t rows, weir_column* result) {
  struct numbers* made = malloc(sizeof(struct numbers) + (size_t)(rows > 0 ? rows : 1) * sizeof(int64_t));
  if (made == NULL) return NULL;
  made->buffers[0] = NULL;
  made->buffers[1] = made->values;
  memset(&result->array, 0, sizeof result->array);
  result->format = "l";
  result->array.length = rows;
  result->array.n_buffers = 2;
  result->array.buffers = made->buffers;
  result->array.release = release_numbers;
  result->array.private_data = made;
  return made->values;
}

/* ---- Adler-32 of a text ---------------------------------------------------------------------------------------------------------------------- */

static int64_t adler(const char* text, size_t length) {
  uint32_t low = 1, high = 0;
  for (size_t i = 0; i < length; ++i) {
    low = (low + (unsigned char)text[i]) % 65521;
    high = (high + low) % 65521;
  }
  return (int64_t)high << 16 | low;
}

static int evaluate_adler(void* state, const struct ArrowArray* const* arguments, uint32_t argument_count, int64_t rows, weir_column* result,
                          const weir_call* call) {
  int64_t* values = make_numbers(rows, result);
  (void)state;
  (void)argument_count;
  if (values == NULL) {
    call->fail(call, "out of memory");
    return 1;
  }
  for (int64_t row = 0; row < rows; ++row) {
    size_t length = 0;
    const char* text = weir_text_at(arguments[0], row, &length); /* harmless for NULL, and then not looked at: WEIR_STRICT */
    values[row] = adler(text, length);
  }
  return 0;
}

/* ---- Digit sum, which not every text has ----------------------------------------------------------------------------------------------------- */

static int evaluate_digit_sum(void* state, const struct ArrowArray* const* arguments, uint32_t argument_count, int64_t rows, weir_column* result,
                              const weir_call* call) {
  int64_t* values = make_numbers(rows, result);
  (void)state;
  (void)argument_count;
  if (values == NULL) {
    call->fail(call, "out of memory");
    return 1;
  }
  for (int64_t row = 0; row < rows; ++row) {
    size_t length = 0;
    const char* text = weir_text_at(arguments[0], row, &length);
    values[row] = 0;
    for (size_t i = 0; i < length; ++i) {
      if (text[i] < '0' || text[i] > '9') {
        call->row_error(call, row, "not_digits", "the text has something other than digits");
        break;
      }
      values[row] += text[i] - '0';
    }
  }
  return 0;
}

/* ---- The plugin ------------------------------------------------------------------------------------------------------------------------------ */

static const char* const one_text[] = {"string"};
static const weir_example adler_examples[] = {{"adler32_of('Wikipedia')", "300286872"}, {"adler32_of('')", "1"}};
static const weir_example digit_examples[] = {{"digit_sum('1234')", "10"}, {"digit_sum('')", "0"}};

static const weir_function adler_function = {
    .struct_size = sizeof(weir_function),
    .kind = WEIR_SCALAR,
    .flags = WEIR_DETERMINISTIC | WEIR_STRICT | WEIR_THREAD_SAFE | WEIR_NEVER_NULL,
    .name = "adler32_of",
    .signature = "adler32_of(text string) -> bigint",
    .summary = "The Adler-32 checksum of a text.",
    .examples = adler_examples,
    .example_count = 2,
    .parameters = one_text,
    .parameter_count = 1,
    .result = "bigint",
    .evaluate = evaluate_adler,
};

static const weir_function digit_function = {
    .struct_size = sizeof(weir_function),
    .kind = WEIR_SCALAR,
    .flags = WEIR_DETERMINISTIC | WEIR_STRICT | WEIR_THREAD_SAFE | WEIR_NEVER_NULL,
    .name = "digit_sum",
    .signature = "digit_sum(digits string) -> bigint",
    .summary = "The sum of the digits of a text; an error of the row where it has others than digits.",
    .examples = digit_examples,
    .example_count = 2,
    .parameters = one_text,
    .parameter_count = 1,
    .result = "bigint",
    .evaluate = evaluate_digit_sum,
};

static const weir_function* const functions[] = {&adler_function, &digit_function};

static const weir_plugin plugin = {
    .struct_size = sizeof(weir_plugin),
    .magic = WEIR_UDF_MAGIC,
    .major = WEIR_UDF_MAJOR,
    .minor = WEIR_UDF_MINOR,
    .name = "checksums",
    .version = "1.0.0",
    .functions = functions,
    .function_count = 2,
};

WEIR_EXPORT const weir_plugin* weir_plugin_entry(const weir_host* host) {
  (void)host; /* a plugin that needs more of Weir than it has would say so through host->fail and return NULL */
  return &plugin;
}
