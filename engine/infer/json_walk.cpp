// json_walk.cpp — skips over values by their brackets and quotes: the text is known to be JSON.
#include "engine/infer/json_walk.h"

#include "connectors/formats/json_text.h"

namespace weir {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  void run(const std::function<void(const std::string&, std::string_view)>& visit) {
    const bool is_object = text_.front() == '{';
    at_ = 1;
    for (skip_blanks(); text_[at_] != '}' && text_[at_] != ']'; skip_blanks()) {
      std::string name;
      if (is_object) {
        name = json_string(value());
        skip_blanks();
        ++at_;  // the colon
        skip_blanks();
      }
      visit(name, value());
      skip_blanks();
      if (text_[at_] == ',') ++at_;
    }
  }

 private:
  void skip_blanks() {
    while (is_blank(text_[at_])) ++at_;
  }

  void skip_string() {
    for (++at_; text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  // From the first character of a value to behind its last.
  std::string_view value() {
    const std::size_t start = at_;
    if (text_[at_] == '"') {
      skip_string();
    } else if (text_[at_] == '{' || text_[at_] == '[') {
      std::size_t depth = 0;
      do {
        if (text_[at_] == '"') {
          skip_string();
          continue;
        }
        if (text_[at_] == '{' || text_[at_] == '[') ++depth;
        if (text_[at_] == '}' || text_[at_] == ']') --depth;
        ++at_;
      } while (depth > 0);
    } else {
      while (at_ < text_.size() && !is_blank(text_[at_]) && text_[at_] != ',' && text_[at_] != '}' && text_[at_] != ']') ++at_;
    }
    return text_.substr(start, at_ - start);
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

JsonKind kind_of_json(std::string_view text) {
  switch (text.front()) {
    case '"':
      return JsonKind::string;
    case '{':
      return JsonKind::object;
    case '[':
      return JsonKind::array;
    case 't':
    case 'f':
      return JsonKind::boolean;
    case 'n':
      return JsonKind::null;
    default:
      return JsonKind::number;
  }
}

std::string json_string(std::string_view text) {
  const std::string_view content = text.substr(1, text.size() - 2);
  std::string plain(content.size(), '\0');
  plain.resize(unescape(content, plain.data()));
  return plain;
}

bool is_json_integer(std::string_view text) { return number_shape(text) == NumberShape::integer; }

void walk_json(std::string_view text, const std::function<void(const std::string&, std::string_view)>& visit) { Walk(text).run(visit); }

}  // namespace weir
