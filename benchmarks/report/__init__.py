"""Results of a measurement: typed records, files, tables and an HTML page."""
