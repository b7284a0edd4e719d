// random_reports.cpp — reports of pipelines, with SQL and values that are awkward to write.
#include "tests/roundtrip/random_reports.h"

namespace weir::testing {

Setting random_report(Draw& draw) {
  Setting result = Setting::map({{"connection", "store"}});
  const bool has_parameters = draw.chance(50);
  if (has_parameters) {
    const std::vector<std::string> values = {"tea", "10", "-0.5", "1e3", "true", "null", "it's: # odd", "", "2024-11-01", "10:01", "0x1F", "$$", " 7 ", "${WORD:-tea}"};
    result.add("parameters", Setting::map({{"a", draw.one_of(values)}, {draw.word({"b", "select", "_c"}), draw.one_of(values)}}));
    const std::string other = result.entries.back().second.entries.back().first;
    result.add("sql", draw.word({"select :a as a, :", "  select :a\n  , ':a', :", "-- it's\nselect :a::text, :", "\n\nvalues (:a, '$$'), ('b', :"}) + other + draw.word({" ", "\n", "\n\n  ", ""}));
    if (result.entries.back().second.text.find("values") != std::string::npos) result.entries.back().second.text += ")";
  } else {
    result.add("sql", draw.word({"select 1", " select 1 ", "select 'a: # b' -- it's\n", "select 1\nfrom \"out\"", "  select 1\n    from \"out\"\n  where 1 = 2\n", "with a as (select ';')\n\nselect *\nfrom a;\n", "values (1),\n  (2)  \n",
                                 "select '$$'\nfrom a\n", "select 1 \nfrom a", "\tselect 1\n\tfrom a\n", "select 'a  b',\n'c'\n\n\n"}));
  }
  const std::string chart = draw.word({"", "table", "bar", "Line", "pie", "NUMBER"});
  if (!chart.empty()) result.add("chart", chart);
  const bool is_drawn = chart == "bar" || chart == "Line";
  if (is_drawn && draw.chance(50)) result.add("x", draw.word({"a", "a b", "select", "it's"}));
  if (is_drawn && draw.chance(50)) result.add("y", draw.chance(50) ? Setting("c, d") : Setting::list({draw.word({"c", "c, d", "null", "a: b"}), "e"}));
  if (draw.chance(30)) result.add("title", draw.word({"What it is", "it's: # odd", "10", "two\nlines", "null"}));
  if (draw.chance(20)) result.add("description", draw.word({"what it shows", "two\nlines\n", "  begins with blanks\nand goes on"}));
  draw.shuffle(result.entries);
  return result;
}

}  // namespace weir::testing
