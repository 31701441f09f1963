"""The made-up outlets that `standfirst demo` crawls: what stood on their pages (`content`) and the markup around it (one module a design)."""
