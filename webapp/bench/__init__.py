"""The benchmark: real servers in child processes, driven over HTTP beside a bare endpoint."""
