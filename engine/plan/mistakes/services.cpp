// services.cpp — what `weir check --connect` and the start of a run find at the services that a pipeline names.
#include "engine/plan/mistakes/families.h"

namespace weir {

std::vector<Mistake> mistakes_of_services() {
  return {
      {"W0801", "the place of the database does not exist",
       R"(SQLite makes the file of a database by itself, and not the folder that it lies in: a misspelt folder would otherwise get a database of its own. Make the folder, or mend the path in the dsn.)"},
      {"W0802", "the broker or the database refuses the login",
       R"(The service is there and does not take the user name, the password or the mechanism. Secrets are not shown. Passwords from ${file:PATH} lose the end of their line, and nothing else.)"},
      {"W0803", "the topic is not there",
       R"(The broker does not know the topic. Weir does not create topics: a misspelt one would be empty for ever, and nobody would notice. Create it with the partitions that it shall have, or mend the name.)"},
      {"W0804", "a permission is missing",
       R"(The role or the user is known and may not do what the pipeline needs: read the topic, create tables, or read and write the weir_ tables. The help line shows what to grant. `weir init-db` as another role creates tables, so that the one that runs need not be allowed to.)"},
      {"W0805", "a table is not there",
       R"(The sink's table does not exist, and this command does not create tables. `weir init-db FILE` does, and `weir run` does so by itself unless it is told not to.)"},
      {"W0806", "the table in the database is another one",
       R"(The table has other columns, types or keys than the pipeline writes, and Weir changes no table that is there. The message lists the differences. Change the table, or the pipeline, or write into a new table.)"},
      {"W0807", "the books are of another version",
       R"(The weir_ tables, which hold positions and the ledger, were made by a version of Weir that keeps them differently. Run that version, or let this one begin anew in another schema.)"},
      {"W0808", "the database cannot hold what is written",
       R"(The database is encoded in something that cannot hold every text, or a SQLite file lies on a network file system, where commits can be lost. Use a database in UTF-8, or a local disk.)"},
      {"W0809", "a service could not be reached",
       R"(Nothing answers at the address, or not in time. Running pipelines wait for such services and go on when they are back; a check says so at once. Look at host and port, at the firewall, and whether the service runs.)"},
      {"W0810", "the file of a lookup table is wrong",
       R"(The file cannot be read, is not UTF-8, has no column of a name, or a row that does not fit the types. The place is in that file. A running pipeline keeps the rows that it has, and says so.)"},
  };
}

}  // namespace weir
