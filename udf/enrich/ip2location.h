// ip2location.h — reader of IP2Location's BIN files, DB1 to DB26.
#pragma once

#include "udf/enrich/geo_database.h"
#include "udf/enrich/mapped_file.h"

namespace weir {

/// An error sentence where the header is not that of a BIN file or tells of tables that do not lie in the
/// file. `path` is for messages.
Result<std::shared_ptr<const GeoDatabase>> open_ip2location(MappedFile file, const std::string& path);

}  // namespace weir
