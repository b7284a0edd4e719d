// text_measures.cpp — a plugin with one function of every kind.
#include <weir_udf.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace {

using namespace weir::udf;

std::string initials(std::string_view text) {
  std::string letters;
  bool is_start = true;
  for (const char c : text) {
    if (is_start && c != ' ') letters += c;
    is_start = c == ' ';
  }
  return letters;
}

// The check digit of an EAN-13 article number; NULL where the text is none.
std::optional<std::int32_t> check_digit(std::string_view article) {
  if (article.size() != 13) return std::nullopt;
  int sum = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    if (std::isdigit(static_cast<unsigned char>(article[i])) == 0) throw RowError("bad_article", "not a digit: " + std::string(1, article[i]));
    sum += (article[i] - '0') * (i % 2 == 0 ? 1 : 3);
  }
  return (10 - sum % 10) % 10;
}

// The geometric mean of a group.
struct GeometricMean {
  double sum_of_logarithms = 0;
  std::int64_t count = 0;
  void add(double value) {
    if (value <= 0) throw RowError("not_positive", "a geometric mean is of positive numbers");
    sum_of_logarithms += std::log(value);
    ++count;
  }
  void merge(const GeometricMean& other) {
    sum_of_logarithms += other.sum_of_logarithms;
    count += other.count;
  }
  std::optional<double> finish() const {
    if (count == 0) return std::nullopt;
    return std::exp(sum_of_logarithms / static_cast<double>(count));
  }
};

void split_words(Rows<std::string_view, std::int32_t>& out, std::string_view text) {
  std::int32_t place = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) out.add(text.substr(0, end), ++place);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

WEIR_PLUGIN("text_measures", "1.0.0", plugin) {
  plugin.scalar("initials", [](std::string_view text) { return initials(text); })
      .parameters({"text"})
      .summary("The first letter of each word.")
      .example("initials('ada lovelace')", "al")
      .example("initials('')", "");

  plugin.scalar("ean_check_digit", [](std::string_view article) { return check_digit(article); })
      .parameters({"article"})
      .summary("The check digit that an article number of 13 digits should end in; NULL for other lengths.")
      .example("ean_check_digit('4006381333931')", "1")
      .example("ean_check_digit('4006')", "NULL");

  plugin.scalar("first_known", [](std::optional<std::string_view> a, std::optional<std::string_view> b) { return a ? a : b; })
      .parameters({"a", "b"})
      .summary("a, or b where a is NULL.")
      .example("first_known(NULL, 'b')", "b");

  // The literal is looked at once for each call in a pipeline, not once a row.
  plugin.prepared("count_of", [](const CallSite& site) {
          const std::optional<std::string_view> letter = site.constant<std::string_view>(1);
          if (!letter || letter->size() != 1) throw std::invalid_argument("the second argument must be a literal of one letter");
          return [wanted = letter->front()](std::string_view text, std::string_view) {
            std::int64_t count = 0;
            for (const char c : text) count += c == wanted ? 1 : 0;
            return count;
          };
        })
      .parameters({"text", "letter"})
      .summary("How often a letter, given as a literal, occurs.")
      .example("count_of('banana', 'a')", "3");

  plugin.batch("hypotenuse", [](Results<double>& results, Values<double> a, Values<double> b) {
          for (std::size_t row = 0; row < a.size(); ++row) results.add(std::sqrt(a[row] * a[row] + b[row] * b[row]));
        })
      .parameters({"a", "b"})
      .summary("The longest side of a right-angled triangle.")
      .example("hypotenuse(3.0, 4.0)", "5.0");

  plugin.table("split_words", {"word", "place"}, [](Rows<std::string_view, std::int32_t>& out, std::string_view text) { split_words(out, text); })
      .parameters({"text"})
      .summary("A row for each word of a text, with its place from 1.")
      .example("split_words('to be')", "to, 1; be, 2");

  plugin.aggregate<GeometricMean>("geometric_mean").parameters({"value"}).summary("The geometric mean of positive numbers.");
}
