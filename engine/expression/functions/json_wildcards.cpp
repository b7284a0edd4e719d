// json_wildcards.cpp — collects the values to which a JSON path with [*] leads, in the form that Hive and
// Spark give them.
#include "engine/expression/functions/json_path.h"
#include "engine/expression/functions/json_walker.h"
#include "engine/expression/json_text.h"

namespace weir {

/// Appends to one text. An array that is begun and gets no value is taken back.
class JsonCollector {
 public:
  JsonCollector(const JsonPath& path, std::string& out) : steps_(path.steps_), out_(out) {}

  bool collect(std::string_view json) { return follow(0, json, Form::bare); }

 private:
  enum class Form : std::uint8_t {
    bare,    // a string stands alone, without quotes
    quoted,  // in an array
    flat,    // in an array, which takes the elements of arrays in their place
  };
  using Kind = JsonPath::Kind;

  bool is(std::size_t step, Kind kind) const { return step < steps_.size() && steps_[step].kind == kind; }

  bool follow(std::size_t step, std::string_view value, Form form) {
    if (step == steps_.size()) return write(value, form);
    if (is(step, Kind::name)) return value.starts_with('{') && follow_member(step, value, form);
    if (!value.starts_with('[')) return false;
    if (is(step, Kind::index))
      return follow_index(step, value, is(step + 1, Kind::any_element) ? Form::quoted : form);
    if (is(step + 1, Kind::any_element)) return write_array(step + 2, value, Form::flat);
    if (form == Form::quoted) return write_array(step + 1, value, Form::quoted);
    return follow_elements(step + 1, value, form == Form::flat ? Form::flat : Form::quoted);
  }

  /// The first member of the name that leads to a value.
  bool follow_member(std::size_t step, std::string_view object, Form form) {
    JsonWalker walker(object);
    walker.take('{');
    while (walker.next() == '"') {
      const std::string_view name = walker.take_string();
      if (!walker.take(':')) return false;
      const std::string_view value = walker.take_value();
      const bool is_wanted = value != "null" && is_json_name(name, steps_[step].name);
      if (is_wanted && follow(step + 1, value, form)) return true;
      if (!walker.take(',')) return false;
    }
    return false;
  }

  bool follow_index(std::size_t step, std::string_view array, Form form) {
    std::size_t left = steps_[step].index;
    bool is_found = false;
    each(array, [&](std::string_view element) {
      if (left-- == 0) is_found = follow(step + 1, element, form);
    });
    return is_found;
  }

  /// One value stands for itself, several are an array.
  bool follow_elements(std::size_t step, std::string_view array, Form form) {
    const std::size_t start = out_.size();
    std::size_t count = 0;
    begin('[');
    each(array, [&](std::string_view element) { count += follow(step, element, form) ? 1 : 0; });
    if (count > 1) {
      out_ += ']';
    } else if (count == 1) {
      out_.erase(out_.find('[', start), 1);
    } else {
      out_.resize(start);
    }
    return count > 0;
  }

  bool write_array(std::size_t step, std::string_view array, Form form) {
    const std::size_t start = out_.size();
    bool is_found = false;
    begin('[');
    each(array, [&](std::string_view element) { is_found |= follow(step, element, form); });
    out_ += ']';
    if (!is_found) out_.resize(start);
    return is_found;
  }

  bool write(std::string_view value, Form form) {
    if (form == Form::flat && value.starts_with('[')) {
      bool is_found = false;
      each(value, [&](std::string_view element) { is_found |= write(element, form); });
      return is_found;
    }
    if (form == Form::bare && value.starts_with('"')) {
      append_unescaped_json(value, out_);
      return true;
    }
    if (value.empty()) return false;
    begin(value.front());
    append_compact(value.substr(1));
    return true;
  }

  /// The first character of a value, behind a comma where another one is before it.
  void begin(char first) {
    if (!out_.empty() && out_.back() != '[') out_ += ',';
    out_ += first;
  }

  /// Without the blanks between values. The first character, a quote perhaps, is written already.
  void append_compact(std::string_view rest) {
    bool is_in_string = out_.back() == '"';
    for (std::size_t i = 0; i < rest.size(); ++i) {
      const char c = rest[i];
      if (!is_in_string && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) continue;
      if (c == '"') is_in_string = !is_in_string;
      out_ += c;
      if (c == '\\' && i + 1 < rest.size()) out_ += rest[++i];
    }
  }

  template <typename Visit>
  static void each(std::string_view array, Visit visit) {
    JsonWalker walker(array);
    walker.take('[');
    while (walker.next() != ']' && walker.next() != '\0') {
      visit(walker.take_value());
      if (!walker.take(',')) return;
    }
  }

  const std::vector<JsonPath::Step>& steps_;
  std::string& out_;
};

bool JsonPath::collect(std::string_view json, std::string& out) const {
  JsonWalker walker(json);
  return JsonCollector(*this, out).collect(walker.take_value());
}

}  // namespace weir
