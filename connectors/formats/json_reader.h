// json_reader.h — walks one JSON document and validates every byte of it, whether anybody reads it or not.
//
// simdjson's first stage finds the tokens and checks UTF-8, a document at the speed of memory; the walk over
// the tokens is ours, because simdjson's own two cannot do what a row needs: its DOM copies every string and
// loses the text of numbers, its On-Demand accepts garbage in what it is not asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/arena.h"

namespace simdjson::internal {
class dom_parser_implementation;
}

namespace weir {

enum class JsonKind : std::uint8_t { string, number, boolean, null, object, array };

/// A value as it stands in the document. Points into the document's text.
struct JsonValue {
  JsonKind kind = JsonKind::null;
  bool has_escapes = false;  // a string with backslashes
  bool is_integer = false;   // a number without fraction and exponent
  const char* begin = nullptr;
  const char* end = nullptr;
  std::string_view text() const { return {begin, static_cast<std::size_t>(end - begin)}; }
  /// What stands between the quotes of a string, still escaped.
  std::string_view content() const { return {begin + 1, static_cast<std::size_t>(end - begin - 2)}; }
};

/// The name of a member, unescaped, and a hash of it. At least 8 readable bytes follow.
struct JsonKey {
  static constexpr std::uint32_t no_memo = ~0u - 1;
  const char* data = nullptr;
  std::uint32_t size = 0;
  std::uint64_t hash = 0;
  /// Where the reader keeps for whoever reads what he found out of a name that stands where it stood in the record before, no_memo at first;
  /// null: he would find it out again.
  std::uint32_t* memo = nullptr;
  std::string_view text() const { return {data, size}; }
  friend bool operator==(const JsonKey& a, const JsonKey& b) {
    return a.hash == b.hash && a.text() == b.text();
  }
};

/// The hash of a name. At least 8 bytes must be readable from `data` on.
std::uint64_t hash_json_key(const char* data, std::size_t size);

struct JsonFault {
  const char* code = "";  // not_json, not_object, invalid_utf8, nul_character, duplicate_key, too_deep
  std::string message;
};

struct JsonLimits {
  std::size_t max_depth = 64;
  bool reject_duplicates = true;
};

/// One thread. Used for one document after the other; allocates only when a document is larger than all
/// before.
class JsonReader {
 public:
  explicit JsonReader(JsonLimits limits);
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  /// Reads a document that must be an object and calls on_member(const JsonKey&, const JsonValue&) for each
  /// of its members, in order. `text` needs 64 readable bytes after its end. False: fault() says what is
  /// wrong, and whatever was told about members is void.
  template <typename OnMember>
  bool read_object(std::string_view text, OnMember&& on_member) {
    return open(text) && enter_object() && read_members(on_member) && close();
  }
  const JsonFault& fault() const { return fault_; }

 private:
  bool open(std::string_view text);
  bool enter_object();
  bool close();
  template <typename OnMember>
  bool read_members(OnMember& on_member);
  bool read_value(JsonValue& value);
  bool read_string(JsonValue& value);
  bool read_number(JsonValue& value);
  bool read_literal(JsonValue& value);
  bool read_nested(JsonValue& value);
  bool read_elements();
  bool read_key(JsonKey& key);
  bool read_expected_key(JsonKey& key);
  void leave_shape();
  void learn_shape();
  bool check_new_key(const JsonKey& key);
  bool check_many_keys();
  bool refuse_document();
  bool refuse_key(const JsonKey& key);
  bool refuse(const char* code, std::string_view what, const char* at);
  bool expected(std::string_view what);
  bool ensure_capacity(std::size_t size);

  const char* token() const { return text_.data() + tokens_[next_]; }
  char token_byte() const { return next_ < count_ ? *token() : '\0'; }
  /// Where the text of the token ends: blanks may stand between it and the next one.
  const char* token_end() const;
  bool take(char wanted) {
    if (token_byte() != wanted) return false;
    ++next_;
    return true;
  }

  JsonLimits limits_;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> tokenizer_;
  std::string_view text_;
  const std::uint32_t* tokens_ =
      nullptr;  // positions in text_; one more than count_, the last is the text's size
  std::uint32_t count_ = 0;
  std::uint32_t next_ = 0;
  std::size_t depth_ = 0;
  const char* next_escape_ = nullptr;  // the first backslash not yet passed, or the end of the text
  std::vector<JsonKey> keys_;          // of the objects that are open, the innermost last
  std::size_t first_key_ = 0;          // of the innermost object
  std::uint64_t seen_[4] = {};         // a filter over the keys of the innermost object
  // Records of a source mostly have the same members in the same order: a name that stands where it stood in the record before is known at once.
  std::vector<JsonKey> shape_;         // names of the outermost object, none of them twice; their texts are in shape_text_
  std::string shape_text_;
  std::vector<std::uint32_t> memos_;   // one for each of them
  std::size_t expected_ = 0;           // how many of them this document has had so far
  bool has_shape_ = false;             // whether it had nothing else
  std::uint32_t misses_ = 0;           // documents that had something else, less those that had not: where shapes take turns, one is kept
  Arena unescaped_{4096};              // keys that had escapes
  JsonFault fault_;
};

template <typename OnMember>
bool JsonReader::read_members(OnMember& on_member) {
  if (take('}')) return true;
  do {
    JsonKey key;
    JsonValue value;
    if (!read_key(key) || !read_value(value)) return false;
    on_member(key, value);
  } while (take(','));
  if (!take('}')) return expected("a comma or the end of the object");
  return check_many_keys();
}

}  // namespace weir
