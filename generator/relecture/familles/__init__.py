"""The rules of the proofreader: one file per family, each rule one function."""
