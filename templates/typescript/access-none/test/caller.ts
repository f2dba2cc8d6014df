/** What the tests have to set and send to be let in: nothing. */
export async function accessEnv(): Promise<Record<string, string>> {
  return {};
}

export async function callerHeaders(): Promise<Record<string, string>> {
  return {};
}

export async function closeAccess(): Promise<void> {}
