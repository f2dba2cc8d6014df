const TOKEN = 'only-for-tests-0123456789-abcdef';

/** What the tests have to set and send to be let in. */
export async function accessEnv(): Promise<Record<string, string>> {
  return { MCP_TOKEN: TOKEN };
}

export async function callerHeaders(): Promise<Record<string, string>> {
  return { authorization: `Bearer ${TOKEN}` };
}

export async function closeAccess(): Promise<void> {}
