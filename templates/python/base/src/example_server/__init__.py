"""An MCP server over standard streams and Streamable HTTP."""
