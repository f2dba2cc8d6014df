class ConfigError(Exception):
    """The environment or the arguments do not fit; names each variable and never shows a value."""
