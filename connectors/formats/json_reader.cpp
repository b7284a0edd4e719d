// json_reader.cpp — the walk over the tokens of a document, and what can be wrong with it.
#include "connectors/formats/json_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "connectors/formats/json_text.h"
#include "engine/base/check.h"

namespace weir {
namespace {

constexpr std::size_t first_capacity = 16 * 1024;
// Up to so many keys of an object are compared one by one, more are sorted.
constexpr std::size_t few_keys = 64;

bool is_blank(char byte) { return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r'; }

std::uint64_t load_8(const char* data) {
  std::uint64_t word;
  std::memcpy(&word, data, sizeof word);
  return word;
}

// Names are short: a call to compare them would take longer. Requires 8 readable bytes behind both.
bool has_same_bytes(const char* a, const char* b, std::size_t size) {
  for (; size >= sizeof(std::uint64_t); size -= sizeof(std::uint64_t), a += sizeof(std::uint64_t), b += sizeof(std::uint64_t)) {
    if (load_8(a) != load_8(b)) return false;
  }
  const std::uint64_t difference = load_8(a) ^ load_8(b);
  if constexpr (std::endian::native == std::endian::little) return (difference & ((std::uint64_t{1} << (8 * size)) - 1)) == 0;
  return size == 0 || difference >> (64 - 8 * size) == 0;
}

const char* find_backslash(const char* from, const char* end) {
  const void* found = std::memchr(from, '\\', static_cast<std::size_t>(end - from));
  return found == nullptr ? end : static_cast<const char*>(found);
}

}  // namespace

std::uint64_t hash_json_key(const char* data, std::size_t size) {
  // Head, tail and length tell real field names apart; names that agree in them are compared as a whole
  // anyway.
  constexpr std::uint64_t odd_constant = 0x9E3779B97F4A7C15;
  std::uint64_t head = load_8(data);
  std::uint64_t tail = 0;
  if (size >= 8) {
    tail = load_8(data + size - 8);
  } else {
    head &= (std::uint64_t{1} << (8 * size)) - 1;
  }
  const std::uint64_t mixed = (head ^ (tail << 23 | tail >> 41) ^ (size << 56)) * odd_constant;
  return mixed ^ mixed >> 32;
}

JsonReader::JsonReader(JsonLimits limits) : limits_(limits) {
  WEIR_CHECK(ensure_capacity(first_capacity), "memory for the tokens of a record");
  keys_.reserve(few_keys);
}

JsonReader::~JsonReader() = default;

bool JsonReader::ensure_capacity(std::size_t size) {
  if (tokenizer_ == nullptr) {
    return simdjson::get_active_implementation()->create_dom_parser_implementation(size, 1, tokenizer_) ==
           simdjson::SUCCESS;
  }
  if (size <= tokenizer_->capacity()) return true;
  return tokenizer_->set_capacity(std::max(size, 2 * tokenizer_->capacity())) == simdjson::SUCCESS;
}

namespace {

const char* first_byte_that_is_not_utf8(std::string_view text) {
  for (std::size_t at = 0, size; at < text.size(); at += size) {
    const auto lead = static_cast<unsigned char>(text[at]);
    size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (!simdjson::validate_utf8(text.substr(at, size))) return text.data() + at;
  }
  return text.data() + text.size();
}

}  // namespace

bool JsonReader::open(std::string_view text) {
  text_ = text;
  next_ = count_ = 0;
  depth_ = 0;
  keys_.clear();
  if (text.empty()) return refuse("not_json", "the value is empty", text.data());
  if (!ensure_capacity(text.size())) return refuse("not_json", "the document is too large", text.data());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto error = tokenizer_->stage1(bytes, text.size(), simdjson::stage1_mode::regular);
  if (error != simdjson::SUCCESS) return refuse_document();
  tokens_ = tokenizer_->structural_indexes.get();
  count_ = tokenizer_->n_structural_indexes;
  next_escape_ = find_backslash(text.data(), text.data() + text.size());
  if (unescaped_.block_count() != 0) unescaped_.reset();
  return true;
}

// Says what is wrong with a document that has no tokens: bytes first, so that the reason does not depend on
// where they stand.
bool JsonReader::refuse_document() {
  if (!simdjson::validate_utf8(text_.data(), text_.size())) {
    return refuse("invalid_utf8", "the record is not UTF-8", first_byte_that_is_not_utf8(text_));
  }
  if (text_.find_first_not_of(" \t\r\n") == text_.npos) return refuse("not_json", "the value is blank", text_.data());
  return expected("a string without control characters and with its end");
}

bool JsonReader::enter_object() {
  if (take('{')) {
    depth_ = 1;
    first_key_ = 0;
    std::fill(std::begin(seen_), std::end(seen_), 0);
    expected_ = 0;
    has_shape_ = !shape_.empty();
    return true;
  }
  JsonValue value;
  if (!read_value(value) || !close()) return false;
  return refuse("not_object", "the record is not a JSON object", value.begin);
}

bool JsonReader::close() {
  if (next_ != count_) return expected("the end of the document");
  if (has_shape_) {
    misses_ -= misses_ > 0 ? 1 : 0;
  } else if (std::has_single_bit(++misses_)) {
    learn_shape();
  }
  return true;
}

const char* JsonReader::token_end() const {
  const char* end = text_.data() + tokens_[next_ + 1];
  while (is_blank(end[-1])) --end;
  return end;
}

bool JsonReader::read_value(JsonValue& value) {
  switch (token_byte()) {
    case '"':
      return read_string(value);
    case '{':
    case '[':
      return read_nested(value);
    case 't':
    case 'f':
    case 'n':
      return read_literal(value);
    default:
      return read_number(value);
  }
}

bool JsonReader::read_string(JsonValue& value) {
  value.begin = token();
  value.end = token_end();
  // The tokenizer gives no token for a closing quote: it is the last byte before the next token.
  if (value.end - value.begin < 2 || value.end[-1] != '"') return expected("a string");
  value.kind = JsonKind::string;
  value.has_escapes = false;
  ++next_;
  if (next_escape_ >= value.end) return true;
  value.has_escapes = next_escape_ > value.begin;
  const EscapeCheck check = check_escapes(value.content());
  next_escape_ = find_backslash(value.end, text_.data() + text_.size());
  if (check.fault == EscapeFault::none) return true;
  return refuse(escape_code(check.fault), escape_sentence(check.fault), value.begin + 1 + check.position);
}

bool JsonReader::read_number(JsonValue& value) {
  value.begin = token();
  if (next_ == count_) return expected("a value");
  value.end = token_end();
  value.kind = JsonKind::number;
  const NumberShape shape = number_shape(value.text());
  if (shape == NumberShape::none) return expected("a value");
  value.is_integer = shape == NumberShape::integer;
  ++next_;
  return true;
}

bool JsonReader::read_literal(JsonValue& value) {
  value.begin = token();
  value.end = token_end();
  const std::string_view text = value.text();
  value.kind = text == "null" ? JsonKind::null : JsonKind::boolean;
  if (value.kind == JsonKind::boolean && text != "true" && text != "false") return expected("a value");
  ++next_;
  return true;
}

bool JsonReader::read_nested(JsonValue& value) {
  value.begin = token();
  if (depth_ >= limits_.max_depth) {
    return refuse("too_deep", fmt::format("the record is nested more than {} levels deep", limits_.max_depth),
                  value.begin);
  }
  ++depth_;
  ++next_;
  value.kind = *value.begin == '{' ? JsonKind::object : JsonKind::array;
  bool is_good;
  if (value.kind == JsonKind::array) {
    is_good = read_elements();
  } else {
    const std::size_t outer_first = first_key_;
    std::uint64_t outer_seen[4];
    std::copy(std::begin(seen_), std::end(seen_), outer_seen);
    std::fill(std::begin(seen_), std::end(seen_), 0);
    first_key_ = keys_.size();
    const auto ignore = [](const JsonKey&, const JsonValue&) {};
    const bool outer_has_shape = std::exchange(has_shape_, false);
    is_good = read_members(ignore);
    has_shape_ = outer_has_shape;
    keys_.resize(is_good ? first_key_ : 0);
    first_key_ = outer_first;
    std::copy(std::begin(outer_seen), std::end(outer_seen), seen_);
  }
  --depth_;
  value.end = text_.data() + tokens_[next_ - 1] + 1;
  return is_good;
}

bool JsonReader::read_elements() {
  if (take(']')) return true;
  do {
    JsonValue element;
    if (!read_value(element)) return false;
  } while (take(','));
  return take(']') || expected("a comma or the end of the array");
}

// The next name of the shape, if that is what stands here.
bool JsonReader::read_expected_key(JsonKey& key) {
  if (expected_ == shape_.size() || next_ + 1 >= count_) return false;
  const JsonKey& wanted = shape_[expected_];
  const char* const name = token();
  const char* const colon = text_.data() + tokens_[next_ + 1];
  const bool is_here = colon - name == static_cast<std::ptrdiff_t>(wanted.size) + 2 && *colon == ':' && *name == '"' && colon[-1] == '"' &&
                       next_escape_ >= colon && has_same_bytes(name + 1, wanted.data, wanted.size);
  if (!is_here) return false;
  key = wanted;
  key.data = name + 1;
  key.memo = &memos_[expected_];
  next_ += 2;
  ++expected_;
  return true;
}

// From here on names are compared with those before, which are the shape's so far.
void JsonReader::leave_shape() {
  has_shape_ = false;
  for (std::size_t i = 0; i < expected_; ++i) {
    keys_.push_back(shape_[i]);
    seen_[shape_[i].hash >> 62] |= std::uint64_t{1} << (shape_[i].hash & 63);
  }
}

// Of a document that was good to its end and whose names are all known, in their order. Some of them may stand in the text of the shape before.
void JsonReader::learn_shape() {
  if (!limits_.reject_duplicates || keys_.size() > few_keys) return;  // many were sorted
  std::string texts;
  for (const JsonKey& key : keys_) texts.append(key.text());
  texts.append(sizeof(std::uint64_t), '\0');
  shape_text_ = std::move(texts);
  shape_ = keys_;
  memos_.assign(keys_.size(), JsonKey::no_memo);
  const char* text = shape_text_.data();
  for (JsonKey& key : shape_) {
    key.data = text;
    text += key.size;
  }
}

bool JsonReader::read_key(JsonKey& key) {
  if (has_shape_) {
    if (read_expected_key(key)) return true;
    leave_shape();
  }
  if (token_byte() != '"') return expected("the name of a member, in quotes");
  JsonValue name;
  if (!read_string(name)) return false;
  if (!take(':')) return expected("a colon after the name of a member");
  std::string_view content = name.content();
  if (name.has_escapes) {
    char* bytes = static_cast<char*>(unescaped_.allocate(content.size(), 1));
    content = std::string_view(bytes, unescape(content, bytes));
  }
  key.data = content.data();
  key.size = static_cast<std::uint32_t>(content.size());
  key.hash = hash_json_key(key.data, key.size);
  return !limits_.reject_duplicates || check_new_key(key);
}

bool JsonReader::check_new_key(const JsonKey& key) {
  std::uint64_t& word = seen_[key.hash >> 62];
  const std::uint64_t bit = std::uint64_t{1} << (key.hash & 63);
  const bool may_be_known = (word & bit) != 0 && keys_.size() - first_key_ <= few_keys;
  if (may_be_known &&
      std::find(keys_.begin() + static_cast<std::ptrdiff_t>(first_key_), keys_.end(), key) != keys_.end()) {
    return refuse_key(key);
  }
  word |= bit;
  keys_.push_back(key);
  return true;
}

bool JsonReader::check_many_keys() {
  if (keys_.size() - first_key_ <= few_keys) return true;
  const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(first_key_);
  std::sort(begin, keys_.end(), [](const JsonKey& a, const JsonKey& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.text() < b.text();
  });
  const auto twin = std::adjacent_find(begin, keys_.end());
  return twin == keys_.end() || refuse_key(*twin);
}

bool JsonReader::refuse_key(const JsonKey& key) {
  const std::string name = excerpt_of(key.text());
  fault_ = {"duplicate_key", fmt::format("the record has a field twice: {}", name)};
  return false;
}

bool JsonReader::expected(std::string_view what) {
  // A NUL byte is no JSON either, but the reason people look for is the NUL.
  if (const void* nul = std::memchr(text_.data(), 0, text_.size())) {
    return refuse("nul_character", "the record holds a NUL character", static_cast<const char*>(nul));
  }
  const char* at = text_.data() + (next_ < count_ ? tokens_[next_] : text_.size());
  return refuse("not_json", fmt::format("the record is not JSON: {} was expected", what), at);
}

bool JsonReader::refuse(const char* code, std::string_view what, const char* at) {
  const auto position = static_cast<std::size_t>(at - text_.data());
  const std::string_view rest = text_.substr(std::min(position, text_.size()));
  fault_.code = code;
  fault_.message = rest.empty() ? fmt::format("{}, at its end (byte {})", what, position)
                                : fmt::format("{}, at byte {}: {}", what, position, excerpt_of(rest));
  return false;
}

}  // namespace weir
