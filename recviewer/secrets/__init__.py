"""Detection of secrets in recordings, and the masks shown instead. No secret ever leaves the product."""
