// geo_fixture.h — small geo databases that tests write themselves, and the data that lies beside the
// repository.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/expression/function.h"
#include "udf/enrich/geo_database.h"

namespace weir::testing {

/// One range of addresses, from `first` (inet_pton's spelling) to the next row's, and its texts by column
/// (counted from 1, the address).
struct BinRow {
  std::string first;
  std::map<int, std::string> texts;  // column 2 is the country's code
  std::string country_name;
  std::map<int, float> coordinates;
};

/// The bytes of an IP2Location BIN file of this type, with index tables. Rows are in order, IPv4 before IPv6.
std::string bin_file(int type, int columns, const std::vector<BinRow>& rows);
/// DB26 with 8.8.8.0/24, as the examples of the geo functions have it, and 2001:4860::/32.
std::string example_bin();

/// An mmdb of one network with one record, given in mmdb's data format (see mmdb_map and others below).
std::string mmdb_file(const std::string& network_first, int prefix_bits, int ip_version,
                      const std::string& record);
std::string mmdb_text(const std::string& text);
std::string mmdb_double(double number);
std::string mmdb_unsigned(std::uint32_t number);
std::string mmdb_map(const std::vector<std::pair<std::string, std::string>>& entries);
std::string mmdb_array(const std::vector<std::string>& elements);

/// A folder of its own, removed with everything in it.
class Folder {
 public:
  Folder();
  ~Folder();
  /// Replaces the file by renaming, as those who update a database should.
  std::string write(const std::string& name, const std::string& bytes) const;
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// Test data that is not part of the repository: beside it, or where WEIR_SHARED says.
std::filesystem::path shared_data();

std::string read_file(const std::filesystem::path& path);

/// All enrichment functions besides the built-in ones.
const FunctionRegistry& functions();

/// The value of an expression over a text column `x`, row by row; NULL as "NULL", errors as "error CODE", a
/// refused expression as one "refused: MESSAGE".
std::vector<std::string> answers(const std::string& expression, const std::vector<std::string>& x = {"x"});
std::string answer(const std::string& expression);

/// What the database says, "NULL" for nothing.
std::string look_up(const GeoDatabase& database, const std::string& address, GeoField field);
std::optional<double> look_coordinate_up(const GeoDatabase& database, const std::string& address,
                                         GeoField field);

}  // namespace weir::testing
