/* weir_udf.h — what a plugin of Weir is: a stable C interface over the Arrow C data interface.
 *
 * A plugin is a shared object that exports one symbol, weir_plugin_entry. Weir calls it once after loading the file and
 * gets a description of the plugin's functions. No C++ types, no exceptions and no ownership by free() cross this border.
 * C99; C++ authors include weir_udf.hpp, which is made of this.
 *
 * Versions. The layout of what is here never changes within a major version. Structs grow at their end only, and each begins
 * with `struct_size`, the size its maker knew: a reader looks at a field only if the struct reaches that far. Weir loads a
 * plugin of its own major version and of a minor version up to its own. Unknown flags and kinds are refused.
 *
 * Values. A column is an ArrowArray; its format follows from the declared type:
 *
 *   type            arguments  results            type         arguments  results
 *   boolean         b          b                  string       vu         u, U or vu
 *   int             i          i                  bytes        vz         z, Z or vz
 *   bigint          l          l                  json         vu         u, U or vu
 *   double          g          g                  date         tdD        tdD
 *   decimal(p,s)    d:p,s      d:p,s              timestamp    tsu:UTC    tsu:UTC
 *
 * Arguments are borrowed: they are good until the call returns, are never released by the plugin, and start at offset 0. What
 * lies under a NULL is harmless and means nothing. Results belong to Weir, which calls their `release` once; it may do so in
 * another thread. Weir checks results before it believes them: length, format, buffers, offsets, NULL count, UTF-8, JSON.
 *
 * Status. Functions return 0 if they did what they are for; otherwise they have said why through `call->fail`. The failure of
 * one row is no failure of the call: it is told by `call->row_error`, and the rest of the rows go on.
 */
#ifndef WEIR_UDF_H
#define WEIR_UDF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE /* https://arrow.apache.org/docs/format/CDataInterface.html */
#define ARROW_C_DATA_INTERFACE
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};
struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};
#define ARROW_FLAG_NULLABLE 2
#endif

#define WEIR_UDF_MAGIC 0x31524957u /* "WIR1" */
#define WEIR_UDF_MAJOR 1u
#define WEIR_UDF_MINOR 0u

/* What a function is; weir_function.kind. */
enum { WEIR_SCALAR = 1, WEIR_TABLE = 2, WEIR_AGGREGATE = 3 };

/* weir_function.flags. */
enum {
  WEIR_DETERMINISTIC = 1, /* equal arguments give equal results: calls of literals are computed once */
  WEIR_STRICT = 2,        /* NULL in any argument gives NULL; what the function gives for such rows is not looked at */
  WEIR_EXPENSIVE = 4,     /* deterministic and costly: results are remembered per distinct argument */
  WEIR_THREAD_SAFE = 8,   /* one state may be used by several threads at once; otherwise each has one of its own */
  WEIR_VARIADIC = 16,     /* the last parameter may come again and again */
  WEIR_NEVER_NULL = 32    /* the result is NULL only where an argument is */
};

/* Given to every call; good until it returns. `message` is UTF-8 and copied. */
typedef struct weir_call {
  uint32_t struct_size;
  uint32_t reserved;
  void* host;
  /* The value of row `row` (from 0) cannot be computed. `code` is a short reason such as "overflow"; NULL: "udf_error". */
  void (*row_error)(const struct weir_call* call, int64_t row, const char* code, const char* message);
  /* The whole call failed; return a status other than 0 after it. */
  void (*fail)(const struct weir_call* call, const char* message);
} weir_call;

/* What is known of a call in a pipeline before any row comes; good until the call it is given to returns. */
typedef struct weir_call_site {
  uint32_t struct_size;
  uint32_t argument_count;
  const char* const* types;                    /* "string", "decimal(10,2)", ... */
  const struct ArrowArray* const* constants;   /* one row each; NULL where the argument is no literal */
} weir_call_site;

/* A column made by a plugin. `format` is an Arrow format string that outlives the call. */
typedef struct weir_column {
  const char* format;
  struct ArrowArray array;
} weir_column;

typedef struct weir_example {
  const char* expression; /* initials('ada lovelace') */
  const char* result;     /* al: as CAST(... AS string) prints it, NULL as NULL */
} weir_example;

typedef struct weir_field {
  const char* name;
  const char* type;
} weir_field;

struct weir_function;

/* How a group of rows becomes one value. A group is `group_bytes` bytes of Weir's memory, aligned to 16, in which the plugin keeps what it knows
 * of the rows so far. `state` is the call site's. Weir adds rows in any order and in parts that it merges, saves and loads, also in another
 * process and by a later version of the plugin: the result must be the same. A group is used by one thread at a time. */
typedef struct weir_aggregate {
  uint32_t struct_size;
  uint32_t group_bytes;
  /* Makes the group of no rows; stop() gives back what it owns besides its bytes. */
  int (*start)(void* state, void* group, const weir_call* call);
  void (*stop)(void* state, void* group);
  /* Adds row i to groups[i]; where that is NULL, and where an argument of a WEIR_STRICT function is, the row is left out. */
  int (*add)(void* state, void* const* groups, const struct ArrowArray* const* arguments, uint32_t argument_count, int64_t rows,
             const weir_call* call);
  /* `into` becomes the group of the rows of both; `from` stays. */
  int (*merge)(void* state, void* into, const void* from, const weir_call* call);
  /* One value per group, of the function's result type. The groups stay. */
  int (*result)(void* state, const void* const* groups, int64_t count, weir_column* result, const weir_call* call);
  /* One value of type bytes per group (format z or Z), which load() puts in place of a started group. */
  int (*save)(void* state, const void* const* groups, int64_t count, weir_column* saved, const weir_call* call);
  int (*load)(void* state, void* group, const char* bytes, size_t length, const weir_call* call);
} weir_aggregate;

typedef struct weir_function {
  uint32_t struct_size;
  uint32_t kind;
  uint64_t flags;
  /* Lower case letters, digits and _. Several functions of one name are overloads: they differ in their parameters. */
  const char* name;
  const char* const* aliases; /* ends in NULL; may be NULL */
  const char* family;         /* a heading of the reference; NULL: the plugin's name */
  const char* signature;      /* "initials(text string) -> string"; NULL: made of the types */
  const char* summary;        /* one sentence, ending in a full stop */
  const weir_example* examples;
  uint32_t example_count;
  uint32_t parameter_count;
  uint32_t optional_count;       /* how many parameters, from the last one back, may be left out */
  uint32_t column_count;         /* WEIR_TABLE */
  const char* const* parameters; /* type names; "decimal" takes any decimal, "any" any type */
  const char* result;            /* type name; WEIR_SCALAR and WEIR_AGGREGATE */
  const weir_field* columns;     /* WEIR_TABLE: the columns of the rows made */
  const void* user;              /* the plugin's own */
  /* Optional: the result's type where it depends on the arguments' types; writes its name, ending in 0. */
  int (*resolve)(const struct weir_function* function, const weir_call_site* site, char* type, size_t capacity, const weir_call* call);
  /* Optional, with `drop`: makes the state of a call site; a bad literal is told here. Without: the state is NULL. */
  int (*prepare)(const struct weir_function* function, const weir_call_site* site, void** state, const weir_call* call);
  void (*drop)(void* state);
  /* WEIR_SCALAR: one value per row. `rows` may be 0. */
  int (*evaluate)(void* state, const struct ArrowArray* const* arguments, uint32_t argument_count, int64_t rows, weir_column* result,
                  const weir_call* call);
  /* WEIR_TABLE: any number of rows per row. `offsets` is of format i and has rows + 1 values, ascending from 0: the rows made of row i
   * are offsets[i] to offsets[i + 1] of `made`, which has column_count columns of offsets[rows] values each. */
  int (*expand)(void* state, const struct ArrowArray* const* arguments, uint32_t argument_count, int64_t rows, weir_column* offsets,
                weir_column* made, const weir_call* call);
  const weir_aggregate* aggregate; /* WEIR_AGGREGATE */
} weir_function;

typedef struct weir_plugin {
  uint32_t struct_size;
  uint32_t magic; /* WEIR_UDF_MAGIC */
  uint32_t major; /* WEIR_UDF_MAJOR */
  uint32_t minor; /* WEIR_UDF_MINOR */
  const char* name;
  const char* version;
  const weir_function* const* functions;
  uint32_t function_count;
  uint32_t reserved;
} weir_plugin;

/* Weir, as a plugin sees it while it is loaded. */
typedef struct weir_host {
  uint32_t struct_size;
  uint32_t magic;
  uint32_t major;
  uint32_t minor;
  void* context;
  /* Says why the plugin cannot be used; return NULL after it. */
  void (*fail)(const struct weir_host* host, const char* message);
} weir_host;

#if defined(__GNUC__)
#define WEIR_EXPORT __attribute__((visibility("default")))
#else
#define WEIR_EXPORT
#endif

/* The one symbol of a plugin. Called once; what it returns stays good until the process ends: plugins are never unloaded. */
WEIR_EXPORT const weir_plugin* weir_plugin_entry(const weir_host* host);

/* Whether a struct reaches as far as `field`. */
#define WEIR_HAS(pointer, type, field) ((pointer)->struct_size >= offsetof(type, field) + sizeof((pointer)->field))

/* Reading arguments. */

static inline int weir_is_null(const struct ArrowArray* array, int64_t row) {
  const uint8_t* valid = (const uint8_t*)array->buffers[0];
  const int64_t at = row + array->offset;
  return valid != NULL && ((valid[at >> 3] >> (at & 7)) & 1) == 0;
}

static inline int weir_boolean_at(const struct ArrowArray* array, int64_t row) {
  const int64_t at = row + array->offset;
  return (((const uint8_t*)array->buffers[1])[at >> 3] >> (at & 7)) & 1;
}

/* The bytes of a string, bytes or json argument; not ended by 0. */
static inline const char* weir_text_at(const struct ArrowArray* array, int64_t row, size_t* length) {
  const char* view = (const char*)array->buffers[1] + (row + array->offset) * 16;
  int32_t size, block, offset;
  memcpy(&size, view, 4);
  *length = (size_t)size;
  if (size <= 12) return view + 4;
  memcpy(&block, view + 8, 4);
  memcpy(&offset, view + 12, 4);
  return (const char*)array->buffers[2 + block] + offset;
}

#ifdef __cplusplus
}
#endif
#endif
