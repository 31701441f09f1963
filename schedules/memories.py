"""The names under which the archive keeps what a run must know of the one before (its table `memory`), where several modules need them."""

FETCHER = "fetcher"  # hosts that asked to be left alone, robots.txt files
LIES = "validators"  # the pages whose validators were caught lying: URL -> how
