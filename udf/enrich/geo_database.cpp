// geo_database.cpp — tells the formats apart.
#include "udf/enrich/geo_database.h"

#include "udf/enrich/ip2location.h"
#include "udf/enrich/mapped_file.h"
#include "udf/enrich/maxmind.h"

namespace weir {

Result<std::shared_ptr<const GeoDatabase>> open_geo_database(const std::string& path) {
  WEIR_ASSIGN(MappedFile file, MappedFile::open(path));
  if (is_maxmind(file.bytes())) return open_maxmind(path);
  return open_ip2location(std::move(file), path);
}

}  // namespace weir
